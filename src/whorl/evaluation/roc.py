"""The ROC curve: what share of used images is found at what cost, threshold by threshold."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.evaluation.metrics import Values, auc, tally
from whorl.formulas import neutral


@dataclass(frozen=True, eq=False)
class Roc:
    """An ROC curve's corners, from (0, 0) to (1, 1).

    Attributes
    ----------
    thresholds : ndarray of float64, shape (k,)
        Falling; an image is called used if its score is at least this. The first is infinite.
    fpr, tpr : ndarray of float64, shape (k,)
        False-positive and true-positive rate at each, 0 to 1.
    auc : float
        The area under it.
    """

    thresholds: Values
    fpr: Values
    tpr: Values
    auc: float


def roc(scores: Values, used: NDArray[np.bool_]) -> Roc:
    """Return the ROC curve of scores; images of equal score share a corner.

    Parameters
    ----------
    scores : ndarray of float64, shape (n,)
        Finite, higher = more likely used.
    used : ndarray of bool, shape (n,)
        The truth, with both classes.

    References
    ----------
    Fawcett. An introduction to ROC analysis. Pattern Recognition Letters, 2006.

    Examples
    --------
    >>> curve = roc(np.array([3.0, 2.0, 1.0]), np.array([True, False, True]))
    >>> curve.thresholds.tolist(), curve.fpr.tolist(), curve.tpr.tolist(), curve.auc
    ([inf, 3.0, 2.0, 1.0], [0.0, 0.0, 1.0, 1.0], [0.0, 0.5, 0.5, 1.0], 0.5)
    """
    tallied = tally(scores, used)
    rates = [
        np.append(0, np.cumsum(part[::-1])) / part.sum()
        for part in (tallied.not_used, tallied.used)
    ]
    thresholds = np.append(np.inf, np.unique(scores)[::-1])
    return Roc(thresholds, rates[0], rates[1], float(auc(tallied)))


def format_roc(curves: Mapping[str, Roc]) -> str:
    """Return curves as CSV: name, threshold, false-positive rate, true-positive rate.

    Examples
    --------
    >>> curve = roc(np.array([3.0, 1.0]), np.array([True, False]))
    >>> print(format_roc({"s.csv": curve}), end="")
    name,threshold,fpr,tpr
    s.csv,inf,0.0,0.0
    s.csv,3.0,0.0,1.0
    s.csv,1.0,1.0,1.0
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["name", "threshold", "fpr", "tpr"])
    for name, curve in curves.items():
        columns = (curve.thresholds.tolist(), curve.fpr.tolist(), curve.tpr.tolist())
        writer.writerows((neutral(name), *corner) for corner in zip(*columns, strict=True))
    return text.getvalue()
