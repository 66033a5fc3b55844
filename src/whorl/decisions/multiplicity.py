"""Many p-values at once: which are flagged so that the expected share of false flags is bounded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ROUNDING = 1 + 1e-12  # p·n/k may round up


def benjamini_hochberg(p_values: NDArray[np.float64], level: float) -> NDArray[np.bool_]:
    """Flag p-values by Benjamini and Hochberg's step-up procedure.

    Parameters
    ----------
    p_values : ndarray of float, shape (n,)
        Independent, or positively dependent as conformal p-values are.
    level : float
        Bound on the false discovery rate.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> benjamini_hochberg(np.array([0.01, 0.02, 0.9]), 0.05)
    array([ True,  True, False])
    """
    from scipy.stats import false_discovery_control

    return np.asarray(false_discovery_control(p_values) <= level * ROUNDING)


def middle_of_grid(reference_patients: int) -> float:
    """Return Storey's λ: the multiple of 1/(K + 1) next below or at one half.

    Fixed before any score is seen. On the grid, the p-value of a plain conformal null lies above λ
    with probability exactly 1 − λ.

    Examples
    --------
    >>> middle_of_grid(9), middle_of_grid(2)
    (0.5, 0.3333333333333333)
    """
    return ((reference_patients + 1) // 2) / (reference_patients + 1)


def share_of_nulls(p_values: NDArray[np.float64], lam: float, largest: int = 1) -> float:
    r"""Estimate which share of the p-values are nulls, from those above λ.

    .. math:: \hat\pi_0 = \frac{b + \#\{p > \lambda\}}{n (1 - \lambda)}

    With b = 1 this is Storey's estimate in its finite-sample form. P-values of images of one
    patient go together: one patient without use may put all of its b images below λ, and Storey's
    procedure would then flag them far too often. Counting the b images of the largest patient in
    place of 1 restores the bound: for patients of sizes n_j that are independent of each other,
    Σ_j n_j (1 − λ) E[1/(b + Σ_{k≠j} N_k)] ≤ Σ_j E[n_j B_j / Σ_k n_k B_k] ≤ 1, where N_k counts
    the images of patient k above λ and B_k is 1 with probability 1 − λ.

    It may exceed 1, where Storey's procedure is stricter than Benjamini–Hochberg's.

    Examples
    --------
    >>> share_of_nulls(np.array([0.01, 0.02, 0.04, 0.9]), 0.5)
    1.0
    """
    return float((largest + (p_values > lam * ROUNDING).sum()) / (len(p_values) * (1 - lam)))


def storey(
    p_values: NDArray[np.float64],
    level: float,
    lam: float,
    patients: NDArray[np.integer] | None = None,
    pilot: NDArray[np.float64] | None = None,
) -> NDArray[np.bool_]:
    """Flag p-values by Storey's adaptive step-up procedure.

    Benjamini–Hochberg at the level divided by :func:`share_of_nulls`, and never above λ. Where
    most candidates were used, it flags many more at the same guarantee.

    Parameters
    ----------
    p_values : ndarray of float, shape (n,)
        Conformal p-values.
    level : float
        Bound on the false discovery rate.
    lam : float
        λ, fixed beforehand; see :func:`middle_of_grid`.
    patients : ndarray of int, shape (n,), optional
        Each p-value's patient, where patients have several.
    pilot : ndarray of float, shape (n,), optional
        Other p-values of the same hypotheses, that the share of nulls is estimated from: where
        `p_values` are valid when small, but may be too small together when large.

    Returns
    -------
    ndarray of bool, shape (n,)

    References
    ----------
    Storey. A direct approach to false discovery rates. JRSS B 64(3), 2002.
    Bates, Candès, Lei, Romano, Sesia. Testing for outliers with conformal p-values. Annals of
    Statistics 51(1), 2023 (Storey's version for conformal p-values).

    Examples
    --------
    >>> p_values = np.array([0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.3])
    >>> storey(p_values, 0.05, 0.5)
    array([ True,  True,  True,  True,  True,  True,  True, False])
    >>> benjamini_hochberg(p_values, 0.05).any()
    np.False_
    """
    largest = 1 if patients is None else int(np.unique(patients, return_counts=True)[1].max())
    adapted = level / share_of_nulls(p_values if pilot is None else pilot, lam, largest)
    ordered = np.sort(p_values)
    ranks = np.arange(1, len(p_values) + 1)
    bound = np.minimum(adapted * ranks / len(p_values), lam) * ROUNDING
    passing = np.flatnonzero(ordered <= bound)
    if not passing.size:
        return np.zeros(len(p_values), bool)
    return np.asarray(p_values <= ordered[passing[-1]])


def holm(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return p-values adjusted by Holm's step-down procedure.

    Those at or below a level are rejected; the chance that any true one is among them is bounded
    by that level, however they depend on one another.

    Holm, A simple sequentially rejective multiple test procedure, 1979.

    Parameters
    ----------
    p_values : ndarray of float, shape (n,)

    Returns
    -------
    ndarray of float64, shape (n,)
        At most 1.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03]))
    array([0.03, 0.06, 0.06])
    """
    n = len(p_values)
    order = np.argsort(p_values, kind="stable")
    stepped = np.maximum.accumulate(p_values[order] * np.arange(n, 0, -1))
    adjusted = np.empty(n)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted
