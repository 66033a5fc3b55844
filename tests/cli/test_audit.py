"""whorl audit."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import Whorl
from tests.images.files import write_dicom
from whorl.testing.worlds import smooth_images

COLUMNS = [
    "image_id", "patient", "score", "p_value", "decision", "nearest_generated", "similarity",
]  # fmt: skip
WRITTEN = {"report.html", "scores.csv", "summary.json", "SHA256SUMS"}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def parts(folder: Path) -> tuple[Path, Path]:
    return folder / "test" / "generated_1", folder / "test" / "real_unknown_1"


def test_with_a_reference(whorl: Whorl, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = whorl("audit", *parts(folder), "--reference", folder / "reference", "--out", out)
    assert ran.status == 0
    assert "Leakage shown: " in ran.out
    assert {path.name for path in out.iterdir()} == WRITTEN
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
    assert "share explained of all pairs: 1,350 done" in ran.err


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
        (("G", "C", "--level", "2"), "must lie between 0 and 1"),
        (("G", "C", "--level", "nan"), "must lie between 0 and 1"),
        (("G", "C", "--method", "nearest-sim"), "did you mean nearest-ssim"),
        (("G", "C", "--window", "wide"), "--window"),
        (("G", "C", "--levle", "0.1"), "No such option"),
        (("G", "C", "--fail-on", "leak"), "'leak' is none of leakage, no-evidence, inconclusive"),
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
    assert "Not read of candidates, and nothing is said about them: 1 unreadable file." in ran.out
    for name in ("report.html", "summary.json"):
        text = (out / name).read_text("utf-8")
        assert "note.png: is not a PNG" in text
        assert str(tmp_path) not in text
    assert len(rows(out / "scores.csv")) == 30


def test_what_was_left_out_stands_before_the_verdict(
    whorl: Whorl, folder: Path, tmp_path: Path
) -> None:
    generated, candidates = parts(folder)
    (candidates / "more").mkdir()
    (candidates / "notes.txt").touch()
    first = next(candidates.glob("*.png"))
    first.rename(candidates / "more" / first.name)
    out = tmp_path / "out"
    words = "audit", generated, candidates, "--out", out, "-q"
    ran = whorl(*words)
    assert "nothing is said about them: 1 text file." in ran.out
    assert f"more/{first.stem}" in {row["image_id"] for row in rows(out / "scores.csv")}
    ran = whorl(*words, "--flat")
    said = "Not read of candidates, and nothing is said about them: 1 sub-folder, 1 text file."
    assert ran.out.startswith(said)
    assert len(rows(out / "scores.csv")) == 29
    for wrong in ("every third", "1:2:0"):
        ran = whorl(*words, "--slices", wrong)
        assert (ran.status, "--slices" in ran.err) == (2, True)


@pytest.mark.real
@pytest.mark.skipif("WHORL_REAL_DATA" not in os.environ, reason="WHORL_REAL_DATA is not set")
def test_a_leak_in_a_sub_folder_and_in_webp_is_found(whorl: Whorl, tmp_path: Path) -> None:
    case = Path(os.environ["WHORL_REAL_DATA"]) / "cases" / "a07_unread"
    out = tmp_path / "out"
    ran = whorl("audit", case / "gen", case / "cand", "--out", out, "-q")
    assert ran.status == 0
    assert len(rows(out / "scores.csv")) == 30
    ran = whorl("audit", case / "gen", case / "cand", "--out", out, "-q", "--flat")
    assert "nothing is said about them: 1 sub-folder." in ran.out


def real_folders(folder: Path) -> tuple[Path, Path, Path]:
    """The folders of generated images, candidates and reference."""
    return *parts(folder), folder / "reference"


@pytest.fixture
def table(folder: Path, tmp_path: Path) -> Path:
    """Whose each real image is: two images to a patient."""
    path = tmp_path / "whose.csv"
    lines = ["image_id,patient"]
    for part, letter in (("test/real_unknown_1", "Doe"), ("reference", "Roe")):
        names = sorted(path.stem for path in (folder / part).iterdir())
        lines += [f"{name},{letter}^{k // 2}" for k, name in enumerate(names)]
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_patients_of_a_table_get_pseudonyms_and_a_key(
    whorl: Whorl, folder: Path, table: Path, tmp_path: Path
) -> None:
    generated, candidates, reference = real_folders(folder)
    out = tmp_path / "out"
    ran = whorl(
        "audit", generated, candidates, "--reference", reference, "--patients", table,
        "--out", out, "-q",
    )  # fmt: skip
    assert ran.status == 0
    assert "Patients as given: 30 candidates of 15 patients against 60 reference" in ran.out
    assert f"{out / 'patients.csv'}: whose the pseudonyms are" in ran.out
    assert {path.name for path in out.iterdir()} == {*WRITTEN, "patients.csv"}
    assert stat.S_IMODE((out / "patients.csv").stat().st_mode) == 0o600
    assert [row["patient"] for row in rows(out / "scores.csv")][:3] == ["P001", "P001", "P002"]
    key = rows(out / "patients.csv")
    assert (key[0]["pseudonym"], key[0]["patient"]) == ("P001", "Doe^0")
    assert len(key) == 90
    shown = ran.out + ran.err + "".join((out / name).read_text("utf-8") for name in WRITTEN)
    assert "Doe^" not in shown
    assert "Roe^" not in shown


def test_patients_are_read_out_of_file_names(whorl: Whorl, folder: Path, tmp_path: Path) -> None:
    generated, candidates = parts(folder)
    out = tmp_path / "out"
    ran = whorl("audit", generated, candidates, "--patients", r"_(\d\d)", "--out", out, "-q")
    assert ran.status == 0
    assert {row["patient"] for row in rows(out / "scores.csv")} == {"P001", "P002", "P003"}


def test_a_patient_on_both_sides_is_an_error_or_leaves_the_reference(
    whorl: Whorl, folder: Path, table: Path, tmp_path: Path
) -> None:
    table.write_text(table.read_text("utf-8").replace("Roe^3", "Doe^3"), "utf-8")
    generated, candidates, reference = real_folders(folder)
    words = (
        "audit", generated, candidates, "--reference", reference, "--patients", table,
        "--out", tmp_path / "out", "-q",
    )  # fmt: skip
    ran = whorl(*words)
    assert ran.status == 1
    assert "'Doe^3' has images among both" in ran.err
    assert "--drop-shared-patients" in ran.err
    assert not (tmp_path / "out").exists()
    ran = whorl(*words, "--drop-shared-patients")
    assert ran.status == 0
    assert "2 reference images were left out" in ran.out


def test_the_level_title_and_data_set_stand_in_the_summary(
    whorl: Whorl, folder: Path, tmp_path: Path
) -> None:
    generated, candidates, reference = real_folders(folder)
    out = tmp_path / "out"
    ran = whorl(
        "audit", generated, candidates, "--reference", reference, "--level", "0.1",
        "--title", "Release 3", "--dataset", "chest CT", "--out", out, "-q",
    )  # fmt: skip
    assert ran.status == 0
    assert "in at most 10 % of audits" in " ".join(ran.out.split())
    record = json.loads((out / "summary.json").read_text("utf-8"))["record"]
    assert (record["level"], record["title"], record["dataset"]) == (0.1, "Release 3", "chest CT")
    page = (out / "report.html").read_text("utf-8")
    assert "Release 3" in page
    assert "chest CT" in page


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [("inconclusive", 3), ("leakage, inconclusive", 3), ("leakage,no-evidence", 0), ("", 0)],
)
def test_fail_on_sets_the_exit_status_and_the_report_is_written_all_the_same(
    whorl: Whorl, folder: Path, tmp_path: Path, outcomes: str, status: int
) -> None:
    ran = whorl("audit", *parts(folder), "--fail-on", outcomes, "--out", tmp_path / "out", "-q")
    assert ran.status == status
    assert ran.out.startswith("Inconclusive: ")
    assert (tmp_path / "out" / "report.html").exists()


def test_a_report_that_is_replaced_is_said_to_be(
    whorl: Whorl, folder: Path, tmp_path: Path
) -> None:
    words = ("audit", *parts(folder), "--out", tmp_path / "out", "-q")
    said = f"The report that stood in {tmp_path / 'out'} was replaced."
    assert said not in whorl(*words).out.replace("\n", "")
    assert said in whorl(*words).out.replace("\n", "")


@pytest.mark.parametrize("reference", [True, False])
def test_no_identifier_of_a_dicom_header_reaches_what_is_written_but_the_key(
    whorl: Whorl, tmp_path: Path, reference: bool
) -> None:
    rng = np.random.default_rng(0)
    said = {
        "PatientName": "Doe^Jane", "AccessionNumber": "A-4712",
        "StudyInstanceUID": "1.2.3.4713", "StudyDate": "19991231", "InstitutionName": "Elsewhere",
    }  # fmt: skip
    folders = ("generated", "candidates", "reference")
    for role in folders:
        (tmp_path / role).mkdir()
        for k in range(3):
            pixels = rng.integers(0, 256, (16, 16), np.uint8)
            path = tmp_path / role / f"{role}_{k}.dcm"
            write_dicom(path, pixels, **said, PatientID=f"Z-{role[0]}{k // 2}-4711")
    out = tmp_path / "out"
    also = ("--reference", tmp_path / "reference") if reference else ()
    ran = whorl("audit", *(tmp_path / role for role in folders[:2]), *also, "--out", out)
    assert ran.status == 0
    key = (out / "patients.csv").read_text("utf-8")
    assert "Z-c1-4711" in key
    assert ("Z-r1-4711" in key) == reference
    files = [path for path in out.iterdir() if path.name != "patients.csv"]
    assert {path.name for path in files} == WRITTEN
    written = ran.out + ran.err + "".join(path.read_text("utf-8") for path in files)
    assert "candidates_0" in written
    assert "P002" in written
    assert [value for value in (*said.values(), "-4711") if value in written] == []
    assert not any(value in key for value in said.values())


def test_a_dicom_patient_on_both_sides_is_not_named_in_the_error(
    whorl: Whorl, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    for role in ("generated", "candidates", "reference"):
        (tmp_path / role).mkdir()
        for k in range(3):
            pixels = rng.integers(0, 256, (16, 16), np.uint8)
            write_dicom(tmp_path / role / f"{role}_{k}.dcm", pixels, PatientID=f"Z-{k}-4711")
    sides = (tmp_path / "candidates", "--reference", tmp_path / "reference")
    ran = whorl("audit", tmp_path / "generated", *sides, "--out", tmp_path / "out", "-q")
    assert ran.status == 1
    assert "'P001', 'P002', 'P003' have images among both" in ran.err
    assert "4711" not in ran.err


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


def test_an_audit_in_colour_shows_colour_and_says_what_takes_luma(
    whorl: Whorl, tmp_path: Path
) -> None:
    smooth = smooth_images(60, np.random.default_rng(0))
    colours = np.stack([smooth[:20], smooth[20:40], smooth[40:]], axis=3)
    for role, rows in (("generated", range(12)), ("candidates", range(8, 20))):
        (tmp_path / role).mkdir()
        for k in rows:
            Image.fromarray(colours[k]).save(tmp_path / role / f"skin_{k}.png")
    out = tmp_path / "out"
    ran = whorl(
        "audit", tmp_path / "generated", tmp_path / "candidates", "--colour", "--out", out, "-q"
    )
    assert ran.status == 0
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert "all images keep their colour; what compares grey" in str(summary)
    page = (out / "report.html").read_text(encoding="utf-8")
    shown = [
        Image.open(io.BytesIO(base64.b64decode(data)))
        for data in re.findall(r"data:image/png;base64,([A-Za-z0-9+/=]+)", page)
    ]
    assert {picture.mode for picture in shown if picture.size == (32, 32)} >= {"RGB"}


def test_by_scores_of_an_attack_of_ones_own(whorl: Whorl, folder: Path, tmp_path: Path) -> None:
    made, real = parts(folder)
    sets = (made, real, "--reference", folder / "reference")
    first, again = tmp_path / "first", tmp_path / "again"
    assert whorl("audit", *sets, "--method", "nearest-ssim", "--out", first).status == 0
    own = tmp_path / "own.csv"
    lines = [f"{row['image_id']},{row['score']}" for row in rows(first / "scores.csv")]
    own.write_text("\n".join(lines) + "\n")
    ran = whorl("audit", *sets, "--scores", own, "--out", again)
    assert "--reference-scores: the reference's images need scores too" in ran.err
    assert not again.exists()
    unused = tmp_path / "unused.csv"
    names = sorted(path.stem for path in (folder / "reference").iterdir())
    unused.write_text("image_id,score\n" + "".join(f"{name},-1\n" for name in names))
    ran = whorl("audit", *sets, "--scores", own, "--reference-scores", unused, "--out", again)
    assert ran.status == 0, ran.err
    assert "scores are as given" in ran.out
    by_id = {row["image_id"]: row["score"] for row in rows(again / "scores.csv")}
    assert by_id == {row["image_id"]: row["score"] for row in rows(first / "scores.csv")}
    summary = json.loads((again / "summary.json").read_text("utf-8"))
    assert summary["method"] == "given-scores"
    alone = ("audit", made, real, "--scores", own, "--reference-scores", unused)
    assert "goes with --reference" in whorl(*alone, "--out", tmp_path / "none").err


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--scores", "s.csv", "--method", "whorl"), "takes the place of --method"),
        (("--reference-scores", "s.csv"), "goes with --scores"),
        (("--scores", "s.csv"), "s.csv"),
    ],
)
def test_own_scores_that_cannot_be_used(
    whorl: Whorl, folder: Path, tmp_path: Path, words: tuple[str, ...], fault: str
) -> None:
    ran = whorl("audit", *parts(folder), *words, "--out", tmp_path / "out")
    assert ran.status != 0
    assert fault in ran.err
