"""Images' scores on one scale, and patients' scores made of their images'.

Everything here treats candidates and reference alike, so that what is permuted or ranked afterwards
stays exchangeable where nothing was used. Each patient weighs the same, however many images it has.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


def coded(patients: NDArray[np.integer]) -> tuple[Codes, Codes]:
    """Return each image's patient as 0, 1, …, and the number of images of each patient.

    Examples
    --------
    >>> coded(np.array([7, 3, 7]))
    (array([1, 0, 1]), array([1, 2]))
    """
    _, codes, sizes = np.unique(patients, return_inverse=True, return_counts=True)
    return codes.astype(np.int64), sizes.astype(np.int64)


def patient_means(values: Floats, patients: NDArray[np.integer]) -> Floats:
    """Return the mean score of each patient, patients in rising order.

    Examples
    --------
    >>> patient_means(np.array([1.0, 5.0, 3.0]), np.array([7, 3, 7]))
    array([5., 2.])
    """
    codes, sizes = coded(patients)
    return np.bincount(codes, weights=values) / sizes


def shares_below(values: Floats, patients: NDArray[np.integer]) -> Floats:
    """Return what share of the patients lies below each score, strictly between 0 and 1.

    A patient's images share its weight of one; scores that are equal count half.

    Examples
    --------
    >>> shares_below(np.array([0.0, 1.0, 2.0]), np.array([0, 1, 1]))
    array([0.25 , 0.625, 0.875])
    """
    codes, sizes = coded(patients)
    weights = 1 / sizes[codes] / len(sizes)
    _, level = np.unique(values, return_inverse=True)
    each = np.bincount(level, weights=weights)
    below = np.cumsum(each) - each / 2
    return np.clip(below, 1e-12, 1 - 1e-12)[level]


def normal_scores(values: Floats, patients: NDArray[np.integer]) -> Floats:
    """Return the normal quantiles of :func:`shares_below`: ranks that keep some of the tails.

    A choice of ours, by simulated power: the mean of raw scores loses where tails are heavy, the
    mean of ranks where few of a patient's images stand out; normal scores lose little in either.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Scores of candidates and reference together.
    patients : ndarray of int, shape (n,)
        Each image's patient.

    Returns
    -------
    ndarray of float64, shape (n,)

    Examples
    --------
    >>> normal_scores(np.array([5.0, 9.0, 1.0]), np.arange(3)).round(2)
    array([ 0.  ,  0.97, -0.97])
    """
    from scipy.special import ndtri

    return np.asarray(ndtri(shares_below(values, patients)), float)


def tail_scores(values: Floats, patients: NDArray[np.integer]) -> Floats:
    """Return log²(1 − share below): next to nothing but for the highest scores.

    Its mean shows few used patients, or few used images of each, that a mean of normal scores
    drowns.

    Examples
    --------
    >>> tail_scores(np.array([5.0, 9.0, 1.0]), np.arange(3)).round(2)
    array([0.48, 3.21, 0.03])
    """
    return np.log1p(-shares_below(values, patients)) ** 2


def joined(
    values: Floats, patients: NDArray[np.integer], null: Floats, null_patients: NDArray[np.integer]
) -> tuple[Floats, Codes]:
    """Return scores and patients of both sides, candidates first, no patient in both.

    Examples
    --------
    >>> joined(np.array([0.1]), np.array([0]), np.array([0.2, 0.3]), np.array([0, 4]))
    (array([0.1, 0.2, 0.3]), array([0, 1, 2]))
    """
    codes, sizes = coded(patients)
    return np.concatenate([values, null]), np.concatenate(
        [codes, len(sizes) + coded(null_patients)[0]]
    )


def matched(
    patients: NDArray[np.integer], null_patients: NDArray[np.integer], seed: int = 0
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Choose images so that patients of both sides have like numbers of them.

    Means over 80 images scatter less than single scores: patients of the two sides could be told
    apart without any leak. A patient keeps as many images, drawn at random, as the patient of the
    same rank by number of images on the other side has, if that is fewer. Where the numbers are
    distributed alike, little is dropped.

    Parameters
    ----------
    patients, null_patients : ndarray of int
        Each image's patient, of the candidates and of the reference.
    seed : int
        Seeds the draws.

    Returns
    -------
    pair of ndarray of bool
        The images that are kept of either side, at least one of each patient.

    Examples
    --------
    >>> kept, null_kept = matched(np.array([0, 1]), np.array([0, 0, 0, 1, 1]))
    >>> kept.sum(), null_kept.sum()
    (np.int64(2), np.int64(2))
    """
    rng = np.random.default_rng(seed)
    codes, sizes = coded(patients)
    null_codes, null_sizes = coded(null_patients)
    return (
        _drawn(codes, _capped(sizes, null_sizes, rng), rng),
        _drawn(null_codes, _capped(null_sizes, sizes, rng), rng),
    )


def _capped(sizes: Codes, others: Codes, rng: np.random.Generator) -> Codes:
    """Return the smaller of each size and the size of the same rank among the others."""
    order = np.lexsort([rng.random(len(sizes)), sizes])
    same = (2 * np.arange(len(sizes)) + 1) * len(others) // (2 * len(sizes))
    caps = np.empty_like(sizes)
    caps[order] = np.minimum(sizes[order], np.sort(others)[same])
    return caps


def _drawn(codes: Codes, keep: Codes, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Choose so many images of each patient at random."""
    order = np.lexsort([rng.random(len(codes)), codes])
    ordered = codes[order]
    place = np.arange(len(codes)) - np.searchsorted(ordered, ordered)
    chosen = np.empty(len(codes), bool)
    chosen[order] = place < keep[ordered]
    return chosen
