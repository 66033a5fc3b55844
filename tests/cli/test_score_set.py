"""whorl score-set."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Whorl, save
from tests.scoring.worlds import world

QUICK = ("--method", "nearest-correlation", "--no-quality", "--quiet", "--no-cache")


@pytest.fixture
def sets(tmp_path: Path) -> tuple[object, ...]:
    made, training, holdout = world(0)
    folders = [save(images, tmp_path / images.name) for images in (made, training, holdout)]
    table = tmp_path / "patients.csv"
    lines = [f"{i},{p}" for s in (training, holdout)
             for i, p in zip(s.ids, s.patients or (), strict=True)]  # fmt: skip
    table.write_text("\n".join(["image_id,patient", *lines]), "utf-8")
    made_at, trained_at, held_at = folders
    return (made_at, "--training", trained_at, "--holdout", held_at, "--patients", table)


def test_one_table_one_page_and_the_figures_as_data(
    whorl: Whorl, sets: tuple[object, ...], tmp_path: Path
) -> None:
    ran = whorl("score-set", *sets, *QUICK, "--out", tmp_path / "out")
    assert (ran.status, ran.err) == (0, "")
    for said in ("Memorised ↓", "Nearest in training ↓", "100.0 %", "↓ lower is better",
                 "Left out on request", "score-set.html"):  # fmt: skip
        assert said in ran.out
    out = tmp_path / "out"
    assert {path.name for path in out.iterdir()} == {"score-set.html", "scores.csv", "summary.json"}
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["figures"][0]["value"] == 1.0
    assert summary["record"]["sets"]["training"]["folder"] == "training"
    with (out / "scores.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["image_id"] for row in rows[:2]] == ["generated_000", "generated_001"]
    assert {row["memorised"] for row in rows} == {"1"}
    texts = [path.read_text("utf-8") for path in out.iterdir()]
    assert not any("Abel" in text or str(tmp_path) in text for text in texts)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--measure", "mse"), "--measure mse: is none of correlation, ssim"),
        (("--method", "whorl-fitted"), "--method whorl-fitted needs labelled images"),
        (("--method", "guess"), "--method"),
        (("--weights", "nowhere.pt"), "nowhere.pt"),
    ],
)
def test_what_cannot_be_done_is_an_error_that_names_the_option(
    whorl: Whorl, sets: tuple[object, ...], tmp_path: Path, words: tuple[str, str], said: str
) -> None:
    quick = () if words[0] == "--weights" else QUICK[2:]
    ran = whorl("score-set", *sets, *quick, *words, "--out", tmp_path / "out")
    assert ran.status in (1, 2)
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "out").exists()


def test_one_folder_given_twice_is_an_error(whorl: Whorl, sets: tuple[object, ...]) -> None:
    ran = whorl("score-set", sets[0], "--training", sets[2], "--holdout", sets[2], *QUICK)
    assert ran.status == 1
    assert "--training and --holdout are the same folder" in ran.err
