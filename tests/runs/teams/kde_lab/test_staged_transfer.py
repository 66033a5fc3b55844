from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.networks.weights import small_backbone
from whorl.cache import Cache
from whorl.compute import Compute, computing
from whorl.errors import ImageError
from whorl.networks.backbones import Untrained
from whorl.networks.pictures import pictures_of
from whorl.networks.training import Plan
from whorl.runs.teams.kde_lab.staged_transfer import StagedTransfer, labels_of
from whorl.tasks.view import Development, View
from whorl.testing.worlds import image_set, planted_task, smooth_images

torch = pytest.importorskip("torch")

QUICK = StagedTransfer(
    Untrained((4, 8), 16), sure=None, plan=Plan(2, 8, 1e-2, patience=1), rounds=2
)


LONGER = replace(QUICK, plan=Plan(20, 8, 1e-2, patience=5))


def _told_by_brightness() -> View:
    """Used reals are darker than others, and so is the first half of the candidates."""
    rng = np.random.default_rng(0)
    dark, bright = (smooth_images(12, rng) // 2 + shift for shift in (0, 100))
    known = Development(
        image_set(dark[:2], "generated"), image_set(dark[:8], "used"), image_set(bright[:8], "not")
    )
    return replace(
        planted_task(0).view,
        candidates=image_set(np.concatenate([dark[8:], bright[8:]]), "candidate"),
        development=known,
    )


def stage(folder: Path, classes: int = 3) -> Path:
    """A folder of labelled images, some of another size."""
    rng = np.random.default_rng(0)
    for number in range(classes):
        part = folder / f"class {number}"
        part.mkdir(parents=True)
        for k in range(4):
            pixels = smooth_images(1, rng, size=24 + 4 * k)[0]
            Image.fromarray(pixels).save(part / f"{k}.png")
    return folder


def test_labels_are_those_of_the_sets() -> None:
    sets = [image_set(smooth_images(3, np.random.default_rng(k)), str(k)) for k in range(3)]
    pictures = pictures_of(*sets)
    labels = labels_of(pictures)
    for number, images in enumerate(sets):
        rows = np.flatnonzero(labels == number)
        assert {pictures.hashes[row] for row in rows} == set(images.hashes)


def test_a_stage_changes_what_is_learned_and_is_told(tmp_path: Path) -> None:
    view = planted_task(0).view
    with_stage = replace(QUICK, stages=(str(stage(tmp_path / "first")),))
    assert (with_stage.score(view).values != QUICK.score(view).values).any()
    assert with_stage.notes()[0] == "stage 1: first"
    assert "skipped, for want of --stage: 1 of the 2 stages" in with_stage.notes()[1]
    assert "skipped, for want of --stage: 2 of the 2 stages" in QUICK.notes()[0]
    assert not any("skipped" in n for n in replace(QUICK, stages=("a", "b")).notes())


@pytest.mark.parametrize("classes", [0, 1])
def test_a_folder_that_is_no_stage_is_named(tmp_path: Path, classes: int) -> None:
    folder = stage(tmp_path / "s", classes)
    with pytest.raises(ImageError, match=r"--stage .*s: must be a folder of at least two sub-fold"):
        replace(QUICK, stages=(str(folder),)).score(planted_task(0).view)


def test_pseudo_labels_change_scores_and_never_more_than_needed() -> None:
    view = _told_by_brightness()
    straight = LONGER.score(view).values
    np.testing.assert_array_equal(replace(LONGER, sure=1.0).score(view).values, straight)
    learned = replace(LONGER, sure=0.5).score(view).values
    assert (learned != straight).any()
    assert np.abs(learned).mean() > np.abs(straight).mean()  # it becomes surer of what it said


def test_a_difference_that_there_is_is_learned() -> None:
    values = LONGER.score(_told_by_brightness()).values
    assert (values[:4] > 0).all()
    assert (values[4:] < 0).all()


def test_trainings_are_kept_by_what_they_started_from(tmp_path: Path) -> None:
    view = planted_task(0).view
    cache = Cache(tmp_path)
    with computing(Compute(threads=1, cache=cache)):
        first = QUICK.score(view).values
        kept = cache.usage().files
        np.testing.assert_array_equal(QUICK.score(view).values, first)
        assert cache.usage().files == kept
        assert (QUICK.score(view, seed=1).values != first).any()


def test_the_fast_budget_is_smaller() -> None:
    full = StagedTransfer(small_backbone())
    assert full.fast().plan.epochs < full.plan.epochs
    assert StagedTransfer().fast().start.size < StagedTransfer().start.size
