"""Metrics of decisions and of scores, computed from counts: one run or many resamples at once.

"Used" is the positive class. Every function takes arrays as well as numbers and works element by
element, so that a bootstrap is one call. Where a metric would divide by zero it returns
`undefined`, by default what scikit-learn's ``zero_division=0`` gives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Numbers = float | NDArray[np.int64] | NDArray[np.float64]


class Counts(NamedTuple):
    """A confusion table, or an array of them; numbers or arrays of one shape.

    Attributes
    ----------
    tp : number or array
        Used, called used.
    fp : number or array
        Not used, called used.
    fn : number or array
        Used, called not used.
    tn : number or array
        Not used, called not used.
    """

    tp: Numbers
    fp: Numbers
    fn: Numbers
    tn: Numbers


class Tally(NamedTuple):
    """How many images of each class have each score.

    Attributes
    ----------
    used : ndarray of int, shape (..., g)
        Number of used images at each distinct score, lowest score first.
    not_used : ndarray of int, shape (..., g)
        The same of images not used.
    """

    used: NDArray[np.int64]
    not_used: NDArray[np.int64]


def count(decided: NDArray[np.bool_], truth: NDArray[np.bool_]) -> Counts:
    """Count decisions against the truth.

    Examples
    --------
    >>> count(np.array([True, True, False]), np.array([True, False, False]))
    Counts(tp=1, fp=1, fn=0, tn=1)
    """
    pairs = ((decided, truth), (decided, ~truth), (~decided, truth), (~decided, ~truth))
    return Counts(*(int(np.sum(said & true)) for said, true in pairs))


def tally(scores: Values, truth: NDArray[np.bool_]) -> Tally:
    """Count the images of each class at each distinct score.

    Examples
    --------
    >>> tally(np.array([0.1, 0.7, 0.7]), np.array([False, True, False]))
    Tally(used=array([0, 1]), not_used=array([1, 1]))
    """
    distinct, group = np.unique(scores, return_inverse=True)
    return Tally(*(np.bincount(group[of], minlength=len(distinct)) for of in (truth, ~truth)))


def precision(counts: Counts, undefined: float = 0.0) -> Values:
    """TP / (TP + FP); undefined if nothing is called used.

    Examples
    --------
    >>> float(precision(Counts(tp=3, fp=1, fn=0, tn=0)))
    0.75
    """
    tp, fp, _, _ = _floats(counts)
    return _ratio(tp, tp + fp, undefined)


def recall(counts: Counts, undefined: float = 0.0) -> Values:
    """TP / (TP + FN), also called sensitivity; undefined if no image is used.

    Examples
    --------
    >>> float(recall(Counts(tp=3, fp=0, fn=1, tn=0)))
    0.75
    """
    tp, _, fn, _ = _floats(counts)
    return _ratio(tp, tp + fn, undefined)


def specificity(counts: Counts, undefined: float = 0.0) -> Values:
    """TN / (TN + FP); undefined if every image is used.

    Examples
    --------
    >>> float(specificity(Counts(tp=0, fp=1, fn=0, tn=3)))
    0.75
    """
    _, fp, _, tn = _floats(counts)
    return _ratio(tn, tn + fp, undefined)


def accuracy(counts: Counts, undefined: float = 0.0) -> Values:
    """(TP + TN) / n; undefined if there is no image.

    Examples
    --------
    >>> float(accuracy(Counts(tp=1, fp=1, fn=0, tn=2)))
    0.75
    """
    tp, fp, fn, tn = _floats(counts)
    return _ratio(tp + tn, tp + fp + fn + tn, undefined)


def f1(counts: Counts, undefined: float = 0.0) -> Values:
    """2PR / (P + R) = 2TP / (2TP + FP + FN), the harmonic mean of precision and recall.

    Undefined if no image is used and none is called used. Equation 5 of the ImageCLEFmedical GANs
    2023 overview omits the factor 2; its published table is reproduced only with it.

    Examples
    --------
    >>> float(f1(Counts(tp=1, fp=1, fn=1, tn=0)))
    0.5
    """
    tp, fp, fn, _ = _floats(counts)
    return _ratio(2 * tp, 2 * tp + fp + fn, undefined)


def balanced_accuracy(counts: Counts, undefined: float = 0.0) -> Values:
    """Mean of recall and specificity; where one class has no image, the other's alone.

    Undefined if there is no image.

    Examples
    --------
    >>> float(balanced_accuracy(Counts(tp=1, fp=1, fn=1, tn=3)))
    0.625
    """
    tp, fp, fn, tn = _floats(counts)
    present = (tp + fn > 0).astype(float) + (tn + fp > 0)
    return _ratio(recall(counts) + specificity(counts), present, undefined)


def kappa(counts: Counts, undefined: float = 0.0) -> Values:
    """Cohen's κ, agreement beyond chance: (p_o − p_e) / (1 − p_e).

    Undefined if all images and all decisions are of one and the same class.

    Examples
    --------
    >>> float(kappa(Counts(tp=2, fp=1, fn=1, tn=2))).__round__(4)
    0.3333
    """
    tp, fp, fn, tn = _floats(counts)
    chance = (tp + fp) * (fp + tn) + (tp + fn) * (fn + tn)
    return _ratio(2 * (tp * tn - fp * fn), chance, undefined)


def mcc(counts: Counts, undefined: float = 0.0) -> Values:
    """Matthews correlation coefficient: correlation of decisions and truth, −1 to 1.

    Undefined if all images are of one class, or all decisions.

    Examples
    --------
    >>> float(mcc(Counts(tp=3, fp=1, fn=1, tn=3)))
    0.5
    """
    tp, fp, fn, tn = _floats(counts)
    margins = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return _ratio(tp * tn - fp * fn, np.sqrt(margins), undefined)


def auc(scores: Tally, undefined: float = np.nan) -> Values:
    """Probability that a used image scores above one not used, ties counting half.

    The area under the ROC curve. Undefined if all images are of one class.

    Examples
    --------
    >>> float(auc(tally(np.array([1.0, 2.0, 2.0]), np.array([False, True, False]))))
    0.75
    """
    used, not_used = (np.asarray(part, float) for part in scores)
    below = np.cumsum(not_used, axis=-1) - not_used / 2
    pairs = used.sum(axis=-1) * not_used.sum(axis=-1)
    return _ratio((used * below).sum(axis=-1), pairs, undefined)


def tpr_at_fpr(scores: Tally, limit: float, undefined: float = np.nan) -> Values:
    """Greatest true-positive rate of a threshold whose false-positive rate is at most `limit`.

    Only thresholds that the scores allow count; nothing is interpolated. With n images not used
    the smallest rate that can be seen is 1/n: a `limit` below it asks for none at all. Undefined
    if all images are of one class.

    Parameters
    ----------
    scores : Tally
        How many images of each class have each score.
    limit : float
        False-positive rate, 0 to 1.
    undefined : float
        What to return where there is no such rate.

    Examples
    --------
    >>> scores, truth = np.array([0.9, 0.8, 0.8, 0.1]), np.array([True, True, False, False])
    >>> float(tpr_at_fpr(tally(scores, truth), 0.01)), float(tpr_at_fpr(tally(scores, truth), 0.5))
    (0.5, 1.0)
    """
    true, false = (np.cumsum(part[..., ::-1], axis=-1) for part in scores)
    most_false, all_true = false[..., -1:], true[..., -1]
    allowed = np.count_nonzero(false <= limit * most_false + 1e-9, axis=-1)
    last = np.maximum(allowed - 1, 0)[..., np.newaxis]
    best = np.where(allowed > 0, np.take_along_axis(true, last, axis=-1)[..., 0], 0.0)
    return _ratio(best, np.where(most_false[..., 0] > 0, all_true, 0.0), undefined)


class DecisionMetric(Protocol):
    """A metric of confusion tables."""

    def __call__(self, counts: Counts, undefined: float = 0.0) -> Values:
        """Compute it for each table."""


DECISION_METRICS: Mapping[str, DecisionMetric] = {
    "f1": f1,
    "accuracy": accuracy,
    "precision": precision,
    "recall": recall,
    "specificity": specificity,
    "balanced_accuracy": balanced_accuracy,
    "kappa": kappa,
    "mcc": mcc,
}

FPR_LIMITS: Mapping[str, float] = {
    "tpr_at_fpr_1": 0.01,
    "tpr_at_fpr_5": 0.05,
    "tpr_at_fpr_10": 0.10,
}

SCORE_METRICS: Mapping[str, Callable[[Tally], Values]] = {
    "auc": auc,
    **{name: partial(tpr_at_fpr, limit=limit) for name, limit in FPR_LIMITS.items()},
}

LABELS: Mapping[str, str] = {
    "f1": "F1",
    "accuracy": "accuracy",
    "precision": "precision",
    "recall": "recall",
    "specificity": "specificity",
    "balanced_accuracy": "balanced accuracy",
    "kappa": "Cohen's κ",
    "mcc": "MCC",
    "auc": "AUC",
    "tpr_at_fpr_1": "TPR at FPR ≤ 1 %",
    "tpr_at_fpr_5": "TPR at FPR ≤ 5 %",
    "tpr_at_fpr_10": "TPR at FPR ≤ 10 %",
}


def _floats(counts: Counts) -> tuple[Values, Values, Values, Values]:
    """Return the counts as float64, whose products cannot overflow."""
    tp, fp, fn, tn = (np.asarray(part, np.float64) for part in counts)
    return tp, fp, fn, tn


def _ratio(numerator: Values, denominator: Values, undefined: float) -> Values:
    """Divide, with `undefined` where the denominator is zero."""
    zero = denominator == 0
    return np.where(zero, undefined, numerator / np.where(zero, 1.0, denominator))
