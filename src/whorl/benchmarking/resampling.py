"""The paired bootstrap: all methods of a task on the same resampled candidates.

Candidates are drawn with replacement within the used and within those not used, as
:mod:`whorl.evaluation.intervals` has it; where patients are known, whole patients are drawn. A
resample is how often each candidate was drawn, so that all confusion tables of all methods are one
matrix product.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.evaluation.metrics import DECISION_METRICS, SCORE_METRICS, Counts, Tally

Floats = NDArray[np.float64]
Times = NDArray[np.float32]

RESAMPLES = 10_000
SCORE_RESAMPLES = 2_000  # of them, for intervals of the metrics of scores, which take longer
AT_ONCE = 4_000_000  # draws held at a time

DECIDED = ("f1", "accuracy", "precision", "recall", "specificity", "kappa")
SCORED = ("auc", "tpr_at_fpr_1", "tpr_at_fpr_10")
MEASURES = DECIDED + SCORED
"""The figures of a leaderboard; of all, higher is better."""


@dataclass(frozen=True, eq=False)
class Answers:
    """The truth about a task's candidates.

    Attributes
    ----------
    used : ndarray of bool, shape (n,)
        Whether each was used.
    patients : ndarray of int, shape (n,), or None
        Whose each is, where that is known.
    """

    used: NDArray[np.bool_]
    patients: NDArray[np.int64] | None = None


@dataclass(frozen=True, eq=False)
class Said:
    """What one method says of the candidates.

    Attributes
    ----------
    used : ndarray of bool, shape (n,)
        Its decisions.
    scores : ndarray of float64, shape (n,), or None
        Higher = more likely used; None where only decisions are known.
    """

    used: NDArray[np.bool_]
    scores: Floats | None = None


@dataclass(frozen=True, eq=False)
class Drawn:
    """A figure of several methods, on all candidates and on each resample.

    Attributes
    ----------
    value : ndarray of float64, shape (m,)
        NaN where a method has no such figure.
    resampled : ndarray of float64, shape (m, b)
        The same on each resample.
    """

    value: Floats
    resampled: Floats


def figures(
    said: list[Said],
    answers: Answers,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    score_resamples: int = SCORE_RESAMPLES,
) -> dict[str, Drawn]:
    """Return every figure of every method, on the candidates and on resamples of them.

    Parameters
    ----------
    said : list of Said
        What each method says, at least one.
    answers : Answers
        The truth, with at least one candidate.
    seed : int
        Seeds the resampling.
    resamples, score_resamples : int
        How many, and of them how many for the metrics of scores.

    Returns
    -------
    dict of str to Drawn
        By the names in ``MEASURES``.

    Examples
    --------
    >>> truth = np.array([True, True, False, False])
    >>> found = figures([Said(truth), Said(~truth)], Answers(truth), resamples=10)
    >>> found["f1"].value, found["f1"].resampled.shape, found["auc"].value
    (array([1., 0.]), (2, 10), array([nan, nan]))
    """
    once = np.ones((1, len(answers.used)), np.float32)
    decided = np.array([one.used for one in said])
    chunks: dict[str, list[Floats]] = {name: [] for name in MEASURES}
    for start, times in _resamples(answers, resamples, seed):
        for name, values in decision_figures(times, decided, answers.used).items():
            chunks[name].append(values)
        left = min(resamples, score_resamples) - start
        if left > 0:
            for name, values in score_figures(times[:left], said, answers.used).items():
                chunks[name].append(values)
    exact = decision_figures(once, decided, answers.used)
    exact |= score_figures(once, said, answers.used)
    return {
        name: Drawn(exact[name][:, 0], np.concatenate(parts, axis=1))
        for name, parts in chunks.items()
    }


def decision_figures(
    times: Times, decided: NDArray[np.bool_], used: NDArray[np.bool_]
) -> dict[str, Floats]:
    """Return the metrics of decisions, each of shape (m, b); what is 0 / 0 is taken as 0.

    Parameters
    ----------
    times : ndarray of float32, shape (b, n)
        How often each resample has each candidate.
    decided : ndarray of bool, shape (m, n)
        What each method says.
    used : ndarray of bool, shape (n,)
        The truth.
    """
    true, false = times[:, used], times[:, ~used]
    tp = np.asarray(decided[:, used].astype(np.float32) @ true.T, float)  # whole numbers: exact
    fp = np.asarray(decided[:, ~used].astype(np.float32) @ false.T, float)
    counts = Counts(tp, fp, true.sum(axis=1, dtype=float) - tp, false.sum(axis=1, dtype=float) - fp)
    return {name: DECISION_METRICS[name](counts) for name in DECIDED}


def score_figures(times: Times, said: list[Said], used: NDArray[np.bool_]) -> dict[str, Floats]:
    """Return the metrics of scores, each of shape (m, b); NaN where there are no scores."""
    found: Mapping[str, Floats] = {
        name: np.full((len(said), len(times)), np.nan) for name in SCORED
    }
    for row, one in enumerate(said):
        if one.scores is not None:
            tallied = _tallied(times, one.scores, used)
            for name in SCORED:
                found[name][row] = SCORE_METRICS[name](tallied)
    return dict(found)


def _tallied(times: Times, scores: Floats, used: NDArray[np.bool_]) -> Tally:
    """Return how many images of each class each resample has at each distinct score."""
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.diff(scores[order], prepend=-np.inf))
    drawn = times[:, order]
    true = np.where(used[order], drawn, np.float32(0))
    parts = [true, drawn - true]
    if len(starts) < len(scores):  # some are tied
        parts = [np.add.reduceat(part, starts, axis=1) for part in parts]
    return Tally(*(part.astype(np.int64) for part in parts))


def _resamples(answers: Answers, resamples: int, seed: int) -> Iterator[tuple[int, Times]]:
    """Yield the number of the first, and how often some resamples have each candidate."""
    rng = np.random.default_rng(seed)
    n = len(answers.used)
    step = max(1, AT_ONCE // n)
    for start in range(0, resamples, step):
        rows = min(step, resamples - start)
        times = np.zeros((rows, n), np.float32)
        if answers.patients is None:
            for side in (answers.used, ~answers.used):
                times[:, side] = _drawn(rows, int(side.sum()), rng)
        else:
            _, codes = np.unique(answers.patients, return_inverse=True)
            times[:] = _drawn(rows, int(codes.max()) + 1, rng)[:, codes]
        yield start, times


def _drawn(rows: int, n: int, rng: np.random.Generator) -> Times:
    """Draw n of n with replacement, and count; shape (rows, n)."""
    if n == 0:
        return np.zeros((rows, 0), np.float32)
    drawn = rng.integers(n, size=(rows, n)) + n * np.arange(rows)[:, None]
    return np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n).astype(np.float32)
