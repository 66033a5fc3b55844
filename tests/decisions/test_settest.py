"""The test of the whole set, by permuting patients."""

from __future__ import annotations

import numpy as np
import pytest

from tests.decisions.worlds import at_most, world
from whorl.decisions import whole_set_test
from whorl.decisions.pooling import joined, normal_scores, patient_means, tail_scores


def test_p_values_by_hand_where_all_permutations_count() -> None:
    """Two of four patients: the two highest among 6 ways is p = 1/6, the two lowest p = 1."""
    ids = np.arange(2)
    high = whole_set_test({"m": (np.array([3.0, 4.0]), np.array([1.0, 2.0]))}, ids, ids)
    low = whole_set_test({"m": (np.array([1.0, 2.0]), np.array([3.0, 4.0]))}, ids, ids)
    assert (high.permutations, high.exact) == (6, True)
    assert high.p_value == pytest.approx(1 / 6)
    assert high.below == 1
    assert low.p_value == 1
    assert low.below == pytest.approx(1 / 6)


@pytest.mark.parametrize("shift", [0.0, 1.0])
@pytest.mark.parametrize(("column", "scale"), [(0, normal_scores), (1, tail_scores)])
def test_each_part_is_scipys_permutation_test(shift: float, column: int, scale: object) -> None:
    from scipy.stats import permutation_test

    sizes = np.arange(1, 6)
    made = world(np.random.default_rng(0), sizes, sizes, used=5, shift=shift)
    found = whole_set_test({"m": (made.values, made.null)}, made.patients, made.null_patients)
    both, owner = joined(made.values, made.patients, made.null, made.null_patients)
    means = patient_means(scale(both, owner), owner)
    theirs = permutation_test(
        (means[:5], means[5:]), lambda a, _, axis: a.sum(axis=axis), alternative="greater"
    )
    assert found.exact
    assert found.permutations == 252
    assert found.parts[column].p_value == pytest.approx(theirs.pvalue)


def test_drawn_permutations_come_close_to_all() -> None:
    made = world(np.random.default_rng(1), np.full(6, 3), np.full(7, 3), used=3, shift=1)
    measures = {"m": (made.values, made.null)}
    exact = whole_set_test(measures, made.patients, made.null_patients)
    drawn = whole_set_test(measures, made.patients, made.null_patients, permutations=1_500)
    assert (exact.permutations, exact.exact) == (1716, True)
    assert (drawn.permutations, drawn.exact) == (1501, False)
    assert drawn.p_value == pytest.approx(exact.p_value, abs=0.04)


def test_a_constant_score_shows_nothing() -> None:
    found = whole_set_test({"m": (np.ones(5), np.ones(6))}, np.arange(5), np.arange(6))
    assert found.p_value == found.below == 1
    assert [part.effect for part in found.parts] == [0, 0]


def test_a_second_measure_shows_what_the_first_is_blind_to() -> None:
    rng = np.random.default_rng(2)
    blind = (rng.normal(size=30), rng.normal(size=30))
    sees = (rng.normal(1.5, 1, 30), rng.normal(size=30))
    found = whole_set_test({"blind": blind, "sees": sees}, np.arange(30), np.arange(30))
    assert [part.name for part in found.parts] == [
        "blind, mean", "blind, tail", "sees, mean", "sees, tail",
    ]  # fmt: skip
    assert found.p_value < 0.01
    assert found.parts[0].p_value > 0.05


def test_the_tail_shows_few_that_were_used() -> None:
    """3 of 40 candidates far above 100 references: the mean alone mostly misses it."""
    rng = np.random.default_rng(3)
    means, wholes = [], []
    for seed in range(40):
        made = world(rng, np.full(40, 3), np.full(100, 3), used=3, shift=3.5)
        measures = {"m": (made.values, made.null)}
        found = whole_set_test(
            measures, made.patients, made.null_patients, seed=seed, permutations=499
        )
        means.append(found.parts[0].p_value <= 0.05)
        wholes.append(found.p_value <= 0.05)
    assert sum(wholes) > sum(means) + 5


SIZES = {
    "1 to 80": (np.arange(1, 17) * 5, np.arange(1, 17) * 5),
    "one against eighty": (np.ones(16, int), np.full(16, 80)),
    "eighty against one": (np.full(16, 80), np.ones(16, int)),
    "few against many": (np.arange(1, 17), np.arange(1, 17) * 5),
}


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("alike", [0.9, 0.1])
@pytest.mark.parametrize("trials", [100, pytest.param(800, marks=pytest.mark.slow)])
def test_the_level_is_held(sizes: tuple[np.ndarray, np.ndarray], alike: float, trials: int) -> None:
    rng = np.random.default_rng(4)
    above = below = 0
    for seed in range(trials):
        made = world(rng, rng.permutation(sizes[0]), rng.permutation(sizes[1]), alike=alike)
        found = whole_set_test(
            {"m": (made.values, made.null)},
            made.patients,
            made.null_patients,
            seed=seed,
            permutations=199,
        )
        above += found.p_value <= 0.05
        below += found.below <= 0.05
    assert at_most(above, trials, 0.05)
    assert at_most(below, trials, 0.05)
