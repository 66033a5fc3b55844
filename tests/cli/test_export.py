"""whorl export codabench: the bundle, and its scoring program run as the platform runs it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from tests.benchmarking.worlds import write_task
from tests.cli.conftest import Whorl
from whorl.benchmarking.platform_scoring import main, metrics
from whorl.evaluation import evaluate
from whorl.tasks.runfile import read_truth, write_run
from whorl.tasks.view import Truth

START = ("--start", "2026-01-31")


@pytest.fixture
def task(tmp_path: Path) -> Path:
    return write_task(tmp_path / "task")


@pytest.fixture
def platform(whorl: Whorl, task: Path, tmp_path: Path) -> Path:
    """A folder as the platform has it: program, input with ref and res, output."""
    bundle, app = tmp_path / "bundle.zip", tmp_path / "app"
    ran = whorl("export", "codabench", task, "--out", bundle, *START, "--end", "2026-03-01")
    assert ran.status == 0, ran.err
    for part, place in (("scoring_program", "program"), ("reference_data", "input/ref")):
        with zipfile.ZipFile(bundle) as archive, archive.open(f"{part}.zip") as inner:
            zipfile.ZipFile(inner).extractall(app / place)
    (app / "output").mkdir()
    (app / "input" / "res").mkdir()
    return app


def scored(app: Path) -> subprocess.CompletedProcess[str]:
    """Run the command of metadata.yaml, with the platform's folder in the place of /app."""
    line = (app / "program" / "metadata.yaml").read_text("utf-8")
    words = line.removeprefix("command: ").replace("/app", str(app)).split()
    assert words[0] == "python3"
    command = [sys.executable, "-I", *words[1:]]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_scoring_program_agrees_with_whorl_evaluate(platform: Path, task: Path) -> None:
    truth = read_truth(task / "truth.csv")
    said = {i: used ^ (k % 5 == 0) for k, (i, used) in enumerate(truth.used.items())}
    write_run(platform / "input" / "res" / "run.csv", list(said), list(said.values()))
    ran = scored(platform)
    assert ran.returncode == 0, ran.stderr
    found = json.loads((platform / "output" / "scores.json").read_text("utf-8"))
    expected = evaluate(said, Truth(truth.used)).metrics
    assert set(found) == {"f1", "accuracy", "precision", "recall", "specificity", "kappa"}
    for name, value in found.items():
        assert value == pytest.approx(expected[name].value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "24 of 24 ids have no line"),
        ("nobody,1\n", "line 1: unknown id 'nobody'"),
        ("candidate_000,2\n", "line 1: the score '2' is neither 0 nor 1"),
        ("candidate_000,1\ncandidate_000,1\n", "line 2: 'candidate_000' was given before"),
        ("candidate_000\n", "line 1: expected '<id>,<0 or 1>'"),
        ("x\n" * 40, "and 21 more"),
    ],
)
def test_a_bad_run_is_told_and_not_scored(platform: Path, text: str, fault: str) -> None:
    (platform / "input" / "res" / "run.csv").write_text(text, encoding="utf-8")
    ran = scored(platform)
    assert ran.returncode == 1
    assert fault in ran.stderr
    assert "Traceback" not in ran.stderr
    assert list((platform / "output").iterdir()) == []


def test_called_as_a_function_it_says_the_same(platform: Path, task: Path) -> None:
    given, wanted = str(platform / "input"), str(platform / "output")
    run = platform / "input" / "res" / "run.csv"
    run.write_text("candidate_000,1\ncandidate_000\nnobody,2\ncandidate_000,0\n", "utf-8")
    said = main(given, wanted).splitlines()
    assert said[0] == "run.csv: is not valid"
    assert len(said) == 6
    run.write_bytes((task / "truth.csv").read_bytes())
    assert main(given, wanted) == ""
    assert json.loads((platform / "output" / "scores.json").read_text("utf-8"))["f1"] == 1.0


def test_one_file_in_utf8_is_expected(platform: Path) -> None:
    given, wanted = str(platform / "input"), str(platform / "output")
    assert main(given, wanted) == "expected one CSV file, the run; found 0"
    (platform / "input" / "res" / "run.csv").write_bytes(b"\xff\xfe")
    assert main(given, wanted) == "run.csv: is not UTF-8"


def test_what_is_undefined_is_zero() -> None:
    assert set(metrics({"a": 0}, {"a": 0}).values()) == {0.0, 1.0}


def test_the_bundle_is_whole_and_always_the_same(whorl: Whorl, task: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    for path in (one, two):
        words = ("--out", path, *START, "--limit", 3, "--measure", "kappa", "--title", "A: title")
        assert whorl("export", "codabench", task, *words).status == 0
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as archive:
        names = set(archive.namelist())
        told = json.loads(archive.read("competition.yaml"))
        with archive.open("logo.png") as file, Image.open(file) as logo:
            assert logo.size == (256, 256)
        pages = b"".join(archive.read(page["file"]) for page in told["pages"])
    (phase,) = told["phases"]
    assert (phase["start"], phase["max_submissions"]) == ("2026-01-31", 3)
    assert "end" not in phase
    assert told["title"] == "A: title"
    (one_task,) = told["tasks"]
    assert {one_task["reference_data"], one_task["scoring_program"], told["image"],
            told["terms"], told["solutions"][0]["path"],
            *(page["file"] for page in told["pages"])} <= names  # fmt: skip
    columns = told["leaderboards"][0]["columns"]
    assert (columns[0]["key"], columns[0]["sorting"]) == ("kappa", "desc")
    assert str(tmp_path).encode() not in pages


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ((*START, "--end", "2026-01-31"), "--end 2026-01-31: is not after"),
        ((*START, "--measure", "auc"), "--measure auc: is none of f1"),
        ((), "--start"),
        (("--start", "soon"), "soon"),
    ],
)
def test_wrong_use_is_told(
    whorl: Whorl, task: Path, tmp_path: Path, words: tuple[str, ...], fault: str
) -> None:
    ran = whorl("export", "codabench", task, "--out", tmp_path / "b.zip", *words)
    assert ran.status in (1, 2)
    assert fault in ran.err
    assert not (tmp_path / "b.zip").exists()


def test_a_task_without_truth_cannot_be_exported(whorl: Whorl, task: Path, tmp_path: Path) -> None:
    (task / "truth.csv").unlink()
    ran = whorl("export", "codabench", task, "--out", tmp_path / "b.zip", *START)
    assert ran.status == 1
    assert "has no truth.csv" in ran.err


def test_a_bundle_of_2025_takes_the_runs_that_whorl_run_writes(
    whorl: Whorl, task: Path, tmp_path: Path
) -> None:
    for name in ("generated", "real_unknown"):
        (task / "test" / f"{name}_1").rename(task / "test" / name)
    bundle, run = tmp_path / "bundle.zip", tmp_path / "run.csv"
    ran = whorl("export", "codabench", task, "--out", bundle, *START, "--edition", "2025")
    assert ran.status == 0, ran.err
    ran = whorl("run", "brightness", "--test", task / "test", "--edition", "2025", "--out", run)
    assert ran.status == 0, ran.err
    with zipfile.ZipFile(bundle) as archive:
        settings = json.loads(archive.read("competition.yaml"))
        page = archive.read("evaluation.md").decode()
        for inner in ("reference_data", "example_run"):
            with archive.open(f"{inner}.zip") as part:
                zipfile.ZipFile(part).extractall(tmp_path / inner)
    assert settings["leaderboards"][0]["columns"][0]["key"] == "kappa"
    assert ".png,0`" in page
    example = tmp_path / "example_run" / "run.csv"
    ran = whorl("validate", example, "--test", task / "test", "--edition", "2025")
    assert ran.status == 0, ran.err
    given, wanted = tmp_path / "input", tmp_path / "output"
    (given / "res").mkdir(parents=True)
    wanted.mkdir()
    (tmp_path / "reference_data").rename(given / "ref")
    (given / "res" / "run.csv").write_bytes(run.read_bytes())
    assert main(str(given), str(wanted)) == ""


def test_what_a_computer_adds_to_an_archive_is_passed_over(platform: Path, task: Path) -> None:
    truth = read_truth(task / "truth.csv").used
    sent = platform / "input" / "res"
    write_run(sent / "run.csv", list(truth), list(truth.values()))
    (sent / "__MACOSX").mkdir()
    (sent / "__MACOSX" / "._run.csv").write_bytes(b"\0\5")
    (sent / "._run.csv").write_bytes(b"\0\5")
    assert scored(platform).returncode == 0
