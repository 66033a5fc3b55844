"""whorl task build, check and show."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Whorl, save
from whorl.testing.worlds import image_set, smooth_images

SIZES = ("--development", 4, "--test", 8, "--generated", 20)
TRAIN = ("--generator", "pca-diffusion", "--steps", 10, "--train", 10)


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    images = image_set(smooth_images(60, np.random.default_rng(0)), "ct")
    lines = [f"{i},p{k // 2},{'old' if k % 4 < 2 else 'young'}" for k, i in enumerate(images.ids)]
    manifest = "\n".join(["image_id,patient,age", *lines]) + "\n"
    (tmp_path / "manifest.csv").write_text(manifest, encoding="utf-8")
    return save(images, tmp_path / "pool")


def test_build_run_validate_and_show(whorl: Whorl, pool: Path, tmp_path: Path) -> None:
    out = tmp_path / "task"
    built = whorl(
        "task", "build", pool, "--out", out, *TRAIN, *SIZES, "-q", "--size", 24,
        "--patients", tmp_path / "manifest.csv", "--split", "patient", "--stratify", "age",
    )  # fmt: skip
    assert built.status == 0
    assert "24×24, split by patient" in built.out
    assert len(list((out / "development" / "generated").iterdir())) == 4
    run = tmp_path / "run.csv"
    assert whorl("run", "vcmi-2", "--test", out, "--out", run, "-q").status == 0
    assert whorl("validate", run, "--test", out).status == 0
    assert whorl("evaluate", run, "--truth", out / "truth.csv").status == 0
    shown = whorl("task", "show", out, "--out", tmp_path / "sheet.png")
    assert shown.status == 0
    assert (tmp_path / "sheet.png").stat().st_size > 1000


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ((*SIZES,), "one of --generator and --generator-dir"),
        ((*SIZES, *TRAIN, "--generator-dir", "g"), "one of --generator and --generator-dir"),
        ((*SIZES, "--generator-dir", "g", "--train", 5), "--train goes with --generator"),
        ((*SIZES, "--generator-dir", "g", "--preset", "cpu"), "--preset goes with --generator"),
        ((*SIZES, *TRAIN, "--preset", "big"), "'big' is neither cpu nor gpu"),
        ((*SIZES, "--generator", "pca-diffusion"), "--generator needs --train"),
        ((*SIZES, "--generator", "gan2", "--train", 5), "no generator of the kind"),
        ((*TRAIN, *SIZES[:3], 7, *SIZES[4:]), "7 is odd"),
        ((*SIZES, *TRAIN, "--split", "day"), "neither slice nor patient"),
        ((*SIZES, *TRAIN, "--stratify", "age"), "needs a table that has that column"),
        ((*SIZES, *TRAIN, "--patients", "folder", "--stratify", "age"), "needs a table"),
        ((*SIZES, *TRAIN, "--manifest", "m.csv"), "goes with --stratify"),
        ((*SIZES, *TRAIN, "--patient-column", "who"), "goes with --patients CSV"),
        ((*SIZES, *TRAIN, "--patients", "(p)", "--patient-column", "who"), "goes with --patients"),
    ],
)
def test_wrong_use(
    whorl: Whorl, pool: Path, tmp_path: Path, words: tuple[object, ...], fault: str
) -> None:
    ran = whorl("task", "build", pool, "--out", tmp_path / "task", *words)
    assert ran.status == 2
    assert fault in " ".join(ran.err.replace("│", " ").split())
    assert not (tmp_path / "task").exists()


def test_patients_by_another_column_by_folder_and_by_name(
    whorl: Whorl, pool: Path, tmp_path: Path
) -> None:
    table = tmp_path / "table.csv"
    table.write_text((tmp_path / "manifest.csv").read_text().replace("patient,", "whose,"))
    for path in sorted(pool.iterdir()):
        (tmp_path / "nested" / path.stem[-1]).mkdir(parents=True, exist_ok=True)
        (tmp_path / "nested" / path.stem[-1] / path.name).hardlink_to(path)
    for given, folder, ways, first in (
        ("column", pool, ("--patients", table, "--patient-column", "whose"), "p0"),
        ("folder", tmp_path / "nested", ("--patients", "folder"), "0"),
        ("name", pool, ("--patients", r"ct_0(\d)"), "0"),
    ):
        out = tmp_path / given
        words = ("--out", out, *TRAIN, *SIZES, "-q", "--split", "patient", *ways)
        balanced = ("--stratify", "age", "--manifest", tmp_path / "manifest.csv")
        built = whorl("task", "build", folder, *words, *balanced)
        note = "Note: age: 60 of 60 ids are written otherwise and were read as meant: without the"
        assert built.status == 0
        assert built.err == (f"{note} folder (60)\n" if given == "folder" else "")
        files = json.loads((out / "task.json").read_text())["files"].values()
        assert first in {file["patient"] for file in files}
        assert whorl("task", "check", out, "-q").status == 0


def test_a_split_by_patient_needs_patients(whorl: Whorl, pool: Path, tmp_path: Path) -> None:
    words = ("task", "build", pool, "--out", tmp_path / "task", *TRAIN, *SIZES, "-q")
    ran = whorl(*words, "--split", "patient")
    assert ran.status == 1
    assert "give --patients, a table of image_id and patient" in ran.err
    assert not (tmp_path / "task").exists()


def test_build_with_networks(whorl: Whorl, pool: Path, tmp_path: Path) -> None:
    words = ("task", "build", pool, "--out", tmp_path / "task", *SIZES, "-q", "--size", 16)
    train = ("--generator", "gan", "--train", 10, "--steps", 3, "--batch", 2, "--preset", "cpu")
    assert whorl(*words, *train, "--threads", 1).status == 0
    card = json.loads((tmp_path / "task" / "task.json").read_text())["generator"]
    assert (card["kind"], card["steps"], card["settings"]["batch"]) == ("gan", 3, 2)


def test_check_in_words_and_as_json(whorl: Whorl, pool: Path, tmp_path: Path) -> None:
    out = tmp_path / "task"
    assert whorl("task", "build", pool, "--out", out, *TRAIN, *SIZES, "-q").status == 0
    found = whorl("task", "check", out, "-q")
    assert found.status == 0
    assert found.out.splitlines()[-1] == "sound"
    (out / "test" / "generated_1" / "generated_00001.png").unlink()
    assert "unsound: 1 fault" in whorl("task", "check", out, "-q").out
    told = whorl("task", "check", out, "--json", "-q")
    assert told.status == 1
    result = json.loads(told.out)
    assert result["sound"] is False
    assert [f["topic"] for f in result["findings"] if f["level"] == "fault"] == ["hashes"]
    assert result["counts"]["test generated"] == 19


def test_check_takes_patients_by_their_names_in_the_pool(
    whorl: Whorl, pool: Path, tmp_path: Path
) -> None:
    out = tmp_path / "task"
    assert whorl("task", "build", pool, "--out", out, *TRAIN, *SIZES, "-q").status == 0
    unknown = json.loads(whorl("task", "check", out, "--json", "-q").out)["findings"]
    assert "not known" in next(f["sentence"] for f in unknown if f["topic"] == "patients")
    found = whorl("task", "check", out, "--patients", r"ct_.*(\d)$", "--json", "-q")
    told = {f["topic"]: f["sentence"] for f in json.loads(found.out)["findings"]}
    assert "have images on both sides" in told["patients between used and not used"]
    column = ("--patients", tmp_path / "manifest.csv", "--patient-column", "who")
    assert "names no column who" in whorl("task", "check", out, *column).err
    assert "goes with --patients CSV" in whorl("task", "check", out, *column[2:]).err
