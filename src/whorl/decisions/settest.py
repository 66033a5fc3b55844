"""One test of the whole set, that no candidate patient was used.

Patients change sides as wholes, so that it holds however alike the images of a patient are. It is
the gate before everything else that is said of a leak: flags count only behind it, and so the
level of this one test is the level of all together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from whorl.decisions.pooling import (
    Floats,
    coded,
    joined,
    matched,
    normal_scores,
    patient_means,
    tail_scores,
)

AT_ONCE = 4_000_000  # labels of permuted patients held at a time


@dataclass(frozen=True)
class Part:
    """What one statistic of the whole set says by itself.

    Attributes
    ----------
    name : str
        The measure's name and the statistic, "mean" or "tail".
    p_value : float
        One-sided, of this part alone.
    effect : float
        The candidates' mean less its mean over permutations, in its standard deviations over them.
    """

    name: str
    p_value: float
    effect: float


@dataclass(frozen=True)
class GlobalTest:
    """The test of all parts together.

    Attributes
    ----------
    p_value : float
        Of the null hypothesis that no candidate patient was used, all parts together.
    parts : tuple of Part
        For each measure its mean and its tail.
    below : float
        One-sided p-value of the candidates scoring *below* the reference: sets of different kinds.
        It is no part of `p_value`.
    permutations : int
        How many were compared, the observed one among them.
    exact : bool
        True if these are all there are.
    """

    p_value: float
    parts: tuple[Part, ...]
    below: float
    permutations: int
    exact: bool


def whole_set_test(
    measures: Mapping[str, tuple[Floats, Floats]],
    patients: NDArray[np.integer],
    null_patients: NDArray[np.integer],
    *,
    seed: int = 0,
    permutations: int = 9_999,
) -> GlobalTest:
    """Test by permuting patients between candidates and reference whether none was used.

    For each measure a patient counts by the mean of its images' normal scores and by the mean of
    their tail scores; the sides' numbers of images for each patient are made alike first
    (:func:`whorl.decisions.pooling.matched`). The parts are put together by the smallest of their
    p-values, itself compared over the permutations (Westfall and Young): exact for any dependence
    between them, if patients of both sides are exchangeable where nothing was used.

    Parameters
    ----------
    measures : mapping of str to pair of ndarray
        Scores of the candidates and of the reference, by each measure.
    patients, null_patients : ndarray of int
        Each image's patient, of the candidates and of the reference.
    seed : int
        Seeds the permutations and the choice of images.
    permutations : int
        Drawn at random, unless there are no more than these in all.

    Returns
    -------
    GlobalTest

    References
    ----------
    Westfall, Young. Resampling-based multiple testing. Wiley, 1993.

    Examples
    --------
    >>> scores = {"ssim": (np.array([8.0, 9.0, 7.0]), np.arange(6.0))}
    >>> test = whole_set_test(scores, np.arange(3), np.arange(6))
    >>> test.permutations, test.exact, round(test.p_value, 4)
    (84, True, 0.0119)
    """
    kept, null_kept = matched(patients, null_patients, seed)
    columns = {}
    for name, (values, null) in measures.items():
        both, owner = joined(
            values[kept], patients[kept], null[null_kept], null_patients[null_kept]
        )
        columns[f"{name}, mean"] = patient_means(normal_scores(both, owner), owner)
        columns[f"{name}, tail"] = patient_means(tail_scores(both, owner), owner)
    candidates, reference = len(coded(patients)[1]), len(coded(null_patients)[1])
    exact = comb(candidates + reference, candidates) <= permutations + 1
    labels = (
        _all_labels(candidates, reference)
        if exact
        else _drawn_labels(candidates, reference, permutations, seed)
    )
    scores = np.column_stack(list(columns.values()))
    sums = np.concatenate([chunk @ scores for chunk in labels]).round(9)
    alone = _p_values(sums)
    parts = tuple(
        Part(name, float(alone[0, k]), _standardised(sums[:, k])) for k, name in enumerate(columns)
    )
    return GlobalTest(
        p_value=_smallest(alone),
        parts=parts,
        below=_smallest(_p_values(-sums[:, ::2])),
        permutations=len(sums),
        exact=exact,
    )


def _all_labels(candidates: int, reference: int) -> Iterator[Floats]:
    """Yield every way to choose the candidates, as 0 and 1, the observed way first."""
    ways = np.array(list(combinations(range(candidates + reference), candidates)))
    labels = np.zeros((len(ways), candidates + reference))
    np.put_along_axis(labels, ways, 1.0, axis=1)
    yield labels


def _drawn_labels(candidates: int, reference: int, draws: int, seed: int) -> Iterator[Floats]:
    """Yield the observed labels, then permuted ones, some at a time."""
    rng = np.random.default_rng(seed)
    observed = np.arange(candidates + reference) < candidates
    yield observed[None].astype(float)
    step = max(1, AT_ONCE // len(observed))
    for start in range(0, draws, step):
        rows = (min(step, draws - start), len(observed))
        yield rng.permuted(np.broadcast_to(observed, rows), axis=1).astype(float)


def _p_values(sums: Floats) -> Floats:
    """Return for each permutation and statistic the share of permutations at least as high."""
    shares = [
        (len(column) - np.searchsorted(np.sort(column), column)) / len(column) for column in sums.T
    ]
    return np.column_stack(shares)


def _smallest(p_values: Floats) -> float:
    """Return the p-value of the smallest p-value."""
    smallest = p_values.min(axis=1)
    return float((smallest <= smallest[0]).mean())


def _standardised(sums: Floats) -> float:
    """Return the observed sum in standard deviations over the permutations; 0 if all are equal."""
    return float((sums[0] - sums.mean()) / sums.std()) if np.ptp(sums) > 0 else 0.0
