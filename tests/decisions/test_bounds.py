"""Lower bounds on the number of used patients and images."""

from __future__ import annotations

import numpy as np
import pytest

from tests.decisions.worlds import at_most, world
from whorl.decisions import used_at_least
from whorl.decisions.bounds import images_at_least, patients_at_least
from whorl.decisions.envelopes import image_allowance, patient_envelopes, rank_grid


def test_one_candidate_by_hand() -> None:
    """Above all of 19 its p is 1/20 = 5 %, above all of 18 it is more."""
    assert patients_at_least(np.array([50.0]), np.arange(39.0)).count == 1
    assert patients_at_least(np.array([50.0]), np.arange(10.0)).count == 0


def test_envelope_is_kept_by_exchangeable_ranks() -> None:
    """Ranks by sorting, not by the urn that the envelope is made from."""
    rng = np.random.default_rng(0)
    envelope, grid = patient_envelopes(30, 20, 0.1, seed=1), rank_grid(20)
    for number in (30, 11, 3):
        exceeded = 0
        for _ in range(500):
            scores = rng.normal(size=number + 20)
            above = (scores[:number, None] > np.sort(scores[number:])[::-1][grid - 1]).sum(axis=0)
            exceeded += (above > envelope(number)).any()
        assert at_most(int(exceeded), 500, 0.1)


def test_envelope_rises_with_the_number_of_candidates() -> None:
    envelope = patient_envelopes(50, 30, 0.05, seed=0)
    allowed = np.array([envelope(number) for number in range(1, 51)])
    assert (np.diff(allowed, axis=0) >= 0).all()


def test_images_of_patients_with_one_each_come_from_the_same_urn() -> None:
    thresholds = np.arange(20.0)[::-1][rank_grid(20) - 1]
    exceeds = np.arange(20.0)[:, None] > thresholds
    found = image_allowance(np.ones(30, int), exceeds, np.arange(20), 0.05, seed=3)
    assert np.abs(found - patient_envelopes(30, 20, 0.05, seed=3)(30)).max() <= 2


def test_one_large_patient_above_all_may_be_chance() -> None:
    """All 50 images of the one candidate patient lie above: with 9 others p is 1/10."""
    patients, null_patients = np.zeros(50, int), np.arange(90) // 10
    values, null = np.full(50, 5.0), np.zeros(90)
    assert images_at_least(values, patients, null, null_patients).count == 0


def test_bound_of_a_set_of_candidates() -> None:
    values = np.r_[np.full(15, 9.0), np.linspace(-1, 0.9, 15)]
    found = used_at_least(values, np.arange(30), np.linspace(-1, 1, 60), np.arange(60)).patients
    assert found.count == found.within(np.ones(30, bool)) >= 11
    assert found.within(np.arange(30) < 15) == found.count
    assert found.within(np.arange(30) >= 15) == 0


def test_images_are_never_fewer_than_patients() -> None:
    rng = np.random.default_rng(1)
    made = world(rng, rng.integers(1, 5, 30), rng.integers(1, 5, 30), used=30, shift=2)
    found = used_at_least(*made.sides)
    assert found.images.count >= found.patients.count > 0
    assert found.images.above.shape[1] == len(made.values)


def test_all_used_are_bounded_well() -> None:
    """100 candidates, all used, 3 standard deviations above 100: at least 80 are shown."""
    made = world(np.random.default_rng(2), np.ones(100, int), np.ones(100, int), used=100, shift=3)
    assert used_at_least(*made.sides).patients.count >= 80


@pytest.mark.parametrize("used", [0, 3, 15, 30])
@pytest.mark.parametrize("most", [1, 20])
@pytest.mark.parametrize("trials", [12, pytest.param(300, marks=pytest.mark.slow)])
def test_bounds_cover_the_truth(used: int, most: int, trials: int) -> None:
    rng = np.random.default_rng(3)
    missed = 0
    for seed in range(trials):
        sizes, null_sizes = rng.integers(1, most + 1, 30), rng.integers(1, most + 1, 30)
        made = world(rng, sizes, null_sizes, used=used, shift=2)
        found = used_at_least(*made.sides, seed=seed)
        missed += found.patients.count > used or found.images.count > made.used.sum()
    assert at_most(missed, trials, 0.05)
