"""Every method against every other: which differences are more than luck, all pairs at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whorl.benchmarking.resampling import Drawn

Floats = NDArray[np.float64]


def all_pairs(drawn: Drawn) -> Floats:
    """Return for each pair of methods the p-value of no difference, corrected for all pairs.

    Each difference is measured in its standard deviations over the resamples. Its p-value is the
    share of resamples in which the greatest of all pairs' differences, each less its own value, is
    as large (Westfall and Young's single step): methods that err on the same images are not
    corrected for as if they were independent.

    Westfall, Young, Resampling-based multiple testing, 1993.

    Parameters
    ----------
    drawn : Drawn
        A figure of m methods that all have it; resamples without a value are left out.

    Returns
    -------
    ndarray of float64, shape (m, m)
        Symmetric, 1 on the diagonal.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> value = np.array([0.0, 0.1, 5.0])
    >>> p_values = all_pairs(Drawn(value, value[:, None] + rng.normal(size=(3, 500))))
    >>> (p_values < 0.05).tolist()
    [[False, False, True], [False, False, True], [True, True, False]]
    """
    resampled = drawn.resampled[:, ~np.isnan(drawn.resampled).any(axis=0)]
    m, count = resampled.shape
    greatest = np.zeros(count)
    size = np.zeros((m, m))
    for k in range(m):
        differences = resampled[k] - resampled[k + 1 :]
        exact = drawn.value[k] - drawn.value[k + 1 :]
        spread = differences.std(axis=1)
        varies = spread > 0
        with np.errstate(divide="ignore", invalid="ignore"):
            size[k, k + 1 :] = np.where(
                varies, np.abs(exact) / spread, np.where(exact == 0, 0, np.inf)
            )
            drifts = np.abs(differences - exact[:, None])[varies] / spread[varies, None]
        if len(drifts):
            greatest = np.maximum(greatest, drifts.max(axis=0))
    as_large = count - np.searchsorted(np.sort(greatest), size + size.T)
    p_values: Floats = (as_large + 1) / (count + 1)
    p_values[size + size.T == 0] = 1.0
    return p_values
