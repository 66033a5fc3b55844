"""Whether two generators can be told apart at all: a classifier two-sample test."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from whorl.decisions.multiplicity import holm
from whorl.grouping.describing import Description, GroupingError, described, together
from whorl.images import ImageSet, require_same_size

if TYPE_CHECKING:
    from collections.abc import Mapping

PERMUTATIONS = 999
COMPONENTS = 50
FOLDS = 5
RIDGE = 1.0


@dataclass(frozen=True)
class Told:
    """How well two sets of images can be told apart.

    Attributes
    ----------
    first, second : str
        The sets' names.
    auc : float
        Of a classifier on images that it did not learn from; 0.5 = not at all.
    p : float
        That it is no better where all images are of one generator.
    adjusted_p : float
        The same over all pairs of sets (Holm).
    """

    first: str
    second: str
    auc: float
    p: float
    adjusted_p: float


def tell_apart(
    sets: Mapping[str, ImageSet],
    by: Description,
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> tuple[Told, ...]:
    """Test for each pair of sets whether one generator may have made both.

    Parameters
    ----------
    sets : mapping of str to ImageSet
        Name → images that one generator made; two sets or more, sorted by who made them and not by
        what they look like: clusters that were found in these images always differ.
    by : Description
        What is computed of each image.
    permutations : int
        Shuffles; no p-value is below 1 / (1 + `permutations`).
    seed : int
        Seeds folds and shuffles.

    Returns
    -------
    tuple of Told
        One for each pair.

    Raises
    ------
    GroupingError
        If there is one set only, or a pair has fewer than ten images.
    ImageError
        If images differ in size.
    """
    if len(sets) < 2:
        raise GroupingError(f"{len(sets)} set of images: give two folders or more")
    require_same_size(*sets.values())
    pairs = list(combinations(sets, 2))
    found = [_pair(sets[a], sets[b], by, permutations, seed) for a, b in pairs]
    adjusted = holm(np.array([p for _, p in found]))
    return tuple(
        Told(a, b, auc, p, float(corrected))
        for (a, b), (auc, p), corrected in zip(pairs, found, adjusted, strict=True)
    )


def permutation_test(
    rows: NDArray[np.float64],
    second: NDArray[np.bool_],
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the AUC of a classifier on vectors held out, and its permutation p-value.

    The classifier two-sample test (Lopez-Paz and Oquab, ICLR 2017) with a ridge classifier, which
    learns of all permutations at once. Folds are drawn without regard to labels, so that under the
    null hypothesis all permutations are alike and the p-value is valid at any number of images:
    at most a share of α of p-values is ≤ α (Phipson and Smyth 2010).

    Parameters
    ----------
    rows : ndarray of float64, shape (n, d)
        Vectors, computed without regard to labels; at least ten.
    second : ndarray of bool, shape (n,)
        Which are of the second set.
    permutations : int
        Shuffles of the labels.
    seed : int
        Seeds folds and shuffles.

    Returns
    -------
    tuple of float
        AUC, 0 to 1, and p.

    Raises
    ------
    GroupingError
        If there are fewer than ten vectors, or none of one set.
    """
    n, positive = len(rows), int(second.sum())
    if n < 2 * FOLDS or not 0 < positive < n:
        raise GroupingError(f"{positive} and {n - positive} images: the test takes ten or more")
    rng = np.random.default_rng(seed)
    labels = second.astype(np.float64)
    shuffled = np.stack([labels, *(rng.permutation(labels) for _ in range(permutations))], axis=1)
    aucs = _aucs(_smoother(rows, rng.permutation(n)) @ shuffled, shuffled)
    p = (1 + int((aucs[1:] >= aucs[0] - 1e-12).sum())) / (1 + permutations)
    return float(aucs[0]), p


def _pair(
    one: ImageSet, other: ImageSet, by: Description, permutations: int, seed: int
) -> tuple[float, float]:
    """Test one pair of sets, in an order that their contents give."""
    both = together(one, other)
    order = np.argsort(np.array(both.hashes), kind="stable")
    rows = described(both, by, COMPONENTS)
    second = np.arange(len(both)) >= len(one)
    return permutation_test(rows[order], second[order], permutations=permutations, seed=seed)


def _smoother(rows: NDArray[np.float64], order: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the matrix that takes labels to what each fold's classifier says of the held out."""
    spread = rows.std(axis=0)
    scaled = rows / np.where(spread > 0, spread, 1)
    matrix = np.zeros((len(rows), len(rows)))
    for held_out in np.array_split(order, FOLDS):
        kept = np.setdiff1d(order, held_out)
        mean = scaled[kept].mean(axis=0)
        known, new = scaled[kept] - mean, scaled[held_out] - mean
        within = known.T @ known + RIDGE * np.eye(known.shape[1])
        weights = new @ np.linalg.solve(within, known.T)
        matrix[np.ix_(held_out, kept)] = weights - weights.mean(axis=1, keepdims=True)
    return matrix


def _aucs(scores: NDArray[np.float64], labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the AUC of each column (Mann and Whitney's U)."""
    from scipy.stats import rankdata

    positive = labels.sum(axis=0)
    ranks = (rankdata(scores, axis=0) * labels).sum(axis=0)
    found: NDArray[np.float64] = (ranks - positive * (positive + 1) / 2) / (
        positive * (len(labels) - positive)
    )
    return found
