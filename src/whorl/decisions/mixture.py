"""How probably each candidate was used, by a mixture of two normal distributions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ROUNDS = 200
LEAST_SPREAD = 1e-3  # of either part, as a share of the spread of all scores
LEAST_RATIO = 0.5  # of the used part's spread to the others': a narrower one fits a few neighbours
CLEAR = 1e-6  # how near to 0 and 1 a probability comes
STRONG = 10.0  # of the Bayesian information criterion in favour of two parts
VALLEY = 0.5  # of the density between two humps, to that of the lower one
GROUP = 0.05  # the least share of all scores that is a group; fewer stand out
STEPS = 201  # between two means, at which the density is looked at

Values = NDArray[np.float64]


class Part(NamedTuple):
    """A normal distribution."""

    mean: float
    spread: float

    def log_density(self, values: Values) -> Values:
        """Return the logarithm of the density, up to a constant."""
        density: Values = -np.log(self.spread) - 0.5 * ((values - self.mean) / self.spread) ** 2
        return density


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
        Scores of images that were not used; without any, the candidates alone tell, and should
        fall into two groups (:func:`fall_into_two`).

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
    if _least(values, null) == 0:
        return np.zeros(len(values))
    found, _, _ = _fitted(values, null)
    falling = np.argsort(-values, kind="stable")
    probable = np.empty(len(values))
    probable[falling] = np.minimum.accumulate(found[falling])
    return probable


def fall_into_two(values: Values) -> bool:
    """Tell whether scores fall clearly into two groups, without knowing of any what it is.

    So they do if two normal distributions fit far better than one, by the Bayesian information
    criterion, either has a twentieth of the scores at least, and the density between them falls to
    half of that at the lower hump.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        Scores of the candidates.

    References
    ----------
    Kass, Raftery. Bayes factors. JASA 1995 (10 or more: very strong evidence).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> one, other = rng.normal(0, 1, 50), rng.normal(6, 1, 50)
    >>> fall_into_two(one), fall_into_two(np.concatenate([one, other]))
    (False, True)
    """
    none = np.empty(0)
    least = _least(values, none)
    if least == 0:
        return False
    found, others, used = _fitted(values, none)
    share = float(found.mean())
    if not GROUP <= share <= 1 - GROUP:
        return False
    one = _normal(values, np.ones(len(values)), least).log_density(values)
    better = 2 * float((_mixed(values, others, used, share) - one).sum())
    if better - 3 * np.log(len(values)) <= STRONG:  # two parts have three parameters more
        return False
    density = np.exp(_mixed(np.linspace(others.mean, used.mean, STEPS), others, used, share))
    lowest = int(density.argmin())
    lower_hump = min(density[: lowest + 1].max(), density[lowest:].max())
    return bool(density[lowest] < VALLEY * lower_hump)


def _mixed(values: Values, others: Part, used: Part, share: float) -> Values:
    """Return the logarithm of the density of both parts together, up to a constant."""
    mixed: Values = np.logaddexp(
        np.log(share) + used.log_density(values), np.log(1 - share) + others.log_density(values)
    )
    return mixed


def _least(values: Values, null: Values) -> float:
    """Return the least spread that a part may have; 0 where all scores are alike."""
    return LEAST_SPREAD * float(np.concatenate([values, null]).std())


def _fitted(values: Values, null: Values) -> tuple[Values, Part, Part]:
    """Return how probably each candidate is of the used part, and both parts."""
    scores, least = np.concatenate([values, null]), _least(values, null)
    above = values > _start(values, null, least)
    found = np.clip(above.astype(np.float64), 0.1, 0.9)
    for _ in range(ROUNDS):
        others = _normal(scores, np.concatenate([1 - found, np.ones(len(null))]), least)
        used = _normal(values, found, max(least, LEAST_RATIO * others.spread))
        used = used._replace(mean=max(used.mean, others.mean))
        odds = np.log(found.mean() / (1 - found.mean()))
        odds = odds + used.log_density(values) - others.log_density(values)
        found = np.clip(1 / (1 + np.exp(-np.clip(odds, -50, 50))), CLEAR, 1 - CLEAR)
    return found, others, used


def _start(values: Values, null: Values, least: float) -> float:
    """Return above which score a candidate is taken as used at first.

    Without null scores it is where the two sides vary least (Otsu's threshold).
    """
    if len(null):
        return float(np.median(null) + 2 * max(null.std(), least))
    rising = np.sort(values)
    below = np.arange(1, len(rising))
    sums = np.cumsum(rising)
    means = sums[:-1] / below, (sums[-1] - sums[:-1]) / (len(rising) - below)
    between = below * (len(rising) - below) * (means[1] - means[0]) ** 2
    return float(rising[int(between.argmax())])


def _normal(scores: Values, weights: Values, least: float) -> Part:
    """Return the weighted mean and standard deviation, the latter not below the least."""
    mean = float(np.average(scores, weights=weights))
    spread = float(np.sqrt(np.average((scores - mean) ** 2, weights=weights)))
    return Part(mean, max(spread, least))
