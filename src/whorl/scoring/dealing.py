"""Shares of generated images that fall to patients: against chance, with intervals over patients.

Each generated image falls to one patient, or to none: to whom its nearest image belongs, say. Had
the generator seen neither side, it would be chance which patients are called training and which
holdout. So chance is: the patients dealt out again, as many to each side. That answers for sides of
different size as well.
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


@dataclass(frozen=True, eq=False)
class Dealt:
    """How many generated images fall to each patient.

    Attributes
    ----------
    counts : ndarray of float64, shape (patients,)
        Generated images that fall to each; one that falls to two counts half for each.
    trained : ndarray of bool, shape (patients,)
        Who is a training patient; the others are the holdout's. Both sides have somebody.

    Examples
    --------
    >>> dealt = Dealt(np.array([6.0, 2.0, 2.0]), np.array([True, False, False]))
    >>> dealt.share, round(dealt.chance, 3), round(dealt.corrected(dealt.share), 3)
    (0.6, 0.333, 0.75)
    """

    counts: Floats
    trained: NDArray[np.bool_]

    @property
    def share(self) -> float:
        """The share that falls to training patients; NaN where nothing falls to anybody."""
        total = self.counts.sum()
        return float(self.counts[self.trained].sum() / total) if total else float("nan")

    @property
    def chance(self) -> float:
        """The share to be expected had the patients been dealt out at random."""
        return float(self.trained.mean())

    def corrected(self, share: float) -> float:
        """Return a share as it would be between sides of one size: chance becomes 0.5.

        The odds are divided by those of chance.
        """
        odds, against = share * (1 - self.chance), (1 - share) * self.chance
        return odds / (odds + against)


def p_value(dealt: Dealt, *, seed: int = 0, deals: int = DEALS) -> float:
    """Return how often at least as much falls to training patients by chance.

    A permutation test over patients, one-sided; the deal that happened counts among the deals.

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

    Examples
    --------
    >>> p_value(Dealt(np.array([9.0, 9, 9, 0, 0, 0]), np.arange(6) < 3)) < 0.06
    True
    """
    rng = np.random.default_rng(seed)
    keys = rng.random((deals, len(dealt.trained)))
    taken = np.argsort(keys, axis=1)[:, : int(dealt.trained.sum())]
    drawn = dealt.counts[taken].sum(axis=1)
    observed = dealt.counts[dealt.trained].sum()
    return float((1 + np.count_nonzero(drawn >= observed - 1e-9)) / (deals + 1))


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
    rng = np.random.default_rng(seed)
    times = np.zeros((RESAMPLES, len(trained)))
    for side in (trained, ~trained):
        n = int(side.sum())
        times[:, side] = rng.multinomial(n, np.full(n, 1 / n), RESAMPLES) if n else 0
    bottom = times @ of
    shares = (times @ hits)[bottom > 0] / bottom[bottom > 0]
    low, high = np.quantile(shares, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return (float(low), float(high)), BOOTSTRAP
