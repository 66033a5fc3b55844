"""The operating point of any run, chosen on development reals, and what to expect of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from whorl.decisions import Above
from whorl.methods.supervised import SupervisedMethod
from whorl.methods.thresholds import best_threshold
from whorl.runs.crossvalidation import FOLDS, CrossValidation, Labelled
from whorl.runs.entries import Entry
from whorl.tasks.view import Development


@dataclass(frozen=True, eq=False)
class Calibration:
    """A run with an operating point of its own.

    Attributes
    ----------
    entry : Entry
        The run; its rule is :class:`~whorl.decisions.Above` the operating point.
    expected : CrossValidation
        What to expect: each fold decided by the operating point of the other folds.
    """

    entry: Entry
    expected: CrossValidation


def calibrate(
    entry: Entry, development: Development, *, folds: int = FOLDS, seed: int = 0
) -> Calibration:
    """Choose the score above which calling development reals used has the best F1.

    A method that learns from labels gives each fold the scores of a fit on the others; any other
    scores all reals at once, as if they were candidates. Patients, or copies, are never parted.
    It holds on a test set whose scores have the same scale: as many generated images of the same
    generator, and as many candidates where a method compares these with each other.

    Parameters
    ----------
    entry : Entry
        Any run; its own rule is not used.
    development : Development
        The labelled set, whose reals may carry their patients.
    folds : int
        At least 2; fewer are made where a class has fewer patients.
    seed : int
        Seeds the folds, the run and the intervals.

    Raises
    ------
    WhorlError
        If patients are known of some reals only, or leave no two folds with both classes.

    Examples
    --------
    >>> from whorl.runs import entry
    >>> from whorl.tasks.sample import sample_task
    >>> found = calibrate(entry("nearest-correlation"), sample_task().view.development)
    >>> found.entry.rule.describe()[:13], found.expected.evaluation.metrics["f1"].value > 0.5
    ('score above 0', True)
    """
    labelled = Labelled.of(development)
    splits = list(labelled.splits(folds, seed))
    if isinstance(entry.method, SupervisedMethod):
        scores = labelled.held_out(entry, splits, seed)[1]
    else:
        scores = entry.score(labelled.view, seed=seed).values
    decided = np.zeros(len(scores), bool)
    for training, held_out in splits:
        threshold = best_threshold(scores[training], labelled.used[training])
        decided[held_out] = scores[held_out] > threshold
    chosen = Above(best_threshold(scores, labelled.used))
    return Calibration(
        replace(entry, rule=chosen), labelled.judged(len(splits), decided, scores, seed)
    )
