"""Likelihood under Gaussians whose variances are fitted, worked out where they lie far apart."""

from __future__ import annotations

import numpy as np

from tests.methods.greys import SCALE, grey_view
from whorl.methods.likelihood import FeatureLikelihood, fitted_logs


def test_each_gaussian_is_as_wide_as_its_real_images_ask_for() -> None:
    found = FeatureLikelihood().score(grey_view((0, 100), (1, 98)))
    squares = np.array([1, 4]) * SCALE**2
    variances = (squares + squares.mean()) / 2  # of the usual square once more
    expected = -0.5 * (np.log(variances) + squares / variances) - np.log(2)
    np.testing.assert_allclose(found.values, expected, rtol=1e-5)


def test_a_gaussian_that_two_share_has_the_mean_of_their_squares() -> None:
    squares = np.array([[1.0], [3.0], [1.0]])
    logs = fitted_logs(squares, np.zeros((3, 1), np.intp), 1, axes=1)
    variance = (1 + 3 + 1 + 1) / 4
    np.testing.assert_allclose(logs, -0.5 * (np.log(variance) + squares / variance))


def test_where_all_are_copies_likelihoods_are_finite() -> None:
    assert np.isfinite(FeatureLikelihood().score(grey_view((5, 5), (5, 5))).values).all()
