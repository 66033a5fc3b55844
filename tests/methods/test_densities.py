"""Attacks by density, worked out on images of one grey each."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.methods.greys import grey_view
from whorl.errors import ScoreError
from whorl.methods import Method
from whorl.methods.densities import DensityRatio, LikelihoodGain, gains_of, log_density

VIEW = grey_view((0, 10, 30), (1, 40))  # nearest other reals at 10, 10 and 20: a width of 10


def log_kernels(*distances: float) -> float:
    """The log of the mean kernel of width 10 at these distances."""
    return float(np.log(np.mean(np.exp(-(np.array(distances) ** 2) / 200))))


def test_density_of_generated_images_is_set_off_against_that_of_other_reals() -> None:
    expected = [
        log_kernels(1, 40) - log_kernels(10, 30),
        log_kernels(9, 30) - log_kernels(10, 20),
        log_kernels(29, 10) - log_kernels(30, 20),
    ]
    assert_allclose(DensityRatio().score(VIEW).values, expected, rtol=1e-5)


def test_candidates_and_reference_are_each_others_population() -> None:
    found = DensityRatio().score(grey_view((0, 10), (1, 40), reference=(30,)))
    together = DensityRatio().score(VIEW).values
    assert_allclose(found.values, together[:2], rtol=1e-6)
    assert_allclose(found.null, together[2:], rtol=1e-6)


def test_gain_is_of_the_generated_images_nearest() -> None:
    expected = [
        log_kernels(1, 9, 29) - log_kernels(9, 29),
        log_kernels(1, 9, 29) - log_kernels(1, 29),
        log_kernels(40, 30, 10) - log_kernels(40, 30),
    ]
    assert_allclose(LikelihoodGain(neighbours=1).score(VIEW).values, expected, rtol=1e-5)
    both = np.array(
        [
            log_kernels(40, 30, 10) - log_kernels(30, 10),
            log_kernels(40, 30, 10) - log_kernels(40, 10),
            log_kernels(1, 9, 29) - log_kernels(1, 9),
        ]
    )
    mean = (np.array(expected) + both) / 2
    assert_allclose(LikelihoodGain(neighbours=9).score(VIEW).values, mean, rtol=1e-5)


def test_gain_is_exact_where_one_real_image_has_nearly_all_of_the_density() -> None:
    line = np.float32([[0], [100], [101]])
    found = gains_of(line[:1], line, 1.0)
    rest = np.log(np.exp(-5000 + 5000) + np.exp(-5100.5 + 5000)) - 5000
    assert_allclose(found[0], [0 - rest + np.log(2 / 3), np.log(2 / 3), np.log(2 / 3)], rtol=1e-6)


def test_density_far_away_is_still_a_number() -> None:
    line = np.float32([[0], [1000]])
    assert_allclose(log_density(line[:1], line[1:], 1.0), [-500_000], rtol=1e-6)


@pytest.mark.parametrize("method", [DensityRatio(), LikelihoodGain()])
def test_without_a_population_there_is_no_density(method: Method) -> None:
    with pytest.raises(ScoreError, match="at least two candidates, or a reference"):
        method.score(grey_view((3,), (1, 2)))
    with pytest.raises(ScoreError, match="half of the real images have an exact twin"):
        method.score(grey_view((3, 3, 9), (1, 2)))
