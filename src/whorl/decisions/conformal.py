"""Conformal p-values, and decisions with a bound on the false discovery rate."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.decisions.multiplicity import benjamini_hochberg
from whorl.decisions.pooling import coded
from whorl.decisions.rules import Decisions, Rule, null_of, without_ranking
from whorl.methods.base import Scores


def conformal_p_values(
    values: NDArray[np.float64], null: NDArray[np.float64]
) -> NDArray[np.float64]:
    r"""Return the conformal p-value of each score.

    .. math:: p(x) = \frac{1 + \#\{r : s(r) \ge s(x)\}}{m + 1}

    Valid (super-uniform for non-members) if the m null scores are exchangeable with the scores of
    candidates that are not members.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Scores of the candidates.
    null : ndarray of float, shape (m,)
        Scores of known non-members, computed in the same way.

    Returns
    -------
    ndarray of float64, shape (n,)
        Between 1/(m + 1) and 1.

    References
    ----------
    Bates, Candès, Lei, Romano, Sesia. Testing for outliers with conformal p-values. Annals of
    Statistics 51(1), 2023.

    Examples
    --------
    >>> conformal_p_values(np.array([5.0, 2.0, 0.0]), np.array([1.0, 2.0, 3.0]))
    array([0.25, 0.75, 1.  ])
    """
    at_least = len(null) - np.searchsorted(np.sort(null), values, side="left")
    return (1 + at_least) / (len(null) + 1)


def hierarchical_p_values(
    values: NDArray[np.float64], null: NDArray[np.float64], null_patients: NDArray[np.integer]
) -> NDArray[np.float64]:
    r"""Return the p-value of each image as one image of a new patient among K reference patients.

    .. math:: p(x) = \frac{1 + \sum_{i=1}^K \#\{r \in i : s(r) \ge s(x)\} / n_i}{K + 1}

    Valid if the patients are exchangeable, whatever goes on among the images of one.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Scores of the candidates.
    null : ndarray of float, shape (m,)
        Scores of images of patients who were not used.
    null_patients : ndarray of int, shape (m,)
        Their patients.

    Returns
    -------
    ndarray of float64, shape (n,)
        Between 1/(K + 1) and 1.

    References
    ----------
    Lee, Barber, Willett. Distribution-free inference with hierarchical data.
    arXiv:2306.06342, 2023.

    Examples
    --------
    >>> hierarchical_p_values(np.array([2.5]), np.array([1.0, 3.0, 2.0]), np.array([0, 0, 1]))
    array([0.5])
    """
    codes, sizes = coded(null_patients)
    order = np.argsort(null)
    weights = np.concatenate([[0.0], np.cumsum(1 / sizes[codes[order]])])
    at_least = len(sizes) - weights[np.searchsorted(null[order], values, side="left")]
    return np.asarray((1 + np.maximum(at_least.round(9), 0)) / (len(sizes) + 1))


def batch_p_values(
    values: NDArray[np.float64],
    patients: NDArray[np.integer],
    null: NDArray[np.float64],
    null_patients: NDArray[np.integer],
    *,
    seed: int = 0,
    draws: int = 200,
) -> NDArray[np.float64]:
    r"""Return the batch conformal p-value of each candidate patient.

    .. math:: p_j = \frac{1 + \sum_{i=1}^K \pi_{ij}}{K + 1}

    where π is the probability that the mean of n_j images drawn from reference patient i, without
    putting back, is at least the mean of candidate j's n_j images. With one image for each
    candidate this is :func:`hierarchical_p_values`, with one for each patient
    :func:`conformal_p_values`.

    Taken from Lee, Dobriban and Tchetgen Tchetgen: a group of test points is judged by one
    statistic of its scores against the same statistic of as many reference points, and
    Benjamini–Hochberg on these p-values holds. They draw the points from one reference sample;
    here, as Lee, Barber and Willett do for single points, they are drawn within one patient, for
    images of a patient depend on each other. Valid for patients that are exchangeable and whose
    number of images says nothing of their scores: a candidate's images stand for n_j drawn from
    all that it could have. A reference patient with fewer than n_j images counts by the mean of
    all: it scatters more, which makes small p-values larger, not smaller.

    Parameters
    ----------
    values, patients : ndarray, shape (n,)
        Scores of the candidates, and each image's patient as an integer.
    null, null_patients : ndarray, shape (m,)
        The same of the reference.
    seed : int
        Seeds the draws.
    draws : int
        Subsets drawn of a reference patient; no draw is needed for one image, nor for all.

    Returns
    -------
    ndarray of float64, one for each candidate patient, patients in rising order

    References
    ----------
    Lee, Dobriban, Tchetgen Tchetgen. Finding distributions that differ, with false discovery rate
    control. arXiv:2505.13769, 2025.

    Examples
    --------
    >>> patients, null_patients = np.array([0, 0]), np.array([0, 0, 1, 1, 2])
    >>> null = np.array([1.0, 3.0, 4.0, 6.0, 0.0])
    >>> batch_p_values(np.array([3.0, 5.0]), patients, null, null_patients)
    array([0.5])
    """
    codes, sizes = coded(patients)
    null_codes, null_sizes = coded(null_patients)
    means = np.bincount(codes, weights=values) / sizes
    slack = 1e-12 * max(np.abs(values).max(), np.abs(null).max())
    means -= slack  # equal but for rounding counts as at least
    p_values = np.empty(len(sizes))
    single = sizes == 1
    p_values[single] = hierarchical_p_values(means[single], null, null_patients)
    if single.all():
        return p_values
    sizes, means = sizes[~single], means[~single]
    whole = np.sort((np.bincount(null_codes, weights=null) / null_sizes)[null_sizes == 1])
    at_least = (len(whole) - np.searchsorted(whole, means)).astype(float)
    rng = np.random.default_rng(seed)
    order = np.argsort(null_codes, kind="stable")
    for own in np.split(null[order], np.cumsum(null_sizes)[:-1]):
        if len(own) > 1:
            at_least += _shares_at_least(own, sizes, means, rng, draws)
    p_values[~single] = (1 + at_least) / (len(null_sizes) + 1)
    return p_values


def _shares_at_least(
    own: NDArray[np.float64],
    sizes: NDArray[np.int64],
    means: NDArray[np.float64],
    rng: np.random.Generator,
    draws: int,
) -> NDArray[np.float64]:
    """Return π for one reference patient and each candidate: leading parts of permuted scores."""
    permuted = rng.permuted(np.broadcast_to(own, (draws, len(own))), axis=1)
    running = np.cumsum(permuted, axis=1) / np.arange(1, len(own) + 1)
    running[:, -1] = own.mean()
    drawn = running[:, np.minimum(sizes, len(own)) - 1]
    return np.asarray((drawn >= means).mean(axis=0))


@dataclass(frozen=True)
class ConformalFDR(Rule):
    """Benjamini–Hochberg on conformal p-values: the expected share of false flags is at most `fdr`.

    The bound holds if the reference images are exchangeable with the candidates that are not
    members (Bates et al. 2023, theorem 2).

    Attributes
    ----------
    fdr : float
        Between 0 and 1, both excluded.

    Examples
    --------
    >>> null = np.arange(39.0)
    >>> rule = ConformalFDR(0.05)
    >>> rule.decide(Scores(("x", "y"), np.array([50.0, 45.0]), null)).used
    array([ True,  True])
    """

    fdr: float = 0.05

    def __post_init__(self) -> None:
        if not 0 < self.fdr < 1:
            raise ValueError(f"fdr must lie between 0 and 1, not {self.fdr}")

    def describe(self) -> str:
        """Say the rule in words."""
        return (
            f"Benjamini–Hochberg on conformal p-values, false discovery rate at most {self.fdr:g}"
        )

    def decide(self, scores: Scores) -> Decisions:
        """Decide for every candidate, and give the p-values.

        The threshold is the largest score that is not flagged, infinite if none is flagged. That
        none is flagged is no warning: it is what to expect where nothing was used.
        """
        p_values = conformal_p_values(scores.values, null_of(scores))
        used = benjamini_hochberg(p_values, self.fdr)
        threshold = np.inf
        if used.any():
            kept = np.concatenate([scores.values[~used], null_of(scores)])
            below = kept[kept < scores.values[used].min()]
            threshold = float(below.max()) if below.size else -np.inf
        warnings = (*without_ranking(scores.values), *self._too_small(len(null_of(scores))))
        return Decisions(
            scores.ids, used, float(threshold), self.describe(), p_values, self.fdr, warnings
        )

    @property
    def _level(self) -> float:
        """The rate, a little above it: p·n/k may round up."""
        return self.fdr * (1 + 1e-12)

    def _too_small(self, m: int) -> Iterator[str]:
        """Say so where no p-value from m null scores can be as small as the rate."""
        if 1 / (m + 1) > self._level:
            yield (
                f"{m} reference images are too few to flag any candidate: the smallest p-value is "
                f"1/{m + 1}, and a rate of {self.fdr:g} needs at least "
                f"{math.ceil(1 / self._level) - 1}"
            )
