"""How images fall to patients: worked by hand, and where nothing is to be found."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.evaluation.intervals import wilson
from whorl.scoring.dealing import (
    BOOTSTRAP,
    WILSON,
    Dealt,
    balanced_interval,
    p_value,
    share_interval,
)


def unlike_sides(rng: np.random.Generator) -> Dealt:
    """Draw 14 training patients with many images and 27 holdout patients with few; no leak."""
    images = np.r_[rng.integers(2, 9, 14), rng.integers(1, 5, 27)].astype(float)
    counts = rng.poisson(5 * rng.gamma(2, 0.5, 41) * images).astype(float)
    return Dealt(counts, images, np.arange(41) < 14)


def test_between_sides_of_as_many_images_the_share_is_as_counted() -> None:
    dealt = Dealt(np.array([3.0, 1, 2, 2]), np.ones(4), np.array([True, True, False, False]))
    assert (dealt.share, dealt.balanced(dealt.share)) == (0.5, 0.5)


@pytest.mark.parametrize(("share", "balanced"), [(0.0, 0.0), (0.25, 0.5), (0.5, 0.75), (1.0, 1.0)])
def test_chance_is_one_half_whatever_the_sizes(share: float, balanced: float) -> None:
    dealt = Dealt(np.ones(2), np.array([2.0, 6.0]), np.array([True, False]))
    assert dealt.balanced(share) == pytest.approx(balanced)


def test_where_nothing_falls_to_anybody_there_is_no_share() -> None:
    assert np.isnan(Dealt(np.zeros(2), np.ones(2), np.array([True, False])).share)


def test_p_is_that_of_all_deals() -> None:
    dealt = Dealt(np.array([9.0, 9, 9, 0, 0, 0]), np.ones(6), np.arange(6) < 3)
    assert p_value(dealt) == pytest.approx(1 / 20, abs=0.01)  # 20 ways to choose 3 of 6
    assert p_value(dealt) == p_value(dealt)
    assert p_value(Dealt(dealt.counts, dealt.images, ~dealt.trained)) == 1.0
    assert p_value(Dealt(np.ones(6), np.ones(6), dealt.trained)) == 1.0


def test_p_without_a_leak_is_uniform_though_the_sides_differ() -> None:
    rng = np.random.default_rng(0)
    p = np.array([p_value(unlike_sides(rng), seed=k, deals=199) for k in range(300)])
    assert 0.44 < p.mean() < 0.56
    assert np.mean(p <= 0.05) < 0.09
    assert np.mean(p <= 0.5) == pytest.approx(0.5, abs=0.08)


def test_p_of_a_leak_is_small() -> None:
    rng = np.random.default_rng(0)
    fair = unlike_sides(rng)
    counts = np.where(fair.trained, 3 * fair.counts, fair.counts)
    assert p_value(Dealt(counts, fair.images, fair.trained)) < 0.01


def test_intervals_without_a_leak_hold_one_half_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for k in range(100):
        (low, high), made = balanced_interval(unlike_sides(rng), seed=k)
        assert made == BOOTSTRAP
        held += low <= 0.5 <= high
    assert held >= 87


def test_intervals_are_wider_where_images_come_from_fewer_patients() -> None:
    def width(patients: int) -> float:
        of = np.full(patients, 240 / patients)
        hits = np.where(np.arange(patients) % 2, of, 0)
        (low, high), _ = share_interval(hits, of, np.arange(patients) < patients // 2)
        return high - low

    assert width(6) > 1.5 * width(24) > 2 * width(240)


def test_all_or_nothing_gets_an_interval_in_which_a_patient_counts_once() -> None:
    of = np.array([100.0, 100, 0, 100, 100])
    trained = np.array([True, True, True, False, False])
    assert share_interval(np.zeros(5), of, trained) == (wilson(0, 4), WILSON)
    assert share_interval(of, of, trained) == (wilson(4, 4), WILSON)
    dealt = Dealt(np.array([5.0, 5, 5, 0, 0]), np.array([1.0, 1, 1, 3, 3]), trained)
    (low, high), made = balanced_interval(dealt)
    assert (low, high, made) == (dealt.balanced(wilson(3, 3)[0]), 1.0, WILSON)
