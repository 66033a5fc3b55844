"""How probably each candidate was used, by a mixture of two normal distributions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ROUNDS = 200
LEAST_SPREAD = 1e-3  # of either part, as a share of the spread of all scores
LEAST_RATIO = 0.5  # of the used part's spread to the others': a narrower one fits a few neighbours
CLEAR = 1e-6  # how near to 0 and 1 a probability comes

Values = NDArray[np.float64]


def used_probabilities(values: Values, null: Values) -> Values:
    """Return how probably each candidate was used, as far as scores tell.

    Scores of images that were not used are taken as normal, and so are those of the used, with a
    mean that is no lower. The null scores are known to be of the first part, candidates may be of
    either; expectation maximisation fits both and the share of the used. A guess, without a
    guarantee. Candidates of a higher score never get a lower probability.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        Scores of the candidates.
    null : ndarray of float64, shape (m,)
        Scores of images that were not used, at least one.

    Returns
    -------
    ndarray of float64, shape (n,)
        Between 0 and 1; all 0 where all scores are alike.

    References
    ----------
    McLachlan, Peel. Finite Mixture Models. Wiley 2000, section 2.19 (partially classified data).

    Examples
    --------
    >>> values, null = np.array([0.0, 0.3, 5.0, 5.2]), np.array([0.1, 0.2, 0.4, -0.3])
    >>> used_probabilities(values, null).round(2)
    array([0., 0., 1., 1.])
    """
    scores, n = np.concatenate([values, null]), len(values)
    least = LEAST_SPREAD * scores.std()
    if least == 0:
        return np.zeros(n)
    above = values > np.median(null) + 2 * max(null.std(), least)
    found = np.clip(above.astype(np.float64), 0.1, 0.9)
    for _ in range(ROUNDS):
        other = np.concatenate([1 - found, np.ones(len(null))])
        mean, spread = _normal(scores, other, least)
        used_mean, used_spread = _normal(values, found, max(least, LEAST_RATIO * spread))
        odds = (
            np.log(found.mean() / (1 - found.mean()))
            + _log_density(values, max(used_mean, mean), used_spread)
            - _log_density(values, mean, spread)
        )
        found = np.clip(1 / (1 + np.exp(-np.clip(odds, -50, 50))), CLEAR, 1 - CLEAR)
    falling = np.argsort(-values, kind="stable")
    probable = np.empty(n)
    probable[falling] = np.minimum.accumulate(found[falling])
    return probable


def _normal(scores: Values, weights: Values, least: float) -> tuple[float, float]:
    """Return the weighted mean and standard deviation, the latter not below the least."""
    mean = float(np.average(scores, weights=weights))
    return mean, max(float(np.sqrt(np.average((scores - mean) ** 2, weights=weights))), least)


def _log_density(values: Values, mean: float, spread: float) -> Values:
    """Return the logarithm of a normal density, up to a constant."""
    density: Values = -np.log(spread) - 0.5 * ((values - mean) / spread) ** 2
    return density
