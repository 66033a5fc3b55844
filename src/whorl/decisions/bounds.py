"""How many were used at least: lower bounds that hold for every threshold at once.

Where none of m candidate patients was used, their ranks among K reference patients are those of an
urn. An envelope c_m(t) that the number of p-values at or below t exceeds for any t at all in at
most 5 % of such draws gives the bound max_t (#{p ≤ t} − c(t)) on the number of used ones
(Meinshausen and Rice 2006; by closed testing for every set of candidates at once, Goeman, Meijer
and Solari 2021): those not used are never more than all, and fewer stay below the envelope of more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.decisions.conformal import conformal_p_values
from whorl.decisions.envelopes import image_allowance, patient_envelopes, rank_grid
from whorl.decisions.pooling import (
    Floats,
    coded,
    joined,
    matched,
    normal_scores,
    patient_means,
    shares_below,
)


@dataclass(frozen=True, eq=False)
class LowerBound:
    """At least so many were used, of all and of any set chosen after looking.

    Attributes
    ----------
    count : int
        The lower bound for all candidates.
    confidence : float
        With which it holds, for all sets at once.
    above : ndarray of bool, shape (t, n)
        For each threshold, strictest first, which of the n candidates are above it.
    allowance : ndarray of int, shape (t,)
        How many candidates above it may be put down to chance.
    """

    count: int
    confidence: float
    above: NDArray[np.bool_]
    allowance: NDArray[np.int64]

    def within(self, chosen: NDArray[np.bool_]) -> int:
        """Return how many of the chosen candidates were used at least.

        Examples
        --------
        >>> bound = LowerBound(2, 0.95, np.array([[True, True, True, False]]), np.array([1]))
        >>> bound.within(np.array([True, True, False, True]))
        1
        """
        return int(max(0, (self.above[:, chosen].sum(axis=1) - self.allowance).max()))


@dataclass(frozen=True, eq=False)
class AtLeast:
    """Lower bounds that hold together.

    Attributes
    ----------
    patients : LowerBound
        On used patients, patients in rising order.
    images : LowerBound
        On used images.
    """

    patients: LowerBound
    images: LowerBound


def used_at_least(
    values: Floats,
    patients: NDArray[np.integer],
    null: Floats,
    null_patients: NDArray[np.integer],
    *,
    confidence: float = 0.95,
    seed: int = 0,
) -> AtLeast:
    """Return how many patients and how many images were used at least, both at once.

    Where each patient has one image the two are one bound. Else the error is shared between them,
    and images are never bounded below the patients: a used patient has a used image.

    Parameters
    ----------
    values, patients, null, null_patients : ndarray
        Scores and each image's patient, of the candidates and of the reference.
    confidence : float
        That both hold.
    seed : int
        Seeds the choice of images and the simulated envelopes.

    Returns
    -------
    AtLeast

    Examples
    --------
    >>> found = used_at_least(np.arange(40.0), np.arange(40), np.arange(20.0), np.arange(20))
    >>> found.patients.count, found.images.count
    (13, 13)
    """
    both, owner = joined(values, patients, null, null_patients)
    scores = normal_scores(both, owner)
    scores, null_scores = scores[: len(values)], scores[len(values) :]
    kept, null_kept = matched(patients, null_patients, seed)
    one_each = len(coded(owner)[1]) == len(owner)
    each = confidence if one_each else (1 + confidence) / 2
    of_patients = patients_at_least(
        patient_means(scores[kept], patients[kept]).round(9),
        patient_means(null_scores[null_kept], null_patients[null_kept]).round(9),
        confidence=each,
        seed=seed,
    )
    if one_each:
        order = coded(patients)[0]
        above = of_patients.above[:, order]
        return AtLeast(
            of_patients, LowerBound(of_patients.count, each, above, of_patients.allowance)
        )
    of_images = images_at_least(values, patients, null, null_patients, confidence=each, seed=seed)
    count = max(of_images.count, of_patients.count)
    return AtLeast(of_patients, LowerBound(count, each, of_images.above, of_images.allowance))


def patients_at_least(
    scores: Floats, reference: Floats, *, confidence: float = 0.95, seed: int = 0
) -> LowerBound:
    """Bound the number of used patients from below.

    Once the bound leaves fewer than m patients that may not have been used, their envelope is that
    of fewer, and the bound may rise; so on until it does not.

    Parameters
    ----------
    scores, reference : ndarray of float
        One score for each candidate patient and each reference patient, that are exchangeable
        where nothing was used.
    confidence : float
        Of the bound.
    seed : int
        Seeds the simulated envelopes.

    Returns
    -------
    LowerBound

    Examples
    --------
    >>> patients_at_least(np.arange(40.0), np.arange(20.0)).count
    13
    """
    grid = rank_grid(len(reference))
    p_values = conformal_p_values(scores, reference)
    ranks = np.rint(p_values * (len(reference) + 1)).astype(int)
    above = ranks[None] <= grid[:, None]
    envelope = patient_envelopes(len(scores), len(reference), 1 - confidence, seed)
    count, before = 0, -1
    while count > before:
        before = count
        allowance = envelope(len(scores) - count)
        count = max(count, int((above.sum(axis=1) - allowance).max()))
    return LowerBound(count, confidence, above, allowance)


def images_at_least(
    values: Floats,
    patients: NDArray[np.integer],
    null: Floats,
    null_patients: NDArray[np.integer],
    *,
    confidence: float = 0.95,
    seed: int = 0,
) -> LowerBound:
    """Bound the number of used images from below, patients being drawn as wholes.

    Thresholds are scores of the reference, each patient weighing the same. For the envelope each
    candidate patient draws from an urn one of the reference patients, or a patient whose images
    all lie above everything, and puts it back with a copy; as many images as the candidate has are
    drawn of it (put back if it has fewer). With one image for each patient these are the ranks of
    exchangeable patients; with several it is a choice of ours, held to its confidence by
    simulation.

    Parameters
    ----------
    values, patients, null, null_patients : ndarray
        Scores and each image's patient, of the candidates and of the reference.
    confidence : float
        Of the bound.
    seed : int
        Seeds the simulated envelope.

    Returns
    -------
    LowerBound

    Examples
    --------
    >>> used = np.repeat(np.arange(12), 3)
    >>> images_at_least(used + 50.0, used, used * 1.0, used).count
    24
    """
    grid = rank_grid(len(coded(null_patients)[1]))
    order = np.argsort(-null)
    shares = 1 - shares_below(null, null_patients)[order]
    wanted = (grid - 0.5) / len(coded(null_patients)[1])
    place = np.minimum(np.searchsorted(shares, wanted), len(null) - 1)
    thresholds = np.unique(null[order][np.concatenate([[0], place])])[::-1]
    exceeds = null[:, None] > thresholds
    allowance = image_allowance(
        coded(patients)[1], exceeds, coded(null_patients)[0], 1 - confidence, seed
    )
    above = values[None] > thresholds[:, None]
    count = int(max(0, (above.sum(axis=1) - allowance).max()))
    return LowerBound(count, confidence, above, allowance)
