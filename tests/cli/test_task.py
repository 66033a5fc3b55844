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
        "--groups", tmp_path / "manifest.csv", "--group-column", "patient",
        "--split", "group", "--stratify", "age",
    )  # fmt: skip
    assert built.status == 0
    assert "24×24, split by group" in built.out
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
        ((*SIZES, *TRAIN, "--split", "patient"), "neither slice nor group"),
        ((*SIZES, *TRAIN, "--stratify", "age"), "needs --groups"),
    ],
)
def test_wrong_use(
    whorl: Whorl, pool: Path, tmp_path: Path, words: tuple[object, ...], fault: str
) -> None:
    ran = whorl("task", "build", pool, "--out", tmp_path / "task", *words)
    assert ran.status == 2
    assert fault in " ".join(ran.err.replace("│", " ").split())
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
