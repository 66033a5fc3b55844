"""The windows and constants of SSIM, against the paper's and scikit-image's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from whorl.images.loading import SMALLEST_SIDE
from whorl.similarity.ssim.windows import C1, C2, WINDOWS


def test_the_constants_are_the_papers() -> None:
    """(0.01·255)² and (0.03·255)², worked out by hand."""
    assert (pytest.approx(6.5025), pytest.approx(58.5225)) == (C1, C2)


def test_the_uniform_window_is_scikit_images_default() -> None:
    _, taps, correction = WINDOWS["uniform"]
    np.testing.assert_array_equal(taps, [1 / 7] * 7)
    assert correction == 49 / 48


def test_the_gaussian_window_is_scipys() -> None:
    _, taps, correction = WINDOWS["gaussian"]
    impulse = np.zeros(11)
    impulse[5] = 1
    np.testing.assert_allclose(taps, gaussian_filter1d(impulse, 1.5, radius=5), atol=1e-15)
    assert correction == 1


def test_the_smallest_images_that_are_read_can_be_compared() -> None:
    WINDOWS["uniform"].require_fits(SMALLEST_SIDE, SMALLEST_SIDE)
    assert WINDOWS["uniform"].size == SMALLEST_SIDE


def test_both_halves_weight_alike() -> None:
    """The compiled half scales its weights and rounds them to single precision."""
    from whorl.similarity.ssim.gaussian_kernels import WEIGHTS

    np.testing.assert_allclose(WEIGHTS, WINDOWS["gaussian"].taps[5:], atol=1e-7)
