"""Wasserstein distances against SciPy and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import wasserstein_distance

from whorl.similarity.wasserstein import wasserstein_distances

BINS = 256


def shares(n: int, seed: int) -> NDArray[np.float64]:
    return np.random.default_rng(seed).dirichlet(np.ones(BINS), (n, 3))


def cdfs(of: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.cumsum(of, axis=2).astype(np.float32)


def test_equal_to_scipy_on_every_pair() -> None:
    a, b = shares(4, 0), shares(5, 1)
    at = np.arange(BINS) / BINS
    wanted = [[[wasserstein_distance(at, at, x[k], y[k]) for k in range(3)] for y in b] for x in a]
    np.testing.assert_allclose(wasserstein_distances(cdfs(a), cdfs(b)), wanted, rtol=1e-5)


def test_by_hand() -> None:
    point = np.zeros((3, 1, BINS))
    point[[0, 1, 2], 0, [0, 64, 255]] = 1
    found = wasserstein_distances(cdfs(point), cdfs(point))[..., 0]
    np.testing.assert_allclose(found[0], [0, 64 / BINS, 255 / BINS])
    np.testing.assert_array_equal(found, found.T)


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (np.zeros((1, 1, 4)), np.zeros((1, 1, 4), np.float32), "a must be float32"),
        (np.zeros((1, 1, 4), np.float32), np.zeros((1, 4), np.float32), "b must be float32"),
        (np.zeros((1, 1, 4), np.float32), np.zeros((1, 2, 4), np.float32), "differ"),
    ],
)
def test_wrong_arrays_are_refused(
    a: NDArray[np.float32], b: NDArray[np.float32], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        wasserstein_distances(a, b)
