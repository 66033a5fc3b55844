"""whorl audit."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Whorl
from tests.images.files import write_dicom

COLUMNS = ["image_id", "score", "p_value", "decision", "nearest_generated", "similarity"]
THREE = {"report.html", "scores.csv", "summary.json"}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def parts(folder: Path) -> tuple[Path, Path]:
    return folder / "test" / "generated_1", folder / "test" / "real_unknown_1"


def test_with_a_reference(whorl: Whorl, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = whorl("audit", *parts(folder), "--reference", folder / "reference", "--out", out)
    assert ran.status == 0
    assert ran.out.startswith("Leakage shown: ")
    assert {path.name for path in out.iterdir()} == THREE
    table = rows(out / "scores.csv")
    assert list(table[0]) == COLUMNS
    assert len(table) == 30
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["verdict"]["outcome"] == "leakage shown"
    flagged = [row["image_id"] for row in table if row["decision"] == "used"]
    assert summary["decisions"]["flagged"] == len(flagged) > 10
    assert all(float(row["p_value"]) <= 0.05 for row in table if row["image_id"] in flagged)
    page = (out / "report.html").read_text("utf-8")
    assert "Leakage shown" in page
    assert flagged[0] in page
    assert "drawn phantoms" not in page


def test_without_a_reference_nothing_is_guaranteed(
    whorl: Whorl, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    ran = whorl("audit", *parts(folder), "--out", out, "--quiet")
    assert ran.status == 0
    assert "Inconclusive" in ran.out
    assert "No error rate is guaranteed" in ran.out
    assert ran.err == ""
    assert {row["p_value"] for row in rows(out / "scores.csv")} == {""}


def test_progress_goes_to_standard_error(whorl: Whorl, folder: Path, tmp_path: Path) -> None:
    ran = whorl("audit", *parts(folder), "--out", tmp_path / "out")
    assert "SSIM of all pairs: 1,350 done" in ran.err


def test_no_images_leaves_pixels_out(whorl: Whorl, folder: Path, tmp_path: Path) -> None:
    whorl("audit", *parts(folder), "--out", tmp_path / "with", "-q")
    whorl("audit", *parts(folder), "--out", tmp_path / "without", "-q", "--no-images")
    pages = [(tmp_path / name / "report.html").read_text() for name in ("with", "without")]
    assert ["data:image" in page for page in pages] == [True, False]


def test_same_seed_same_scores(whorl: Whorl, folder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        whorl("audit", *parts(folder), "--out", tmp_path / name, "-q", "--method", "random")
    assert (tmp_path / "a" / "scores.csv").read_bytes() == (
        tmp_path / "b" / "scores.csv"
    ).read_bytes()


def test_sample_is_called_a_phantom(whorl: Whorl, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = whorl("audit", "--sample", "--out", out, "-q")
    assert ran.status == 0
    assert "phantom" in ran.out
    assert "drawn phantoms" in (out / "report.html").read_text("utf-8")
    assert json.loads((out / "summary.json").read_text("utf-8"))["phantom"] is True


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "give GENERATED and CANDIDATES, or --sample alone"),
        (("G",), "give both GENERATED and CANDIDATES"),
        (("G", "C", "--sample"), "or --sample alone"),
        (("G", "C", "--fdr", "2"), "must lie between 0 and 1"),
        (("G", "C", "--fdr", "nan"), "must lie between 0 and 1"),
        (("G", "C", "--method", "nearest-sim"), "did you mean nearest-ssim"),
        (("G", "C", "--window", "wide"), "--window"),
        (("G", "C", "--frd", "0.1"), "No such option"),
    ],
)
def test_wrong_usage_is_status_2(
    whorl: Whorl, folder: Path, words: tuple[str, ...], message: str
) -> None:
    generated, candidates = parts(folder)
    replaced = [{"G": generated, "C": candidates}.get(word, word) for word in words]
    ran = whorl("audit", *replaced)
    assert ran.status == 2
    assert message in " ".join(ran.err.replace("│", " ").split())
    assert ran.out == ""


def test_input_at_fault_is_status_1_and_one_line(
    whorl: Whorl, folder: Path, tmp_path: Path
) -> None:
    generated, candidates = parts(folder)
    (tmp_path / "empty").mkdir()
    broken = generated / "generated_000.png"
    broken.write_bytes(broken.read_bytes()[:200])
    for words, message in (
        ((tmp_path / "absent", candidates), "absent"),
        ((tmp_path / "empty", candidates), "empty"),
        ((candidates, candidates), "same folder"),
        ((generated, candidates), "generated_000.png"),
    ):
        ran = whorl("audit", *words, "--out", tmp_path / "out", "-q")
        assert ran.status == 1, words
        assert ran.err.startswith("whorl: ")
        assert message in ran.err
        assert ran.err.count("\n") == 1
        assert "Traceback" not in ran.err
    assert not (tmp_path / "out").exists()


def test_skipped_files_stand_in_the_report(whorl: Whorl, folder: Path, tmp_path: Path) -> None:
    generated, candidates = parts(folder)
    (candidates / "note.png").write_text("not an image")
    out = tmp_path / "out"
    ran = whorl("audit", generated, candidates, "--skip-unreadable", "--out", out, "-q")
    assert ran.status == 0
    assert "Not read, and not audited: 1 of the files of candidates" in ran.out
    for name in ("report.html", "summary.json"):
        text = (out / name).read_text("utf-8")
        assert "note.png: is not a PNG" in text
        assert str(tmp_path) not in text
    assert len(rows(out / "scores.csv")) == 30


def test_no_identifier_of_a_dicom_header_reaches_what_is_written(
    whorl: Whorl, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    said = {
        "PatientName": "Doe^Jane", "PatientID": "P-4711", "AccessionNumber": "A-4712",
        "StudyInstanceUID": "1.2.3.4713", "StudyDate": "19991231", "InstitutionName": "Elsewhere",
    }  # fmt: skip
    for role in ("generated", "candidates"):
        (tmp_path / role).mkdir()
        for k in range(3):
            pixels = rng.integers(0, 256, (16, 16), np.uint8)
            write_dicom(tmp_path / role / f"{role}_{k}.dcm", pixels, **said)
    out = tmp_path / "out"
    ran = whorl("audit", tmp_path / "generated", tmp_path / "candidates", "--out", out)
    assert ran.status == 0
    written = ran.out + ran.err + "".join(path.read_text("utf-8") for path in out.iterdir())
    assert "candidates_0" in written
    assert [value for value in said.values() if value in written] == []


def test_an_output_that_cannot_be_written_is_named(
    whorl: Whorl, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    ran = whorl("audit", *parts(folder), "--out", tmp_path / "file" / "out", "-q")
    assert ran.status == 1
    assert "cannot be written" in ran.err


def test_interrupted_leaves_nothing_under_a_final_name(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ["audit", *map(str, parts(folder)), "--out", str(out)]
    code = (
        "import signal, sys, time, whorl.report.writing as render\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a job of a shell ignores it
        "def slow(data): print('rendering', flush=True); time.sleep(60)\n"
        "render.render_report = slow\n"
        "from whorl.cli.main import main\n"
        f"sys.argv = ['whorl', *{words!r}]\nmain()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"rendering\n"
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        status = process.wait(30)
    assert status == 130
    assert not (out / "report.html").exists()
    assert not list(out.glob(".*"))
