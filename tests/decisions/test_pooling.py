"""Scores on one scale, and like numbers of images on both sides."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.decisions.pooling import matched, normal_scores, patient_means, shares_below, tail_scores


def test_patients_weigh_the_same_however_many_images_they_have() -> None:
    """Below 0 lies half of its own weight, 1/8; below 1 the 1/4 of 0 and half its own, 1/4."""
    shares = shares_below(np.array([0.0, 2.0, 1.0]), np.array([0, 0, 1]))
    np.testing.assert_allclose(shares, [1 / 8, 7 / 8, 1 / 2])


def test_equal_scores_get_equal_shares() -> None:
    np.testing.assert_allclose(shares_below(np.ones(4), np.array([0, 0, 0, 1])), 0.5)


def test_normal_scores_are_van_der_waerdens_for_single_images() -> None:
    from scipy.stats import norm

    values = np.random.default_rng(0).normal(size=50)
    ranks = values.argsort().argsort()
    expected = norm.ppf((ranks + 0.5) / 50)
    np.testing.assert_allclose(normal_scores(values, np.arange(50)), expected)


def test_scales_do_not_change_where_the_order_does_not() -> None:
    values, patients = np.random.default_rng(0).normal(size=60), np.arange(60) // 3
    for scale in (normal_scores, tail_scores):
        np.testing.assert_array_equal(scale(values, patients), scale(np.exp(values), patients))


def test_means_by_hand() -> None:
    np.testing.assert_array_equal(
        patient_means(np.array([1.0, 2.0, 6.0]), np.array([5, 2, 2])), [4.0, 1.0]
    )


def test_one_image_each_against_eighty_keeps_one_of_each() -> None:
    kept, null_kept = matched(np.arange(10), np.repeat(np.arange(5), 80))
    assert kept.all()
    np.testing.assert_array_equal(np.repeat(np.arange(5), 80)[null_kept], np.arange(5))


def test_the_same_numbers_on_both_sides_keep_every_image() -> None:
    patients = np.repeat(np.arange(6), [1, 5, 2, 9, 80, 3])
    kept, null_kept = matched(patients, 5 - patients)
    assert kept.all()
    assert null_kept.all()


@pytest.mark.parametrize("seed", range(5))
def test_both_sides_end_with_the_same_numbers_of_images(seed: int) -> None:
    rng = np.random.default_rng(seed)
    patients, null_patients = (np.repeat(np.arange(12), rng.integers(1, 80, 12)) for _ in range(2))
    kept, null_kept = matched(patients, null_patients, seed)
    np.testing.assert_array_equal(
        np.sort(np.bincount(patients[kept])), np.sort(np.bincount(null_patients[null_kept]))
    )
