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


@pytest.mark.parametrize(("said", "ending"), [((), ""), (("--edition", "2025"), ".png")])
def test_a_run_is_written_and_checked_as_its_edition_wants(
    whorl: Whorl, words: list[object], folder: Path, tmp_path: Path,
    said: tuple[str, ...], ending: str,
) -> None:  # fmt: skip
    assert whorl("run", "all-used", *words, *said).status == 0
    run = tmp_path / "run.csv"
    first = run.read_text().splitlines()[0]
    assert first.partition(",")[0].endswith(".png") == bool(ending)
    assert whorl("validate", run, "--test", folder, *said).status == 0
    other = whorl("validate", run, "--test", folder, "--edition", "2023" if ending else "2025")
    assert other.status == 1
    assert "file extension" in other.err
    assert whorl("evaluate", run, "--truth", folder / "truth.csv").status == 0


def test_folders_of_2025_tell_their_edition(
    whorl: Whorl, words: list[object], folder: Path, tmp_path: Path
) -> None:
    (folder / "test" / "generated_1").rename(folder / "test" / "generated")
    (folder / "test" / "real_unknown_1").rename(folder / "test" / "real_unknown")
    for part in ("used", "not_used"):
        (folder / "development" / part).rename(folder / "development" / f"real_{part}")
    assert whorl("run", "all-used", *words).status == 0
    assert ".png,1" in (tmp_path / "run.csv").read_text()
    assert whorl("validate", tmp_path / "run.csv", "--test", folder).status == 0
