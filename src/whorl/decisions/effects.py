"""How large an effect is: patients' AUC, and what an attacker reaches at few false alarms.

Intervals resample patients, on either side by itself, and re-estimate everything in each resample.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from whorl.decisions.pooling import Codes, Floats, coded, joined, normal_scores, patient_means

RESAMPLES = 2_000
AT_ONCE = 4_000_000  # weights of resampled images held at a time


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval over patients.

    Attributes
    ----------
    value, low, high : float
    """

    value: float
    low: float
    high: float


def patient_auc(
    values: Floats,
    patients: NDArray[np.integer],
    null: Floats,
    null_patients: NDArray[np.integer],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Estimate:
    """Return how probably a candidate patient scores above a reference patient (ties half).

    Patients score by the mean of their images' normal scores. The interval is a percentile
    bootstrap's; where no two patients of the sides overlap, it has no width, and where there are
    fewer than some 15 patients a side it is a little too narrow.

    Parameters
    ----------
    values, patients, null, null_patients : ndarray
        Scores and each image's patient, of the candidates and of the reference.
    seed : int
        Seeds the resampling.
    resamples : int
        How often patients are drawn anew.

    Returns
    -------
    Estimate
        0.5 = no difference.

    Examples
    --------
    >>> patient_auc(np.array([2.0, 3.0]), np.arange(2), np.array([1.0, 2.0]), np.arange(2)).value
    0.875
    """
    both, owner = joined(values, patients, null, null_patients)
    means = patient_means(normal_scores(both, owner), owner).round(9)
    candidates = len(coded(patients)[1])
    scores, reference = means[:candidates], np.sort(means[candidates:])
    left = np.searchsorted(reference, scores, side="left")
    right = np.searchsorted(reference, scores, side="right")
    rng = np.random.default_rng(seed)
    drawn = [(left + right).mean() / 2 / len(reference)]
    for rows in _rows(len(means), resamples):
        below = _summed(_weights(rng, rows, len(reference)))
        over = (below[:, left] + below[:, right]) / 2
        drawn.extend((_weights(rng, rows, candidates) * over).sum(axis=1))
    return _estimate(np.array(drawn))


def detectable_auc(
    candidates: int, reference: int, level: float = 0.05, *, parts: int = 1, power: float = 0.8
) -> float:
    """Return the smallest patients' AUC that so many patients show with the power given.

    By the normal approximation of the Mann–Whitney statistic at the level divided by the number
    of parts of the test (a test of all parts together does no worse than that); 1 where no AUC is
    large enough, as where so few patients cannot reach the level at all.

    Parameters
    ----------
    candidates, reference : int
        Numbers of patients.
    level : float
        The level of the whole test.
    parts : int
        How many statistics share it.
    power : float
        The probability to show an effect of this size.

    Returns
    -------
    float
        Between 0.5 and 1.

    Examples
    --------
    >>> round(detectable_auc(23, 23), 2), detectable_auc(2, 3)
    (0.71, 1.0)
    """
    if comb(candidates + reference, candidates) * level < 1:
        return 1.0
    error = sqrt((candidates + reference + 1) / (12 * candidates * reference))
    normal = NormalDist()
    distance = normal.inv_cdf(1 - level / parts) + normal.inv_cdf(power)
    return min(1.0, 0.5 + distance * error)


def true_positive_rate(
    values: Floats,
    patients: NDArray[np.integer],
    null: Floats,
    null_patients: NDArray[np.integer],
    fpr: float,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Estimate | None:
    """Return which share of the candidates scores above all but a share `fpr` of the reference.

    Parameters
    ----------
    values, patients, null, null_patients : ndarray
        Scores and each image's patient, of the candidates and of the reference.
    fpr : float
        The false positive rate: the share of reference images that may lie above.
    seed : int
        Seeds the resampling of patients; the reference's quantile is found anew in each.
    resamples : int
        How often patients are drawn anew.

    Returns
    -------
    Estimate or None
        None if the reference has fewer than 1/fpr images, which cannot resolve it.

    Examples
    --------
    >>> null = np.arange(100.0)
    >>> true_positive_rate(np.array([98.5, 97.5]), np.arange(2), null, np.arange(100), 0.01).value
    0.5
    >>> true_positive_rate(np.ones(2), np.arange(2), null[:99], np.arange(99), 0.01) is None
    True
    """
    if len(null) * fpr < 1 - 1e-9:
        return None
    codes, sizes = coded(patients)
    null_codes, null_sizes = coded(null_patients)
    rising, falling = np.argsort(values), np.argsort(-null)
    ordered, null_ordered = values[rising], null[falling]

    def rates(weights: Codes, null_weights: Codes) -> Floats:
        above = np.cumsum(null_weights[:, null_codes[falling]], axis=1)
        first = (above > fpr * above[:, -1:] + 1e-9).argmax(axis=1)
        place = np.searchsorted(ordered, null_ordered[first], side="right")
        below = _summed(weights[:, codes[rising]])
        return np.asarray(1 - below[np.arange(len(place)), place] / below[:, -1])

    rng = np.random.default_rng(seed)
    drawn = [rates(np.ones((1, len(sizes)), int), np.ones((1, len(null_sizes)), int))]
    for rows in _rows(len(values) + len(null), resamples):
        weights = rng.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), rows)
        null_share = np.full(len(null_sizes), 1 / len(null_sizes))
        drawn.append(rates(weights, rng.multinomial(len(null_sizes), null_share, rows)))
    return _estimate(np.concatenate(drawn))


def _rows(width: int, resamples: int) -> list[int]:
    """Return how many resamples are made at a time."""
    step = max(1, AT_ONCE // width)
    return [min(step, resamples - start) for start in range(0, resamples, step)]


def _weights(rng: np.random.Generator, rows: int, number: int) -> Floats:
    """Return how often each of so many patients is drawn, as shares."""
    return rng.multinomial(number, np.full(number, 1 / number), rows) / number


def _summed(weights: NDArray[np.generic]) -> Floats:
    """Return running sums along rows that start at 0."""
    return np.cumsum(np.pad(weights.astype(float), ((0, 0), (1, 0))), axis=1)


def _estimate(drawn: Floats) -> Estimate:
    """Return the first value, with the middle 95 % of the others."""
    low, high = np.quantile(drawn[1:], [0.025, 0.975])
    return Estimate(float(drawn[0]), float(low), float(high))
