"""Shortcuts: the interval by hand, planted ones found, none found where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.building.checking.shortcuts import BLIND, Shortcut, clustered_auc, find_shortcuts
from whorl.testing.worlds import image_set, smooth_images


def spread_out(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Half of the used far below all others and half far above, in `n` images of either class."""
    used = np.arange(2 * n) < n
    scores = np.where(used, 10.0 * (-1.0) ** np.arange(2 * n), 0.0)
    return scores + np.linspace(0.0, 1.0, 2 * n), used


def test_with_one_image_of_each_patient_the_error_is_delongs() -> None:
    """Placements of used are 0 and 1, of the others one half: variance 0.25·40/39 over 40."""
    scores, used = spread_out(40)
    area, error = clustered_auc(scores, used, np.arange(80))
    assert area == 0.5
    assert error == pytest.approx(np.sqrt(0.25 / 39))


def test_repeating_each_image_of_its_patient_adds_nothing() -> None:
    scores, used = spread_out(40)
    once = clustered_auc(scores, used, np.arange(80))
    scores, used = np.repeat(scores, 3), np.repeat(used, 3)
    assert clustered_auc(scores, used, np.repeat(np.arange(80), 3)) == pytest.approx(once)
    assert clustered_auc(scores, used, np.arange(240))[1] < 0.6 * once[1]


def test_perfect_separation_of_a_few_is_no_certainty() -> None:
    area, error = clustered_auc(np.arange(6.0), np.arange(6) > 2, np.arange(6))
    assert (area, round(error, 3)) == (1.0, round(float(np.sqrt(7 / 108)), 3))


@pytest.mark.parametrize(
    ("low", "high", "one_sided", "shown", "suspected"),
    [
        (0.56, 0.7, False, True, False),
        (0.54, 0.7, False, False, True),
        (0.49, 0.7, False, False, False),
        (0.30, 0.44, False, True, False),
        (0.30, 0.46, False, False, True),
        (0.30, 0.44, True, False, False),
        (0.56, 0.7, True, True, False),
    ],
)
def test_the_rule(low: float, high: float, one_sided: bool, shown: bool, suspected: bool) -> None:
    shortcut = Shortcut("brightness", 80, (low + high) / 2, low, high, one_sided)
    assert (shortcut.shown, shortcut.suspected) == (shown, suspected)


USED = np.arange(80) < 40


@pytest.mark.parametrize(
    ("plant", "name"),
    [
        (lambda p: p + 30, "brightness"),
        (lambda p: 128 + 1.6 * (p - 128), "contrast"),
        (lambda p: p + np.random.default_rng(1).normal(0, 4, p.shape), "sharpness"),
        (lambda p: np.where(p > 150, 150, p), BLIND),
    ],
)
def test_a_planted_shortcut_is_shown(plant: object, name: str) -> None:
    pixels = smooth_images(80, np.random.default_rng(0)).astype(float)
    pixels[USED] = plant(pixels[USED])  # type: ignore[operator]
    images = image_set(np.clip(np.rint(pixels), 0, 255).astype(np.uint8), "real")
    assert name in {s.name for s in find_shortcuts(images, USED) if s.shown}


@pytest.mark.parametrize("seed", range(8))
def test_where_there_is_none_none_is_shown(seed: int) -> None:
    rng = np.random.default_rng(seed)
    images = image_set(smooth_images(80, rng), "real")
    place = rng.permutation(np.arange(80.0))
    found = find_shortcuts(images, USED, {"place": place}, seed=seed)
    assert [s.name for s in found] == ["brightness", "contrast", "sharpness", "place", BLIND]
    assert not [s.name for s in found if s.shown]


def test_a_value_of_some_images_is_tested_on_these() -> None:
    images = image_set(smooth_images(80, np.random.default_rng(0), 16), "real")
    place = np.where(np.arange(80) % 2, np.nan, np.arange(80.0))
    found = {s.name: s for s in find_shortcuts(images, USED, {"place": place})}
    assert (found["place"].images, found["place"].auc) == (40, 0.0)
    assert found["place"].shown


def test_few_patients_are_not_judged() -> None:
    images = image_set(smooth_images(80, np.random.default_rng(0), 16), "real")
    patients = [f"p{i // 10}" for i in range(80)]
    assert find_shortcuts(images.with_patients(patients), USED) == ()
