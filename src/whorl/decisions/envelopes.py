"""How many patients or images come to lie above each threshold by chance, at every one at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from whorl.decisions.pooling import Codes, Floats

DRAWS = 2_000
SUBSETS = 16  # subsets of images that are drawn of each reference patient
THRESHOLDS = 48  # at most so many, closer to each other where p-values are small


def rank_grid(reference: int) -> Codes:
    """Return the ranks among the reference at which candidates are counted.

    Examples
    --------
    >>> rank_grid(6)
    array([1, 2, 3, 4, 5, 6])
    """
    return np.unique(np.rint(np.geomspace(1, reference, THRESHOLDS)).astype(np.int64))


def patient_envelopes(
    candidates: int, reference: int, error: float, seed: int
) -> Callable[[int], Codes]:
    """Return the envelope as a function of how many candidates were not used.

    Of m candidates that were not used, the number above the k-th highest of K reference scores is
    beta-binomial(m, k, K + 1 − k). The envelope is the quantile of the same order at each k, of
    that order which holds at all k at once; the order is the strictest that any of m = 1, 2, 4, …,
    all needs, so that the envelope rises with m.

    Parameters
    ----------
    candidates, reference : int
        Numbers of patients.
    error : float
        How often the envelope may be exceeded.
    seed : int
        Seeds the draws.

    Returns
    -------
    function of int to ndarray of int
        At each rank of :func:`rank_grid`.

    Examples
    --------
    >>> envelope = patient_envelopes(20, 19, 0.05, seed=0)
    >>> envelope(20)[0], envelope(5)[0]
    (np.int64(5), np.int64(2))
    """
    rng = np.random.default_rng(seed)
    grid = rank_grid(reference)
    gaps = np.diff(grid, prepend=0, append=reference + 1)
    shares = rng.standard_gamma(gaps, (DRAWS, len(gaps)))
    shares /= shares.sum(axis=1, keepdims=True)
    numbers = {candidates, *(2**k for k in range(candidates.bit_length()))}
    order = min(
        _order(_tails(number, reference, grid), _urn(rng, number, shares), error)
        for number in numbers
    )

    def envelope(number: int) -> Codes:
        return np.asarray((_tails(number, reference, grid) >= order).sum(axis=1) - 1)

    return envelope


def _urn(rng: np.random.Generator, number: int, shares: Floats) -> Codes:
    """Draw how many of so many candidates lie above each rank."""
    return np.asarray(np.cumsum(rng.multinomial(number, shares), axis=1)[:, :-1])


def _tails(number: int, reference: int, grid: Codes) -> Floats:
    """Return the probability of so many or more, for each rank (rows) and 0, 1, … (columns)."""
    from scipy.stats import betabinom

    counts = np.arange(number + 1)
    chances = np.asarray(
        betabinom.pmf(counts, number, grid[:, None], reference + 1 - grid[:, None])
    )
    return np.asarray(np.minimum(np.cumsum(chances[:, ::-1], axis=1)[:, ::-1], 1.0))


def _order(tails: Floats, counts: Codes, error: float) -> float:
    """Return the tail probability below which a draw falls anywhere at most so often."""
    lowest = np.sort(tails[np.arange(len(tails)), counts].min(axis=1))
    return float(lowest[max(int(error * (len(lowest) + 1)) - 1, 0)])


def image_allowance(
    sizes: Codes,
    exceeds: NDArray[np.bool_],
    null_patients: Codes,
    error: float,
    seed: int,
) -> Codes:
    """Return how many images may lie above each threshold by chance.

    Parameters
    ----------
    sizes : ndarray of int
        Number of images of each candidate patient.
    exceeds : ndarray of bool, shape (m, t)
        Which reference images lie above which threshold.
    null_patients : ndarray of int, shape (m,)
        Their patients, 0 to K − 1.
    error : float
        How often the allowance may be exceeded.
    seed : int
        Seeds the draws.

    Returns
    -------
    ndarray of int, shape (t,)

    Examples
    --------
    >>> exceeds = np.arange(19)[:, None] > np.array([18, 9])
    >>> image_allowance(np.full(4, 2), exceeds, np.arange(19), 0.05, seed=0)
    array([2, 8])
    """
    rng = np.random.default_rng(seed)
    reference = int(null_patients.max()) + 1
    distinct, kind = np.unique(sizes, return_inverse=True)
    table = np.empty((len(distinct), reference + 1, SUBSETS, exceeds.shape[1]), np.int64)
    table[:, reference] = distinct[:, None, None]
    order = np.argsort(null_patients, kind="stable")
    ends = np.cumsum(np.bincount(null_patients))[:-1]
    for patient, own in enumerate(np.split(exceeds[order], ends)):
        table[:, patient] = _subset_counts(own, distinct, rng)
    balls = _balls(len(sizes), reference, rng)
    counts = np.zeros((DRAWS, exceeds.shape[1]), np.int64)
    for own_kind, drawn in zip(kind, balls, strict=True):
        counts += table[own_kind, drawn, rng.integers(SUBSETS, size=DRAWS)]
    return _simultaneous(counts, error)


def _subset_counts(own: NDArray[np.bool_], distinct: Codes, rng: np.random.Generator) -> Codes:
    """Count, for subsets of each size of a patient's images, those above each threshold."""
    places = rng.permuted(np.tile(np.arange(len(own)), (SUBSETS, 1)), axis=1)
    running = np.cumsum(own[places], axis=1)
    within = running[:, np.minimum(distinct, len(own)) - 1].swapaxes(0, 1)
    more = distinct > len(own)
    if more.any():
        again = rng.integers(len(own), size=(SUBSETS, distinct.max()))
        within[more] = np.cumsum(own[again], axis=1)[:, distinct[more] - 1].swapaxes(0, 1)
    return within


def _balls(candidates: int, reference: int, rng: np.random.Generator) -> Codes:
    """Draw a reference patient, or the one above all, for each candidate, each with a copy back."""
    balls = np.empty((candidates, DRAWS), np.int64)
    draws = np.arange(DRAWS)
    for number in range(candidates):
        ball = rng.integers(reference + 1 + number, size=DRAWS)
        copied = ball > reference
        balls[number] = ball
        balls[number, copied] = balls[ball[copied] - reference - 1, draws[copied]]
    return balls


def _simultaneous(counts: Codes, error: float) -> Codes:
    """Return the quantiles of one order that draws exceed anywhere at most so often."""
    ordered = np.sort(counts, axis=0)
    at_least = np.column_stack(
        [
            len(counts) - np.searchsorted(column, own)
            for column, own in zip(ordered.T, counts.T, strict=True)
        ]
    )
    lowest = np.sort(at_least.min(axis=1))
    order = lowest[max(int(error * (len(lowest) + 1)) - 1, 0)]
    return np.asarray(ordered[len(counts) - order])
