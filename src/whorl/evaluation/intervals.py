"""95 % confidence intervals: Wilson's for plain proportions, the bootstrap for the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from whorl.evaluation.metrics import Counts, Tally, Values

LEVEL = 0.95
RESAMPLES = 2_000
MANY_IMAGES = 50_000
FEWER_RESAMPLES = 30
DRAWS_AT_ONCE = 2_000_000

Interval = tuple[float, float]


def wilson(successes: int, trials: int) -> Interval:
    """Return Wilson's 95 % score interval of a proportion.

    Wilson, Probable inference, the law of succession, and statistical inference, 1927.

    Parameters
    ----------
    successes : int
        0 to `trials`.
    trials : int
        At least 1.

    Returns
    -------
    tuple of float
        Lower and upper end, 0 to 1.

    Examples
    --------
    >>> low, high = wilson(77, 100)
    >>> round(low, 3), round(high, 3)
    (0.678, 0.842)
    """
    from scipy.stats import binomtest

    interval = binomtest(successes, trials).proportion_ci(LEVEL, method="wilson")
    return float(interval.low), float(interval.high)


def bootstrap_counts(
    counts: Counts,
    metrics: Mapping[str, Callable[[Counts], Values]],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> dict[str, Interval]:
    """Return percentile bootstrap intervals of metrics of a confusion table.

    Images are resampled within the used and within those not used: a task fixes how many of each
    it holds, so their numbers are no chance, and no resample lacks a class. Within a class each
    image is decided rightly or wrongly, so that a resample is one binomial draw.

    Parameters
    ----------
    counts : Counts
        One confusion table.
    metrics : mapping of str to callable
        Functions of an array of confusion tables.
    seed : int
        Seeds the resampling.
    resamples : int
        Number of resamples.

    Returns
    -------
    dict of str to tuple of float
        Lower and upper end for each metric.

    Examples
    --------
    >>> from whorl.evaluation.metrics import f1
    >>> interval = bootstrap_counts(Counts(77, 15, 23, 85), {"f1": f1})
    >>> [round(end, 2) for end in interval["f1"]]
    [0.74, 0.86]
    """
    rng = np.random.default_rng(seed)
    tp, fp, fn, tn = (int(part) for part in counts)
    drawn_tp = rng.binomial(tp + fn, tp / max(tp + fn, 1), resamples)
    drawn_fp = rng.binomial(fp + tn, fp / max(fp + tn, 1), resamples)
    drawn = Counts(drawn_tp, drawn_fp, tp + fn - drawn_tp, fp + tn - drawn_fp)
    return {name: _percentiles(metric(drawn)) for name, metric in metrics.items()}


def bootstrap_scores(
    scores: Tally,
    metrics: Mapping[str, Callable[[Tally], Values]],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> dict[str, Interval]:
    """Return percentile bootstrap intervals of metrics of scores.

    Images are resampled within the used and within those not used, as in
    :func:`bootstrap_counts`.

    Parameters
    ----------
    scores : Tally
        How many images of each class have each score; both classes must be there.
    metrics : mapping of str to callable
        Functions of an array of tallies.
    seed : int
        Seeds the resampling.
    resamples : int
        Number of resamples.

    Returns
    -------
    dict of str to tuple of float
        Lower and upper end for each metric.

    Examples
    --------
    >>> from whorl.evaluation.metrics import auc
    >>> scores = Tally(used=np.array([10, 20, 30]), not_used=np.array([30, 20, 10]))
    >>> low, high = bootstrap_scores(scores, {"auc": auc})["auc"]
    >>> 0.5 < low < float(auc(scores)) < high < 1
    True
    """
    values = _of_resamples(scores, metrics, seed, resamples)
    return {name: _percentiles(found) for name, found in values.items()}


def normal_bootstrap_scores(
    scores: Tally,
    metrics: Mapping[str, Callable[[Tally], Values]],
    *,
    seed: int = 0,
    resamples: int = FEWER_RESAMPLES,
) -> dict[str, Interval]:
    """Return bootstrap intervals of metrics of very many scores: the value ± t standard errors.

    Where a metric's distribution is normal, as with tens of thousands of images, a standard error
    needs some 30 resamples where percentiles need thousands (Efron and Tibshirani, An introduction
    to the bootstrap, 1993, sections 6.4 and 12.5).

    Parameters
    ----------
    scores, metrics, seed, resamples
        As for :func:`bootstrap_scores`; the metrics lie between 0 and 1.

    Returns
    -------
    dict of str to tuple of float
        Lower and upper end for each metric, 0 to 1.

    Examples
    --------
    >>> from whorl.evaluation.metrics import auc
    >>> scores = Tally(used=np.array([1000, 2000]), not_used=np.array([2000, 1000]))
    >>> low, high = normal_bootstrap_scores(scores, {"auc": auc})["auc"]
    >>> round(low, 2), round(high, 2)
    (0.65, 0.68)
    """
    from scipy.stats import t

    reach = float(t.ppf((1 + LEVEL) / 2, resamples - 1))
    ends = {}
    for name, values in _of_resamples(scores, metrics, seed, resamples).items():
        value, error = float(metrics[name](scores)), float(values.std(ddof=1))
        ends[name] = (max(0.0, value - reach * error), min(1.0, value + reach * error))
    return ends


def without_runs(scores: Tally) -> Tally:
    """Return a tally in which neighbouring scores that only one class has are one.

    Neither the AUC nor a true-positive rate at a false-positive rate changes, in no resample
    either: images of one class with none of the other between them are never told apart.

    Examples
    --------
    >>> without_runs(Tally(used=np.array([0, 0, 1, 2, 1]), not_used=np.array([1, 3, 0, 0, 1])))
    Tally(used=array([0, 3, 1]), not_used=array([4, 0, 1]))
    """
    used, not_used = (part > 0 for part in scores)
    differs = (used[1:] != used[:-1]) | (not_used[1:] != not_used[:-1]) | (used & not_used)[1:]
    starts = np.append(0, np.flatnonzero(differs) + 1)
    return Tally(*(np.add.reduceat(part, starts) for part in scores))


def _of_resamples(
    scores: Tally, metrics: Mapping[str, Callable[[Tally], Values]], seed: int, resamples: int
) -> dict[str, Values]:
    """Return each metric of each resample."""
    scores = without_runs(scores)
    rng = np.random.default_rng(seed)
    images = int(sum(part.sum() for part in scores))
    at_once = max(1, DRAWS_AT_ONCE // max(images, 1))
    values: dict[str, list[Values]] = {name: [] for name in metrics}
    for start in range(0, resamples, at_once):
        times = min(at_once, resamples - start)
        drawn = Tally(*(_resample(part, times, rng) for part in scores))
        for name, metric in metrics.items():
            values[name].append(metric(drawn))
    return {name: np.concatenate(parts) for name, parts in values.items()}


def _resample(
    frequencies: NDArray[np.int64], times: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw as many images as there are, with replacement; frequencies of shape (times, g)."""
    groups = len(frequencies)
    group = np.repeat(np.arange(groups), frequencies)
    drawn = group[rng.integers(len(group), size=(times, len(group)))]
    drawn += groups * np.arange(times)[:, None]
    return np.bincount(drawn.ravel(), minlength=times * groups).reshape(times, groups)


def _percentiles(values: Values) -> Interval:
    """Return the two percentiles that hold 95 % between them."""
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
