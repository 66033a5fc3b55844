"""Whether candidates and reference differ otherwise than by use: a classifier two-sample test.

If the real images alone tell the two sets apart (another scanner, another preparation), a
difference of scores between them may be that, and not use. A classifier learns on some patients
which set they are of and judges the others; if nothing tells the sets apart, it guesses.

Every patient counts once, by the mean of what its images look like. Folds part patients, and the
null is made by dealing the sets' names out to the patients anew: many images of few patients make
any two groups of patients differ, which is no shift. The classifier is fitted anew for each deal,
so the test holds its level whatever the classifier, for exchangeable patients.

References
----------
D. Lopez-Paz, M. Oquab, Revisiting classifier two-sample tests, ICLR 2017.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.features import extract
from whorl.images import ImageSet
from whorl.methods.blind import APPEARANCE

FOLDS = 10
PERMUTATIONS = 999
AT_ONCE = 200  # deals fitted together: bounds the memory
PENALTY = 10.0  # of the ridge, on standardised features


@dataclass(frozen=True)
class Shift:
    """How well the real images alone tell candidates from reference.

    Attributes
    ----------
    auc : float
        Of held-out patients' margins, 0 to 1; 0.5 = cannot be told apart.
    p : float
        The share of deals of the sets' names to the patients in which the classifier does as well
        or better, the actual one counted among them.
    candidates, reference : int
        How many patients the sets have.
    """

    auc: float
    p: float
    candidates: int
    reference: int


def find_shift(
    candidates: ImageSet,
    reference: ImageSet,
    patients: NDArray[np.intp],
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> Shift:
    """Test whether the real images alone tell candidates from reference.

    Parameters
    ----------
    candidates, reference : ImageSet
        Real images.
    patients : ndarray of intp, shape (n,)
        The patient of each candidate, then of each reference image, as any integers; nobody is in
        both sets.
    permutations : int
        How many deals make the null; the smallest possible p is 1 / (permutations + 1).
    seed : int
        Seeds the folds and the deals.

    Raises
    ------
    ValueError
        If a patient is in both sets, or the patients' number is not that of the images.
    ImageError
        If the images are too small for the features.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> pixels = rng.integers(0, 200, (40, 16, 16), dtype=np.uint8)
    >>> pixels[:20] += 30  # another scanner
    >>> images = ImageSet(tuple(map(str, range(40))), pixels)
    >>> find_shift(images.take(range(20)), images.take(range(20, 40)), np.arange(40) // 2)
    Shift(auc=1.0, p=0.001, candidates=10, reference=10)
    """
    features = [extract(APPEARANCE, images) for images in (candidates, reference)]
    vectors = np.concatenate(features).reshape(len(candidates) + len(reference), -1)
    _, code = np.unique(patients, return_inverse=True)
    if len(code) != len(vectors):
        raise ValueError(f"{len(code)} patients for {len(vectors)} images")
    is_candidate = np.zeros(int(code.max()) + 1, bool)
    is_candidate[code[: len(candidates)]] = True
    if is_candidate[code[len(candidates) :]].any():
        raise ValueError("a patient has images in both candidates and reference")
    return tell_apart(_means(vectors, code), is_candidate, permutations=permutations, seed=seed)


def tell_apart(
    vectors: NDArray[Any],
    is_candidate: NDArray[np.bool_],
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> Shift:
    """Test whether vectors, one a patient, tell candidates from reference.

    Parameters
    ----------
    vectors : ndarray of float, shape (k, d)
        What the patients look like; at least two.
    is_candidate : ndarray of bool, shape (k,)
        Which patients are candidates.
    permutations, seed
        As for :func:`find_shift`.

    Examples
    --------
    >>> vectors = np.random.default_rng(0).normal(size=(20, 3))
    >>> tell_apart(vectors, np.arange(20) < 10).p > 0.01
    True
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(vectors))  # so that folds do not follow the patients' order
    vectors, is_candidate = np.asarray(vectors, np.float64)[order], is_candidate[order]
    deals = rng.permuted(np.tile(is_candidate, (permutations, 1)), axis=1).T
    labels = np.column_stack([is_candidate, deals])
    areas = np.concatenate(
        [
            _held_out_auc(vectors, labels[:, first : first + AT_ONCE])
            for first in range(0, labels.shape[1], AT_ONCE)
        ]
    )
    as_good = int(np.count_nonzero(areas[1:] >= areas[0] - 1e-12))
    count = int(is_candidate.sum())
    return Shift(
        float(areas[0]), (1 + as_good) / (1 + permutations), count, len(is_candidate) - count
    )


def _held_out_auc(vectors: NDArray[np.float64], labels: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return, for each column of labels, the AUC of margins that were fitted on other folds.

    A ridge classifier is fitted to all columns at once. Its margins are taken from the training
    labels' mean, which differs between folds and tells nothing.
    """
    from scipy.stats import rankdata
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import KFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    targets = labels.astype(np.float64)
    found = np.empty(targets.shape)
    for rest, held_out in KFold(min(FOLDS, len(vectors))).split(vectors):
        model = make_pipeline(StandardScaler(), Ridge(PENALTY))
        model.fit(vectors[rest], targets[rest])
        margins = model.predict(vectors[held_out]).reshape(len(held_out), -1)
        found[held_out] = margins - targets[rest].mean(axis=0)
    ones = targets.sum(axis=0)
    ranks = np.where(labels, rankdata(found, axis=0), 0).sum(axis=0)
    areas: NDArray[np.float64] = (ranks - ones * (ones + 1) / 2) / (ones * (len(labels) - ones))
    return areas


def _means(vectors: NDArray[Any], code: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the mean of each patient's vectors."""
    sums = np.zeros((int(code.max()) + 1, vectors.shape[1]))
    np.add.at(sums, code, vectors)
    means: NDArray[np.float64] = sums / np.bincount(code)[:, np.newaxis]
    return means
