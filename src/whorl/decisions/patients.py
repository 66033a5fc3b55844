"""Decisions over patients and over images, with a bound on the false discovery rate of each."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from whorl.decisions.conformal import (
    batch_p_values,
    conformal_p_values,
    hierarchical_p_values,
)
from whorl.decisions.multiplicity import benjamini_hochberg, middle_of_grid, storey
from whorl.decisions.pooling import (
    Floats,
    coded,
    joined,
    matched,
    normal_scores,
    patient_means,
)


@dataclass(frozen=True, eq=False)
class Flags:
    """P-values of patients or of images, and which are flagged.

    Attributes
    ----------
    p_values : ndarray of float64, shape (n,)
    flagged : ndarray of bool, shape (n,)
        By Storey's procedure; none where the test of the whole set shows nothing.
    flagged_bh : ndarray of bool, shape (n,)
        By Benjamini and Hochberg's, for the record; behind the same gate.
    """

    p_values: Floats
    flagged: NDArray[np.bool_]
    flagged_bh: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class PatientDecisions:
    """Which patients and which images are said to be used.

    Attributes
    ----------
    codes : ndarray of int, shape (M,)
        The candidate patients, in rising order.
    patients : Flags
        Over patients, in the order of `codes`.
    images : Flags
        Over images, as the scores were given.
    level : float
        The bound on the false discovery rate, of patients and of images each.
    warnings : tuple of str
        What so few reference patients cannot show, one sentence each.
    """

    codes: NDArray[np.integer]
    patients: Flags
    images: Flags
    level: float
    warnings: tuple[str, ...] = ()


def decide_patients(
    values: Floats,
    patients: NDArray[np.integer],
    null: Floats,
    null_patients: NDArray[np.integer],
    *,
    shown: bool,
    level: float = 0.05,
    seed: int = 0,
) -> PatientDecisions:
    """Flag patients and images, behind the gate of the test of the whole set.

    Patients by batch conformal p-values of their mean normal scores, images by hierarchical
    conformal p-values; both by Storey's procedure with λ in the middle of the p-values' grid, the
    share of nulls among patients from :func:`matched_p_values`. The share
    of false flags is 0 where nothing is flagged, so that the gate only lowers its mean.

    Parameters
    ----------
    values, patients, null, null_patients : ndarray
        Scores and each image's patient, of the candidates and of the reference.
    shown : bool
        Whether the test of the whole set shows a leak at the level; nothing is flagged if not.
    level : float
        Bound on the false discovery rate, between 0 and 1.
    seed : int
        Seeds the subsets drawn for batch p-values.

    Returns
    -------
    PatientDecisions

    Examples
    --------
    >>> patients = np.array([4, 4, 7, 9])
    >>> found = decide_patients(
    ...     np.array([60.0, 70.0, 80.0, 1.0]), patients, np.arange(39.0), np.arange(39), shown=True
    ... )
    >>> found.codes, found.patients.p_values
    (array([4, 7, 9]), array([0.025, 0.025, 0.975]))
    >>> found.patients.flagged, found.images.flagged_bh
    (array([ True,  True, False]), array([ True,  True,  True, False]))
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    both, owner = joined(values, patients, null, null_patients)
    scores = normal_scores(both, owner)
    of_patients = batch_p_values(
        scores[: len(values)], patients, scores[len(values) :], null_patients, seed=seed
    )
    of_images = hierarchical_p_values(values, null, null_patients)
    reference = len(coded(null_patients)[1])
    lam = middle_of_grid(reference)
    pilot = matched_p_values(
        scores[: len(values)], patients, scores[len(values) :], null_patients, seed
    )

    def flags(p_values: Floats, adaptive: NDArray[np.bool_]) -> Flags:
        return Flags(p_values, adaptive & shown, benjamini_hochberg(p_values, level) & shown)

    return PatientDecisions(
        np.unique(patients),
        flags(of_patients, storey(of_patients, level, lam, pilot=pilot)),
        flags(of_images, storey(of_images, level, lam, patients)),
        level,
        too_few(len(of_patients), reference, level),
    )


def matched_p_values(
    scores: Floats,
    patients: NDArray[np.integer],
    null_scores: Floats,
    null_patients: NDArray[np.integer],
    seed: int,
) -> Floats:
    """Return plain conformal p-values of patients, their numbers of images made alike first.

    Storey's share of nulls is estimated from these. Batch p-values of candidates with many images
    against a reference with few are safe where they are small, but all of them may come to lie
    below λ together, as if every candidate had been used.

    Examples
    --------
    >>> many, few = np.repeat([0, 1], 3), np.arange(3)
    >>> matched_p_values(np.repeat([2.5, 0.5], 3), many, np.arange(3.0), few, seed=0)
    array([0.25, 0.75])
    """
    kept, null_kept = matched(patients, null_patients, seed)
    return conformal_p_values(
        patient_means(scores[kept], patients[kept]).round(9),
        patient_means(null_scores[null_kept], null_patients[null_kept]).round(9),
    )


def too_few(candidates: int, reference: int, level: float) -> tuple[str, ...]:
    """Say what so few reference patients cannot show, and how many more it takes.

    Examples
    --------
    >>> too_few(10, 15, 0.05)
    ('with 15 reference patients no p-value is below 1/16: it takes 4 more for any to be at most
    0.05',)
    >>> too_few(10, 99, 0.05)
    ('if fewer than 2 of 10 candidate patients were used, none of them may be flagged: to flag a
    single one takes 100 more reference patients',)
    """
    least = ceil(1 / level - 1e-9) - 1
    if reference < least:
        return (
            f"with {reference} reference patients no p-value is below 1/{reference + 1}: it takes "
            f"{least - reference} more for any to be at most {level:g}",
        )
    fewest = ceil(candidates / (level * (reference + 1)) - 1e-9)
    if fewest <= 1:
        return ()
    more = ceil(candidates / level - 1e-9) - 1 - reference
    return (
        f"if fewer than {fewest} of {candidates} candidate patients were used, none of them may be "
        f"flagged: to flag a single one takes {more} more reference patients",
    )
