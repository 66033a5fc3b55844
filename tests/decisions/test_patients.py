"""Decisions over patients and images, behind the gate."""

from __future__ import annotations

import numpy as np
import pytest

from tests.decisions.worlds import World, world
from whorl.decisions import batch_p_values, decide_patients, storey
from whorl.decisions.patients import too_few


def false_share(flagged: np.ndarray, used: np.ndarray) -> float:
    return (flagged & ~used).sum() / max(flagged.sum(), 1)


def test_nothing_is_flagged_where_the_set_shows_nothing() -> None:
    made = world(np.random.default_rng(0), np.full(20, 3), np.full(60, 3), used=20, shift=5)
    shown = decide_patients(*made.sides, shown=True)
    assert shown.patients.flagged.all()
    assert shown.images.flagged.sum() > 50
    held = decide_patients(*made.sides, shown=False)
    assert not (held.patients.flagged | held.patients.flagged_bh).any()
    assert not (held.images.flagged | held.images.flagged_bh).any()
    np.testing.assert_array_equal(held.patients.p_values, shown.patients.p_values)


def test_patients_and_images_agree_where_each_has_one() -> None:
    made = world(np.random.default_rng(1), np.ones(30, int), np.ones(50, int), used=10, shift=2)
    found = decide_patients(*made.sides, shown=True)
    np.testing.assert_allclose(found.patients.p_values, found.images.p_values)
    np.testing.assert_array_equal(found.patients.flagged, found.images.flagged)


def test_patients_come_in_rising_order_whatever_the_order_of_images() -> None:
    made = world(np.random.default_rng(2), np.arange(1, 9), np.full(30, 4), used=4, shift=4)
    mixed = np.random.default_rng(0).permutation(len(made.values))
    found = decide_patients(*made.sides, shown=True)
    other = decide_patients(
        made.values[mixed], made.patients[mixed], made.null, made.null_patients, shown=True
    )
    np.testing.assert_array_equal(found.codes, other.codes)
    np.testing.assert_allclose(found.patients.p_values, other.patients.p_values)
    np.testing.assert_allclose(found.images.p_values[mixed], other.images.p_values)


@pytest.mark.parametrize("level", [0, 1, -0.1, 5])
def test_level_must_lie_between_0_and_1(level: float) -> None:
    one = np.zeros(1), np.zeros(1, int)
    with pytest.raises(ValueError, match="between 0 and 1"):
        decide_patients(*one, *one, shown=True, level=level)


def test_too_few_patients_by_hand() -> None:
    """19 are the fewest whose smallest p-value, 1/20, is 5 %; 199 flag one of 10."""
    assert "it takes 1 more for any" in too_few(10, 18, 0.05)[0]
    assert "if fewer than 10 of 10 candidate patients" in too_few(10, 19, 0.05)[0]
    assert "to flag a single one takes 180 more" in too_few(10, 19, 0.05)[0]
    assert too_few(10, 199, 0.05) == ()


def draw(rng: np.random.Generator, used: int, most: int) -> World:
    sizes, null_sizes = rng.integers(1, most + 1, 24), rng.integers(1, most + 1, 40)
    return world(rng, sizes, null_sizes, used=used, shift=2.5, alike=0.7)


@pytest.mark.parametrize(("used", "most"), [(2, 80), (12, 80), (20, 5)])
@pytest.mark.parametrize("trials", [60, pytest.param(1_000, marks=pytest.mark.slow)])
def test_false_discovery_rates_are_held(used: int, most: int, trials: int) -> None:
    rng = np.random.default_rng(4)
    shares = []
    for seed in range(trials):
        made = draw(rng, used, most)
        found = decide_patients(*made.sides, shown=True, level=0.1, seed=seed)
        shares.append(
            [
                false_share(found.patients.flagged, made.used_patients),
                false_share(found.patients.flagged_bh, made.used_patients),
                false_share(found.images.flagged, made.used),
                false_share(found.images.flagged_bh, made.used),
            ]
        )
    means, errors = np.mean(shares, axis=0), np.std(shares, axis=0) / np.sqrt(trials)
    assert (means <= 0.1 + 3 * errors).all()


def test_many_images_against_few_do_not_break_the_rate() -> None:
    """80 independent images against one: batch p-values lie near 1/2, all on one side of it."""
    rng = np.random.default_rng(5)
    plain, ours = [], []
    for seed in range(100):
        made = world(rng, np.full(20, 80), np.ones(39, int), used=4, shift=3, alike=0.0)
        found = decide_patients(*made.sides, shown=True, level=0.1, seed=seed)
        unmatched = storey(batch_p_values(*made.sides), 0.1, 0.5)
        plain.append(false_share(unmatched, made.used_patients))
        ours.append(false_share(found.patients.flagged, made.used_patients))
    assert np.mean(plain) > 0.13
    assert np.mean(ours) <= 0.1 + 3 * np.std(ours) / 10
