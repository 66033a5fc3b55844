"""How generated images fall to patients: training against holdout, intervals over patients.

Each generated image falls to one patient, or to none: to whom its nearest image belongs, say. Had
the generator seen neither side, as many would fall to each training image as to each holdout image;
and it would be chance which patients are called training and which holdout. So a test deals the
patients out again, and intervals draw patients, not images: those of one are alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.evaluation.intervals import LEVEL, wilson

Floats = NDArray[np.float64]
Interval = tuple[float, float]

DEALS = 9_999
RESAMPLES = 2_000
BOOTSTRAP = "bootstrap of patients"
WILSON = "Wilson, a patient counting once"
ROUNDING = 1e-12  # a standard error below it is nothing


@dataclass(frozen=True, eq=False)
class Dealt:
    """How many generated images fall to each patient, and how many real ones each has.

    Attributes
    ----------
    counts : ndarray of float64, shape (patients,)
        Generated images that fall to each; one that falls to two counts half for each.
    images : ndarray of float64, shape (patients,)
        Real images that each has, one or more.
    trained : ndarray of bool, shape (patients,)
        Who is a training patient; the others are the holdout's. Both sides have somebody.

    Examples
    --------
    >>> dealt = Dealt(np.array([6.0, 2.0, 2.0]), np.ones(3), np.array([True, False, False]))
    >>> dealt.share, round(dealt.balanced(dealt.share), 3)
    (0.6, 0.75)
    """

    counts: Floats
    images: Floats
    trained: NDArray[np.bool_]

    @property
    def share(self) -> float:
        """The share that falls to training patients; NaN where nothing falls to anybody."""
        total = self.counts.sum()
        return float(self.counts[self.trained].sum() / total) if total else float("nan")

    def balanced(self, share: float) -> float:
        """Return a share as it would be between sides of as many images: 0.5 is chance.

        It is the rate for each training image over the sum of both sides' rates.
        """
        ours, others = self.images[self.trained].sum(), self.images[~self.trained].sum()
        rate, against = share / ours, (1 - share) / others
        return float(rate / (rate + against))


def p_value(dealt: Dealt, *, seed: int = 0, deals: int = DEALS) -> float:
    """Return how often chance gives training images as much more than holdout images.

    A permutation test over patients, one-sided, of the difference of the two rates over its
    standard error: so that it holds, in the limit, where the patients of the two sides differ in
    how many images they have. The deal that happened counts among the deals.

    Parameters
    ----------
    dealt : Dealt
        What fell to whom.
    seed : int
        Seeds the deals.
    deals : int
        How many are drawn.

    Returns
    -------
    float
        1 / (deals + 1) to 1.

    References
    ----------
    Chung, Romano. Exact and asymptotically robust permutation tests. Annals of Statistics, 2013.

    Examples
    --------
    >>> fell = Dealt(np.array([9.0, 8, 9, 0, 1, 0]), np.ones(6), np.arange(6) < 3)
    >>> 0.04 < p_value(fell) < 0.06
    True
    """
    rng = np.random.default_rng(seed)
    order = np.argsort(rng.random((deals, len(dealt.trained))), axis=1)
    k = int(dealt.trained.sum())
    observed = _studentised(dealt, np.argsort(~dealt.trained, kind="stable")[np.newaxis], k)[0]
    drawn = _studentised(dealt, order, k)
    reached = np.count_nonzero((drawn >= observed) | np.isclose(drawn, observed))
    return float((1 + reached) / (deals + 1))


def _studentised(dealt: Dealt, order: NDArray[np.intp], k: int) -> Floats:
    """Return the difference of rates over its standard error, the first k of each order trained."""
    rates, variances = [], []
    for side in (order[:, :k], order[:, k:]):
        counts, images = dealt.counts[side], dealt.images[side]
        total = images.sum(axis=1)
        rate = counts.sum(axis=1) / total
        off = counts - rate[:, np.newaxis] * images
        people = side.shape[1]
        rates.append(rate)
        variances.append(people / max(people - 1, 1) * (off**2).sum(axis=1) / total**2)
    difference, error = rates[0] - rates[1], np.sqrt(variances[0] + variances[1])
    return np.asarray(difference / np.maximum(error, ROUNDING))


def balanced_interval(dealt: Dealt, *, seed: int = 0) -> tuple[Interval, str]:
    """Return a 95 % interval of the balanced share, with patients drawn anew on either side.

    Where all falls to one side it is as in :func:`share_interval`.

    Examples
    --------
    >>> fell = Dealt(np.tile([2.0, 4.0], 10), np.ones(20), np.arange(20) < 10)
    >>> low, high = balanced_interval(fell)[0]
    >>> 0.4 < low < 0.5 < high < 0.6
    True
    """
    hits = np.where(dealt.trained, dealt.counts, 0.0)
    if hits.sum() in (0, dealt.counts.sum()):
        (low, high), made = share_interval(hits, dealt.counts, dealt.trained)
        return (dealt.balanced(low), dealt.balanced(high)), made
    times = _drawn(dealt.trained, seed)
    ours, others = np.where(dealt.trained, times, 0), np.where(dealt.trained, 0, times)
    rate, against = ((w @ dealt.counts) / (w @ dealt.images) for w in (ours, others))
    return _percentiles(rate, rate + against), BOOTSTRAP


def share_interval(
    hits: Floats, of: Floats, trained: NDArray[np.bool_], *, seed: int = 0
) -> tuple[Interval, str]:
    """Return a 95 % interval of Σ hits / Σ of, with patients drawn anew on either side.

    A share of nothing or of all varies in no resample; it gets Wilson's interval, for which each
    patient counts once, however many generated images fall to it.

    Parameters
    ----------
    hits, of : ndarray of float64, shape (patients,)
        For each patient how many images count, and of how many. Not all of the latter are 0.
    trained : ndarray of bool, shape (patients,)
        On which side each patient is.
    seed : int
        Seeds the bootstrap.

    Returns
    -------
    tuple of ((float, float), str)
        The interval, and how it was made.

    Examples
    --------
    >>> share_interval(np.zeros(20), np.ones(20), np.arange(20) < 10)[0][1].__round__(3)
    0.161
    >>> low, high = share_interval(np.arange(20) % 2.0, np.ones(20), np.arange(20) < 10)[0]
    >>> 0.2 < low < 0.5 < high < 0.8
    True
    """
    total, touched = hits.sum(), int(np.count_nonzero(of))
    if total in (0, of.sum()):
        return wilson(touched if total else 0, touched), WILSON
    times = _drawn(trained, seed)
    return _percentiles(times @ hits, times @ of), BOOTSTRAP


def _drawn(trained: NDArray[np.bool_], seed: int) -> Floats:
    """Return how often each resample has each patient, as many of either side as there are."""
    rng = np.random.default_rng(seed)
    times = np.zeros((RESAMPLES, len(trained)))
    for side in (trained, ~trained):
        if n := int(side.sum()):
            times[:, side] = rng.multinomial(n, np.full(n, 1 / n), RESAMPLES)
    return times


def _percentiles(over: Floats, under: Floats) -> Interval:
    """Return the two percentiles of a ratio that hold 95 % between them; 0 / 0 is left out."""
    ratio = over[under > 0] / under[under > 0]
    low, high = np.quantile(ratio, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
