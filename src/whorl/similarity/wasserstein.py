"""Wasserstein distances of all pairs of images, from binned cumulative distributions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def wasserstein_distances(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    r"""Return the first Wasserstein distance of each distribution, for all pairs of images.

    .. math:: W_1 = \int |F_a(t) - F_b(t)| \, dt

    on a range of length 1, which is the mean over the bins of the difference of the cumulative
    distributions.

    Parameters
    ----------
    a, b : ndarray of float32, shapes (n, descriptors, bins) and (m, descriptors, bins)
        Cumulative distributions; the last of the bins holds 1.

    Returns
    -------
    ndarray of float32, shape (n, m, descriptors)
        Range 0 to 1: 1 would carry all of one distribution across the whole range.

    Raises
    ------
    ValueError
        If the arrays are not float32 of three dimensions that agree in the last two.

    Examples
    --------
    >>> steps = np.array([[[1, 1, 1, 1]], [[0.5, 1, 1, 1]], [[0, 0, 0, 1]]], np.float32)
    >>> wasserstein_distances(steps[:1], steps)[..., 0]
    array([[0.   , 0.125, 0.75 ]], dtype=float32)
    """
    from whorl.similarity.wasserstein_kernels import mean_differences

    for name, cdfs in (("a", a), ("b", b)):
        if cdfs.dtype != np.float32 or cdfs.ndim != 3:
            raise ValueError(
                f"{name} must be float32 of shape (n, descriptors, bins), "
                f"not {cdfs.dtype} of shape {cdfs.shape}"
            )
    if a.shape[1:] != b.shape[1:]:
        raise ValueError(f"descriptors and bins differ: {a.shape[1:]} and {b.shape[1:]}")
    distances = np.empty((len(a), len(b), a.shape[1]), np.float32)
    mean_differences(np.ascontiguousarray(a), np.ascontiguousarray(b), distances)
    return distances
