"""Where to part used from not used, found on labelled images that were held out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from whorl.errors import WhorlError


def folds(
    used: NDArray[np.bool_], seed: int
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield positions to learn from and to test on: each real is tested on once.

    Up to five parts, each with its share of used and not used.

    Examples
    --------
    >>> [test.tolist() for _, test in folds(np.array([True, False, True, False]), 0)]
    [[1, 2], [0, 3]]
    """
    from sklearn.model_selection import StratifiedKFold

    parts = min(5, int(used.sum()), int((~used).sum()))
    if parts < 2:
        raise WhorlError(
            "the threshold is found by cross-validation, which needs two used and two not used "
            "images in the development set"
        )
    yield from StratifiedKFold(parts, shuffle=True, random_state=seed).split(used, used)


def best_threshold(values: NDArray[np.float64], used: NDArray[np.bool_]) -> float:
    """Return the value above which calling a real used has the best F1.

    Halfway between two values; of equally good ones the largest.

    Examples
    --------
    >>> best_threshold(np.array([0.1, 0.2, 0.6, 0.9]), np.array([False, False, True, True]))
    0.4
    """
    ordered = np.unique(values)
    between = np.concatenate([[ordered[0] - 1], (ordered[1:] + ordered[:-1]) / 2])
    said = values > between[:, np.newaxis]
    f1 = 2 * (said & used).sum(axis=1) / (said.sum(axis=1) + used.sum())
    return float(between[np.flatnonzero(f1 == f1.max())[-1]])


def held_out_part(
    classes: NDArray[np.intp] | NDArray[np.bool_], share: float, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return positions to learn from, and the others: a share of each class, one at least.

    Parameters
    ----------
    classes : ndarray of int or bool, shape (n,)
        The class of each item.
    share : float
        Of each class, between 0 and 1.
    seed : int
        Seeds the choice.

    Raises
    ------
    WhorlError
        If a class has fewer than two items, or there is only one class.

    Examples
    --------
    >>> learn, held_out = held_out_part(np.array([0, 0, 0, 1, 1, 1]), 0.34, seed=0)
    >>> len(learn), sorted(np.array([0, 0, 0, 1, 1, 1])[held_out])
    (4, [np.int64(0), np.int64(1)])
    """
    found, counts = np.unique(classes, return_counts=True)
    if len(found) < 2 or counts.min() < 2:
        raise WhorlError(
            "some labelled images of each class are held out to see when to stop learning: give "
            "at least two images of each class, of two classes"
        )
    rng = np.random.default_rng(seed)
    held = []
    for label, count in zip(found, counts, strict=True):
        at_most = max(1, round(share * count))
        held.append(rng.permutation(np.flatnonzero(classes == label))[:at_most])
    held_out = np.sort(np.concatenate(held))
    return np.setdiff1d(np.arange(len(classes)), held_out), held_out
