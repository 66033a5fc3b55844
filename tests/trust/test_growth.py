"""What a tenth of the generated images foretells is compared with what all show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scripts.make_docs import DOCS
from trust import growth
from trust.growth import Trial, described, line, main, trials
from trust.table import write
from whorl.tasks.view import View
from whorl.testing.worlds import image_set, noisy, smooth_images

RNG = np.random.default_rng(0)


def leaking_view() -> View:
    """Every candidate was copied, with noise, into generated images."""
    reals = smooth_images(24, RNG, 32)
    made = noisy(np.concatenate([reals[:12]] * 27), RNG, 8)
    return View(
        image_set(made, "generated"), image_set(reals[:12], "real"), image_set(reals[12:], "other")
    )


def test_each_trial_is_a_forecast_by_a_tenth_beside_what_all_show(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(growth, "WHOLE", 1)
    monkeypatch.setattr(growth, "HALVES", 1)
    made = list(trials(leaking_view()))
    assert len(made) == 2
    assert made[0].all > 0.9
    assert all(0 <= trial.low <= trial.middle <= trial.high <= 1 for trial in made)


def test_a_forecast_that_misses_does_not_hold() -> None:
    trial = Trial(tenth=0.6, low=0.5, middle=0.6, high=0.7, all=0.8)
    assert not trial.holds
    assert line("task", "all used", [trial, replace(trial, high=0.9)])[5] == "1 of 2"


def test_the_page_is_written_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "statistics.md"
    page.write_text((DOCS / "statistics.md").read_text("utf-8"), "utf-8")
    text = described([line("a, 100", "none used", [Trial(0.5, 0.4, 0.5, 0.6, 0.5)])], 1, 1)
    assert "The interval holds in 1 of 1." in " ".join(text.split())
    write(page, text, growth.START, growth.END)
    assert text in page.read_text("utf-8")


def test_a_folder_that_is_no_task_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err
