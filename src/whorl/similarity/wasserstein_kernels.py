"""The compiled loop of Wasserstein distances."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_FAST = {"reassoc", "contract", "nsz"}


@njit(nogil=True, cache=True, fastmath=_FAST)
def mean_differences(
    a: NDArray[np.float32], b: NDArray[np.float32], out: NDArray[np.float32]
) -> None:
    """Write the mean absolute difference of the last axis, of all pairs, into `out`.

    Parameters
    ----------
    a, b : ndarray of float32, shapes (n, descriptors, bins) and (m, descriptors, bins)
    out : ndarray of float32, shape (n, m, descriptors)
    """
    bins = a.shape[2]
    for j in range(len(b)):
        for i in range(len(a)):
            for k in range(a.shape[1]):
                x = a[i, k]
                y = b[j, k]
                total = np.float32(0)
                for t in range(bins):
                    total += abs(x[t] - y[t])
                out[i, j, k] = total / np.float32(bins)
