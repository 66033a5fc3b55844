"""whorl methods, run, validate and evaluate, and the command as a whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import whorl as package
from tests.cli.conftest import Whorl
from whorl.methods import Need
from whorl.runs import CATALOGUE


def test_methods_as_json(whorl: Whorl) -> None:
    ran = whorl("methods", "--json")
    listed = json.loads(ran.out)
    assert ran.status == 0
    assert [row["name"] for row in listed] == list(CATALOGUE)
    for row in listed:
        assert {"name", "team", "needs", "fidelity", "paper_f1", "citation"} <= row.keys()


def test_methods_as_a_table(whorl: Whorl) -> None:
    ran = whorl("methods")
    assert ran.status == 0
    assert "vcmi-2" in ran.out
    assert "0.802" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 140


def test_methods_are_readable_at_80_columns(whorl: Whorl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = whorl("methods").out
    assert "…" not in out
    assert max(map(len, out.splitlines())) <= 80
    lines = out.splitlines()
    for entry in CATALOGUE.values():
        (line,) = (line for line in lines if line.split()[:1] == [entry.name])
        assert all(need in line for need in entry.method.needs)


def test_what_a_method_needs_is_told_by_its_name(
    whorl: Whorl, folder: Path, tmp_path: Path
) -> None:
    ran = whorl("run", "blind", "--test", folder, "--out", tmp_path / "run.csv", "-q")
    assert ran.status == 1
    assert "blind needs a development set: pass --development DIR" in ran.err


@pytest.mark.usefixtures("fast")
@pytest.mark.parametrize("method", CATALOGUE)
def test_run_validate_evaluate(whorl: Whorl, folder: Path, tmp_path: Path, method: str) -> None:
    run, scores = tmp_path / "run.csv", tmp_path / "s.csv"
    made = whorl(
        "run", method, "--test", folder / "test", "--development", folder / "development",
        "--out", run, "--scores", scores, "--folds", 2, "-q",
    )  # fmt: skip
    assert made.status == 0
    assert all(line.startswith("whorl: warning: ") for line in made.err.splitlines())
    assert "expected F1" in made.out
    learns = Need.DEVELOPMENT in CATALOGUE[method].method.needs
    assert ("2-fold cross-validation" in made.out) == learns
    assert len(run.read_text().splitlines()) == 30
    checked = whorl("validate", run, "--test", folder / "test")
    assert checked.status == 0
    assert "valid" in checked.out
    judged = whorl("evaluate", run, "--truth", folder / "truth.csv", "--scores", scores, "--json")
    result = json.loads(judged.out)
    assert result["images"] == 30
    assert {"f1", "auc", "tpr_at_fpr_1"} <= result["metrics"].keys()
    assert {"all used", "none used", "random"} == result["trivial"].keys()
    if method == "all-used":
        assert result["metrics"]["f1"]["value"] == pytest.approx(2 / 3)


def test_run_finds_the_test_folder_within_a_task(
    whorl: Whorl, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run.csv"
    assert whorl("run", "vcmi-3", "--test", folder, "--out", out, "-q").status == 0
    assert out.exists()


def test_evaluate_prints_every_metric_with_its_interval(whorl: Whorl, folder: Path) -> None:
    ran = whorl("evaluate", folder / "truth.csv", "--truth", folder / "truth.csv")
    assert ran.status == 0
    for label in ("F1", "Cohen's κ", "MCC", "balanced accuracy", "all used", "Wilson"):
        assert label in ran.out


def test_invalid_run_files_are_status_1_with_the_line(
    whorl: Whorl, folder: Path, tmp_path: Path
) -> None:
    lines = (folder / "truth.csv").read_text().splitlines()
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join([*lines[:3], "candidate_003,2", *lines[4:]]) + "\n")
    for words in (
        ("validate", bad, "--test", folder / "test"),
        ("evaluate", bad, "--truth", folder / "truth.csv"),
    ):
        ran = whorl(*words)
        assert ran.status == 1
        assert "bad.csv: line 4" in ran.err
        assert "Traceback" not in ran.err


def test_a_folder_without_the_layout_is_status_1(whorl: Whorl, tmp_path: Path) -> None:
    ran = whorl("run", "vcmi-2", "--test", tmp_path, "--out", tmp_path / "run.csv")
    assert ran.status == 1
    assert "generated_1" in ran.err
    assert not (tmp_path / "run.csv").exists()


def test_unknown_method_is_status_2(whorl: Whorl, folder: Path, tmp_path: Path) -> None:
    ran = whorl("run", "vcmi2", "--test", folder / "test", "--out", tmp_path / "run.csv")
    assert ran.status == 2
    assert "did you mean" in ran.err


def test_version(whorl: Whorl) -> None:
    assert whorl("--version").out == f"whorl {package.__version__}\n"


def test_help_of_every_command(whorl: Whorl) -> None:
    for command in ("audit", "methods", "fit", "run", "validate", "evaluate"):
        ran = whorl(command, "--help")
        assert ran.status == 0
        assert f"whorl {command}" in ran.out


def test_module_and_script_are_the_same_command() -> None:
    script = Path(sys.executable).with_name("whorl")
    assert subprocess.run([script, "--version"], capture_output=True, check=True).stdout


def test_methods_on_one_task_compute_their_similarities_once(
    whorl: Whorl, folder: Path, tmp_path: Path
) -> None:
    words = ("--test", folder / "test", "-q", "--out")
    for method, files in (("vcmi-2", 2), ("vcmi-3", 2), ("vcmi-1", 2)):
        assert whorl("run", method, *words, tmp_path / f"{method}.csv").status == 0
        assert f": {files} files" in whorl("cache", "info").out
    assert "removed 2 files" in whorl("cache", "clear").out
    assert ": 0 files" in whorl("cache", "info").out
    assert whorl("run", "vcmi-2", *words, tmp_path / "again.csv", "--no-cache").status == 0
    assert ": 0 files" in whorl("cache", "info").out
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "vcmi-2.csv").read_bytes()


@pytest.mark.filterwarnings("default")
def test_local_workers_give_the_same_run(whorl: Whorl, folder: Path, tmp_path: Path) -> None:
    words = ("run", "vcmi-1", "--test", folder / "test", "-q", "--no-cache", "--out")
    assert whorl(*words, tmp_path / "here.csv").status == 0
    assert whorl(*words, tmp_path / "there.csv", "--workers", 1).status == 0
    assert (tmp_path / "here.csv").read_bytes() == (tmp_path / "there.csv").read_bytes()


def test_one_of_scheduler_and_workers(whorl: Whorl, folder: Path, tmp_path: Path) -> None:
    words = ("run", "vcmi-2", "--test", folder / "test", "--out", tmp_path / "run.csv")
    ran = whorl(*words, "--workers", 1, "--scheduler", "tcp://127.0.0.1:1")
    assert ran.status == 2
    assert whorl(*words, "--workers", 1, "--device", "cuda").status == 2


def test_a_device_that_is_not_there_is_named(whorl: Whorl, folder: Path, tmp_path: Path) -> None:
    words = ("run", "vcmi-2", "--test", folder / "test", "--out", tmp_path / "run.csv", "-q")
    ran = whorl(*words, "--device", "cuda:99")
    assert ran.status == 1
    assert "--device cpu" in ran.err
    assert not (tmp_path / "run.csv").exists()


def test_a_command_that_is_asked_to_end_leaves_no_temporary_folder(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys, tempfile, whorl.cli.main as cli\n"
        "def app():\n"
        "    with tempfile.TemporaryDirectory(dir=sys.argv[1]):\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "cli.app = app\n"
        "cli.main()\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, tmp_path], check=False)
    assert ended.returncode == 143
    assert list(tmp_path.iterdir()) == []
