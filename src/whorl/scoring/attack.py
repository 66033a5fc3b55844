"""What an attack gains from the set: training images against holdout images, truth known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.benchmarking.resampling import SCORE_RESAMPLES, Answers, Said, figures
from whorl.errors import NeedError
from whorl.evaluation.intervals import LEVEL, wilson
from whorl.methods import Need
from whorl.runs import Entry
from whorl.scoring.dealing import BOOTSTRAP, WILSON, Interval
from whorl.scoring.sets import Sets
from whorl.tasks.view import View

FPR = 0.01


@dataclass(frozen=True, eq=False)
class Attacked:
    """How well an attack tells training images from holdout images.

    Attributes
    ----------
    tpr : float
        The share of training images that it finds at a false-positive rate of at most 1 %.
    interval : (float, float)
        95 %, over patients.
    made : str
        How the interval was made.
    auc : float
        The area under its ROC curve.
    """

    tpr: float
    interval: Interval
    made: str
    auc: float


def require_unaided(entry: Entry) -> None:
    """Raise an error if an attack needs more than generated images and candidates.

    Raises
    ------
    NeedError
        Naming what it needs.
    """
    if entry.method.needs:
        needs = " and ".join(
            "labelled images" if need is Need.DEVELOPMENT else f"a {need} set"
            if need is Need.REFERENCE else "pretrained weights"
            for need in sorted(entry.method.needs)
        )  # fmt: skip
        raise NeedError(
            f"--method {entry.name} needs {needs}: choose one that needs nothing (whorl methods "
            "lists them)"
        )


def attacked(sets: Sets, entry: Entry, *, seed: int = 0) -> Attacked:
    """Let an attack score training and holdout images alike, and see whom it finds.

    Parameters
    ----------
    sets : Sets
        What is scored.
    entry : Entry
        An attack that needs nothing but generated images and candidates.
    seed : int
        Seeds the attack and the bootstrap.
    """
    view = View(sets.generated, sets.training.joined(sets.holdout))
    scores = entry.score(view, seed=seed).values
    used = np.arange(len(scores)) < len(sets.training)
    patients = np.concatenate([sets.training_patients, sets.holdout_patients]).astype(np.int64)
    return judged(scores, used, patients, seed=seed)


def judged(
    scores: NDArray[np.float64],
    used: NDArray[np.bool_],
    patients: NDArray[np.int64],
    *,
    seed: int = 0,
) -> Attacked:
    """Return the true-positive rate at 1 % false positives, and its interval over patients.

    Parameters
    ----------
    scores : ndarray of float64, shape (n,)
        Higher = more likely a training image.
    used : ndarray of bool, shape (n,)
        Whether each is one. Both kinds are there.
    patients : ndarray of int64, shape (n,)
        Whose each is.

    Examples
    --------
    >>> scores, used = np.array([9.0, 8, 1, 5, 4, 3]), np.arange(6) < 3
    >>> found = judged(scores, used, np.arange(6))
    >>> round(found.tpr, 3), round(found.auc, 3)
    (0.667, 0.667)
    """
    drawn = figures(
        [Said(used, scores)], Answers(used, patients), seed=seed, resamples=SCORE_RESAMPLES
    )
    tpr = float(drawn["tpr_at_fpr_1"].value[0])
    auc = float(drawn["auc"].value[0])
    if tpr in (0, 1):
        trained = len(np.unique(patients[used]))
        return Attacked(tpr, wilson(trained if tpr else 0, trained), WILSON, auc)
    resampled = drawn["tpr_at_fpr_1"].resampled[0]
    low, high = np.nanquantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Attacked(tpr, (float(low), float(high)), BOOTSTRAP, auc)
