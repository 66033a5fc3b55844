"""whorl run: the decision can be set, and a development set is never read and ignored."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Whorl
from whorl.evaluation import read_scores
from whorl.tasks.runfile import read_run


@pytest.fixture
def words(folder: Path, tmp_path: Path) -> list[object]:
    return ["--test", folder, "--out", tmp_path / "run.csv", "-q"]


@pytest.mark.parametrize(("rule", "called"), [("median", 15), ("above:-1e9", 30), ("above:1e9", 0)])
def test_the_rule_can_be_set(
    whorl: Whorl, words: list[object], tmp_path: Path, rule: str, called: int
) -> None:
    ran = whorl("run", "nearest-ssim", *words, "--rule", rule)
    assert ran.status == 0
    assert f"{called} of 30 called used" in ran.out
    assert sum(read_run(tmp_path / "run.csv", None).values()) == called
    assert ("--rule decides otherwise" in ran.err) == (called == 0)


def test_an_operating_point_is_calibrated_and_what_to_expect_is_told(
    whorl: Whorl, words: list[object], folder: Path, tmp_path: Path
) -> None:
    scores = tmp_path / "s.csv"
    ran = whorl("run", "nearest-ssim", *words, "--rule", "calibrated", "--scores", scores,
                "--development", folder, "--folds", 3)  # fmt: skip
    assert ran.status == 0
    assert "called used: score above 0." in ran.out
    assert "expected F1 " in ran.out
    assert "3-fold cross-validation" in ran.out
    said, values = read_run(tmp_path / "run.csv", None), read_scores(scores)
    assert min(values[i] for i in said if said[i]) > max(values[i] for i in said if not said[i])


def test_a_method_that_learns_nothing_is_tried_on_the_development_set(
    whorl: Whorl, words: list[object], folder: Path
) -> None:
    ran = whorl("run", "all-used", *words, "--development", folder)
    assert "expected F1 " in ran.out
    assert "accuracy" in ran.out
    assert "as tried on" in ran.out
    left_out = whorl("run", "all-used", *words, "--development", folder, "--folds", 0).out
    assert "expected F1" not in left_out
    assert "all-used learns nothing from the images of --development" in left_out


def test_folds_are_counted(whorl: Whorl, words: list[object], folder: Path) -> None:
    ran = whorl("run", "blind", *words[:-1], "--development", folder, "--folds", 3)
    assert ran.status == 0
    assert "cross-validation: fold 3 of 3" in ran.err


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--rule", "mode"), "expected median, above:X, mean+K or calibrated"),
        (("--rule", "calibrated"), "give --development DIR"),
        (("--rule", "calibrated", "--development", ".", "--folds", "0"), "give 2 folds or more"),
    ],
)
def test_a_rule_that_cannot_be_is_told(
    whorl: Whorl, words: list[object], tmp_path: Path, more: tuple[str, ...], told: str
) -> None:
    ran = whorl("run", "nearest-ssim", *words, *more)
    assert ran.status == 2
    assert told in " ".join(ran.err.replace("│", " ").split())
    assert not (tmp_path / "run.csv").exists()
