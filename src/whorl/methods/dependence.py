"""How much the scores of one patient's images depend on each other, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Dependence:
    """What images of one group share, in their scores' ranks.

    Attributes
    ----------
    correlation : float
        Intraclass correlation, at most 1; 0 or below = images of a group are as different as any.
    highest : float
        What the correlation is at most, with 95 % confidence.
    design_effect, highest_design_effect : float
        By which factor the variance of a mean over images exceeds that of as many images without
        dependence, at that correlation and at the highest; at least 1.
    images : int
        How many scores there were.
    """

    correlation: float
    highest: float
    design_effect: float
    highest_design_effect: float
    images: int

    @property
    def effective(self) -> float:
        """As how many images without dependence these count, at the highest correlation."""
        return self.images / self.highest_design_effect


def dependence_of_scores(scores: NDArray[np.float64], groups: NDArray[np.intp]) -> Dependence:
    """Measure how much scores depend on the group.

    Images without companions tell nothing of it, but count where the scores' spread is measured.

    Parameters
    ----------
    scores : ndarray of float64, shape (n,)
        Of images of one kind, best of the reference alone: where some patients were used and
        others not, use itself makes the scores of a patient alike.
    groups : ndarray of intp, shape (n,)
        The group of each, as any integers: its patient, or what
        :func:`whorl.methods.companions.find_companions` found.

    Returns
    -------
    Dependence
        Of ranks, so that no outlier decides. Nothing can be measured where all images come alone
        or are of one group: the correlation is then 0 and the highest 1.

    References
    ----------
    A. Donner, A review of inference procedures for the intraclass correlation coefficient in the
    one-way random effects model, International Statistical Review 1986 (analysis of variance, the
    F interval with the mean size of groups of unequal size). L. Kish, Survey Sampling, 1965.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> groups = np.repeat(np.arange(20), 5)
    >>> alike = dependence_of_scores(rng.normal(size=20)[groups], groups)
    >>> round(alike.correlation, 2), round(alike.design_effect, 1), round(alike.effective)
    (1.0, 5.0, 20)
    """
    from scipy.stats import f, rankdata

    _, codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    n, k = len(codes), len(sizes)
    mean_square = float(np.sum(sizes**2) / n)  # the mean size of the group an image is in
    if not 1 < k < n:
        return Dependence(0.0, 1.0, 1.0, mean_square, n)
    ranks = rankdata(scores)
    means = np.bincount(codes, ranks) / sizes
    between = float(sizes @ (means - ranks.mean()) ** 2) / (k - 1)
    within = float(np.sum((ranks - means[codes]) ** 2)) / (n - k)
    size = (n - mean_square) / (k - 1)
    lowest_ratio = float(f.ppf(1 - CONFIDENCE, k - 1, n - k))
    correlation = _correlation(between, within, size)
    highest = _correlation(between / lowest_ratio, within, size)
    effect, highest_effect = (1 + max(c, 0.0) * (mean_square - 1) for c in (correlation, highest))
    return Dependence(correlation, highest, effect, highest_effect, n)


def _correlation(between: float, within: float, size: float) -> float:
    """Return the intraclass correlation of mean squares; 0 where nothing varies."""
    whole = between + (size - 1) * within
    return (between - within) / whole if whole > 0 else 0.0
