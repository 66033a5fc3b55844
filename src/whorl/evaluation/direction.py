"""Whether scores run the wrong way: against the run's own decisions, or against the truth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whorl.evaluation.metrics import auc, tally
from whorl.evaluation.result import Metric

LEVEL = 0.025
CURE = (
    "expected a higher score where an image is more likely used; if the scores are distances or "
    "p-values, change their sign"
)


def backwards(
    scores: NDArray[np.float64],
    decided: NDArray[np.bool_],
    actual: NDArray[np.bool_],
    against_truth: Metric,
) -> list[str]:
    """Say that scores run the wrong way, with the figures; nothing where that is not sure.

    Sure means an AUC below one half that chance gives at most once in 40 times (Mann and Whitney,
    On a test of whether one of two random variables is stochastically larger than the other, 1947)
    and, against the truth, an interval that lies below one half as well.

    Parameters
    ----------
    scores : ndarray of float64, shape (n,)
        Finite.
    decided : ndarray of bool, shape (n,)
        What the run calls used.
    actual : ndarray of bool, shape (n,)
        What was used.
    against_truth : Metric
        The AUC of the scores against the truth.

    Examples
    --------
    >>> distances, decided = np.arange(10.0), np.arange(10) < 5
    >>> backwards(distances, decided, decided, Metric(0.0, 0.0, 0.0, "bootstrap"))[1][:40]
    'the scores run backwards: images that we'
    >>> backwards(-distances, decided, decided, Metric(1.0, 1.0, 1.0, "bootstrap"))
    []
    """
    found = []
    if _is_below(scores, decided):
        area = float(auc(tally(scores, decided)))
        found.append(
            "the scores contradict the run: images that it calls used score lower than the others "
            f"(AUC of the scores against its decisions {area:.3f}): {CURE}"
        )
    high = against_truth.high
    if high is not None and high < 0.5 and _is_below(scores, actual):
        found.append(
            "the scores run backwards: images that were used score lower than the others (AUC "
            f"{against_truth.value:.3f}, 95 % interval {against_truth.low:.3f} to {high:.3f}, "
            f"below one half): {CURE}"
        )
    return found


def _is_below(scores: NDArray[np.float64], of: NDArray[np.bool_]) -> bool:
    """Tell whether some scores are lower than the others beyond chance."""
    from scipy.stats import mannwhitneyu

    if of.all() or not of.any():
        return False
    return float(mannwhitneyu(scores[of], scores[~of], alternative="less").pvalue) <= LEVEL
