"""Hierarchical and batch conformal p-values."""

from __future__ import annotations

from itertools import combinations
from time import perf_counter

import numpy as np
import pytest

from tests.decisions.worlds import at_most, world
from whorl.decisions import batch_p_values, conformal_p_values, hierarchical_p_values


def test_hierarchical_by_hand() -> None:
    """At 2: of patient 0 (1, 2, 3) two thirds, of patient 1 (5) all, of patient 2 (0, 0) none."""
    null, owners = np.array([1.0, 2.0, 3.0, 5.0, 0.0, 0.0]), np.array([0, 0, 0, 1, 2, 2])
    p = hierarchical_p_values(np.array([2.0, 6.0, 0.0]), null, owners)
    np.testing.assert_allclose(p, [(1 + 2 / 3 + 1) / 4, 1 / 4, 1])


def test_single_images_give_the_plain_p_values() -> None:
    rng = np.random.default_rng(0)
    values, null = rng.integers(0, 20, 30).astype(float), rng.integers(0, 20, 40).astype(float)
    plain = conformal_p_values(values, null)
    np.testing.assert_allclose(hierarchical_p_values(values, null, np.arange(40)), plain)
    np.testing.assert_allclose(batch_p_values(values, np.arange(30), null, np.arange(40)), plain)


def test_one_image_of_each_candidate_gives_the_hierarchical_p_values() -> None:
    made = world(np.random.default_rng(1), np.ones(20, int), np.arange(1, 12))
    np.testing.assert_allclose(
        batch_p_values(*made.sides),
        hierarchical_p_values(made.values, made.null, made.null_patients),
    )


def test_batches_against_all_subsets() -> None:
    """Every subset counted, as the definition has it; draws come within their error."""
    made = world(np.random.default_rng(2), np.array([2, 3, 4, 9]), np.array([1, 3, 5, 6, 6]))
    p = batch_p_values(*made.sides, draws=20_000)
    for patient, found in enumerate(p):
        own = made.values[made.patients == patient]
        shares = []
        for other in range(5):
            theirs = made.null[made.null_patients == other]
            subsets = combinations(theirs, min(len(own), len(theirs)))
            shares.append(np.mean([np.mean(subset) >= own.mean() for subset in subsets]))
        assert found == pytest.approx((1 + sum(shares)) / 6, abs=0.005)


def test_equal_scores_count_as_at_least() -> None:
    p = batch_p_values(np.full(6, 0.1), np.arange(6) // 3, np.full(40, 0.1), np.arange(40) // 8)
    np.testing.assert_array_equal(p, [1, 1])


def test_the_same_seed_gives_the_same_p_values() -> None:
    made = world(np.random.default_rng(3), np.full(5, 4), np.full(9, 7))
    np.testing.assert_array_equal(
        batch_p_values(*made.sides, seed=1), batch_p_values(*made.sides, seed=1)
    )


def test_two_hundred_against_five_hundred_patients_take_seconds() -> None:
    rng = np.random.default_rng(4)
    made = world(rng, rng.integers(1, 81, 200), rng.integers(1, 81, 500))
    started = perf_counter()
    assert len(batch_p_values(*made.sides)) == 200
    assert perf_counter() - started < 20


SIZES = {
    "alike": (np.arange(1, 21) * 4, np.arange(1, 21) * 4),
    "one against eighty": (np.ones(20, int), np.full(20, 80)),
    "eighty against one": (np.full(20, 80), np.ones(20, int)),
}


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("alike", [0.9, 0.1])
@pytest.mark.parametrize("trials", [80, pytest.param(1_500, marks=pytest.mark.slow)])
def test_p_values_of_the_unused_are_valid(
    sizes: tuple[np.ndarray, np.ndarray], alike: float, trials: int
) -> None:
    """One candidate patient of each world, so that trials are independent, and one image of it."""
    rng = np.random.default_rng(5)
    patients, images = [], []
    for _ in range(trials):
        own = rng.choice(sizes[0], 1)
        made = world(rng, own, rng.permutation(sizes[1])[:19], alike=alike)
        patients.append(batch_p_values(*made.sides, draws=50)[0])
        images.append(hierarchical_p_values(made.values[:1], made.null, made.null_patients)[0])
    for level in (0.05, 0.1, 0.2):
        for p_values in (patients, images):
            assert at_most(int((np.array(p_values) <= level).sum()), trials, level)
