"""Evaluate a run: metrics with their intervals, the trivial rows, and warnings."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from whorl.errors import RunFileError, ScoreError, WhorlError
from whorl.evaluation.direction import backwards
from whorl.evaluation.intervals import (
    FEWER_RESAMPLES,
    MANY_IMAGES,
    RESAMPLES,
    bootstrap_counts,
    bootstrap_scores,
    normal_bootstrap_scores,
    wilson,
)
from whorl.evaluation.metrics import (
    DECISION_METRICS,
    FPR_LIMITS,
    LABELS,
    SCORE_METRICS,
    Counts,
    Tally,
    count,
    tally,
)
from whorl.evaluation.result import Evaluation, Metric, ScoreEvaluation
from whorl.evaluation.trivial import trivial_rows
from whorl.seeds import require_seed
from whorl.tasks.names import advice, matched
from whorl.tasks.textfile import first_few
from whorl.tasks.view import Truth

WILSON = "Wilson"
BOOTSTRAP = f"percentile bootstrap, {RESAMPLES:,} resamples within each class"
NORMAL = f"normal bootstrap, {FEWER_RESAMPLES} resamples within each class"
NONE = "none"

Value = TypeVar("Value")


def evaluate(
    used: Mapping[str, bool],
    truth: Truth,
    scores: Mapping[str, float] | None = None,
    *,
    seed: int = 0,
) -> Evaluation:
    """Evaluate the decisions of a run, and its scores where they are given.

    Precision, recall, specificity and accuracy are proportions of images and get Wilson
    intervals; the other metrics get the bootstrap's. Ids are read as
    :func:`whorl.tasks.names.matched` reads them.

    Parameters
    ----------
    used : mapping of str to bool
        Candidate id → True (said to be used) or False.
    truth : Truth
        Which candidates were used. It must name the same candidates.
    scores : mapping of str to float, or None
        Candidate id → finite score, higher = more likely used; for the same candidates.
    seed : int
        Seeds the bootstrap.

    Raises
    ------
    RunFileError
        If the truth is empty, or the run names other images than the truth.
    ScoreError
        If the scores are of other images than the truth, or one is not a finite number.

    Examples
    --------
    >>> truth = Truth({"a": True, "b": True, "c": False, "d": False})
    >>> result = evaluate({"a": True, "b": False, "c": False, "d": False}, truth)
    >>> result.counts
    Counts(tp=1, fp=0, fn=1, tn=2)
    >>> round(result.metrics["f1"].value, 3), round(result.trivial["all used"]["f1"], 3)
    (0.667, 0.667)
    """
    require_seed(seed)
    ids = list(truth.used)
    if not ids:
        raise RunFileError("the truth names no image")
    decisions, notes = _in_order("run", used, ids, RunFileError)
    actual, decided = np.array([truth.used[i] for i in ids], bool), np.array(decisions, bool)
    counts = count(decided, actual)
    metrics = _decision_metrics(counts, seed)
    warnings = _warnings(counts)
    if scores is not None:
        judged = evaluate_scores(scores, truth, decided=decided, seed=seed)
        metrics |= judged.metrics
        notes += judged.notes
        warnings += judged.warnings
    warnings += _widthless(metrics)
    trivial = trivial_rows(int(actual.sum()), int((~actual).sum()))
    return Evaluation(counts, metrics, trivial, (*notes, *warnings), seed)


def evaluate_scores(
    scores: Mapping[str, float],
    truth: Truth,
    *,
    decided: NDArray[np.bool_] | None = None,
    seed: int = 0,
) -> ScoreEvaluation:
    """Evaluate scores alone: how well they rank the used above the others.

    Parameters
    ----------
    scores : mapping of str to float
        Candidate id → finite score, higher = more likely used.
    truth : Truth
        Which candidates were used. It must name the same candidates.
    decided : ndarray of bool, shape (n,), or None
        What a run says, in the truth's order, which the scores should not contradict.
    seed : int
        Seeds the bootstrap.

    Raises
    ------
    RunFileError
        If the truth is empty.
    ScoreError
        If the scores are of other images than the truth, or one is not a finite number.

    Examples
    --------
    >>> truth = Truth({"a": True, "b": True, "c": False})
    >>> evaluate_scores({"a": 3.0, "b": 1.0, "c": 2.0}, truth).metrics["auc"].value
    0.5
    """
    require_seed(seed)
    values, actual, notes = scores_in_order(scores, truth)
    tallied = tally(values, actual)
    metrics = _score_metrics(tallied, seed)
    warnings = _score_warnings(tallied)
    said = np.zeros_like(actual) if decided is None else decided
    warnings += backwards(values, said, actual, metrics["auc"])
    used = int(actual.sum())
    return ScoreEvaluation(used, len(actual) - used, metrics, tuple(notes), tuple(warnings), seed)


def scores_in_order(
    scores: Mapping[str, float], truth: Truth
) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[str]]:
    """Return scores and truth in the truth's order, and notes on ids that are written otherwise.

    Raises
    ------
    RunFileError, ScoreError
        As :func:`evaluate_scores` does.

    Examples
    --------
    >>> scores_in_order({"b": 1.0, "a": 3.0}, Truth({"a": True, "b": False}))
    (array([3., 1.]), array([ True, False]), [])
    """
    ids = list(truth.used)
    if not ids:
        raise RunFileError("the truth names no image")
    given, notes = _in_order("scores", scores, ids, ScoreError)
    return _finite(given, ids), np.array(list(truth.used.values()), bool), notes


def _in_order(
    what: str, given: Mapping[str, Value], ids: list[str], error: type[WhorlError]
) -> tuple[list[Value], list[str]]:
    """Return what is given of each image, and a note on ids that are written otherwise."""
    if list(given) == ids:
        return list(given.values()), []
    if len(ids) == len(given):
        with suppress(KeyError):
            return [given[i] for i in ids], []
    found = matched(given, ids)
    if len(found.given) == len(ids) == len(given):
        note = [f"{what}: {found.note}"] if found.note else []
        return [given[found.given[i]] for i in ids], note
    taken = set(found.given.values())
    lacking = [i for i in ids if i not in found.given]
    extra = [text for text in given if text not in taken]
    parts = []
    if lacking:
        parts.append(f"{len(lacking):,} of the truth are not in the {what} ({first_few(lacking)})")
    if extra:
        parts.append(f"{len(extra):,} of the {what} are not in the truth ({first_few(extra)})")
    if lacking and extra:
        parts.append(advice(lacking, extra, ids))
    raise error(f"the {what} and the truth name different images: {'; '.join(parts)}")


def _finite(scores: list[float], ids: list[str]) -> NDArray[np.float64]:
    """Return the scores as an array, checked."""
    values = np.array(scores, np.float64)
    if bad := [i for i, finite in zip(ids, np.isfinite(values), strict=True) if not finite]:
        raise ScoreError(f"the scores of these images are not finite numbers: {first_few(bad)}")
    return values


def _decision_metrics(counts: Counts, seed: int) -> dict[str, Metric]:
    """Return the metrics of a confusion table with their intervals."""
    tp, fp, fn, tn = (int(part) for part in counts)
    proportions = {
        "precision": (tp, tp + fp),
        "recall": (tp, tp + fn),
        "specificity": (tn, tn + fp),
        "accuracy": (tp + tn, tp + fp + fn + tn),
    }
    rest = {name: metric for name, metric in DECISION_METRICS.items() if name not in proportions}
    bootstrapped = bootstrap_counts(counts, rest, seed=seed)
    found = {}
    for name, metric in DECISION_METRICS.items():
        value = float(metric(counts, undefined=np.nan))
        if np.isnan(value):
            found[name] = Metric(0.0, None, None, NONE, "0 / 0, taken as 0")
        elif name in proportions:
            found[name] = Metric(value, *wilson(*proportions[name]), WILSON)
        else:
            found[name] = Metric(value, *bootstrapped[name], BOOTSTRAP)
    return found


def _score_metrics(scores: Tally, seed: int) -> dict[str, Metric]:
    """Return the metrics of scores with their intervals."""
    if not all(part.any() for part in scores):
        reason = "undefined: all images of the truth are of one class"
        return {name: Metric(None, None, None, NONE, reason) for name in SCORE_METRICS}
    many = sum(int(part.sum()) for part in scores) > MANY_IMAGES
    intervals = (normal_bootstrap_scores if many else bootstrap_scores)(
        scores, SCORE_METRICS, seed=seed
    )
    return {
        name: Metric(float(metric(scores)), *intervals[name], NORMAL if many else BOOTSTRAP)
        for name, metric in SCORE_METRICS.items()
    }


def _warnings(counts: Counts) -> list[str]:
    """Say what is degenerate about the truth and the decisions."""
    tp, fp, fn, tn = (int(part) for part in counts)
    found = []
    for there, what in ((tp + fn, "used"), (fp + tn, "not used")):
        if not there:
            found.append(f"no image of the truth is {what}: nothing can be told apart")
    if not tp + fp:
        found.append("the run calls no image used: it is the trivial row 'none used'")
    if not fn + tn:
        found.append("the run calls every image used: it is the trivial row 'all used'")
    return found


def _score_warnings(scores: Tally) -> list[str]:
    """Say what is degenerate about the scores."""
    found = []
    if len(scores.used) == 1:
        found.append("all scores are equal: they rank no image above another")
    not_used = int(scores.not_used.sum())
    strict = [LABELS[name] for name, limit in FPR_LIMITS.items() if not_used * limit < 1]
    if strict and not_used:
        found.append(
            f"with {not_used:,} images not used the smallest false-positive rate that can be seen "
            f"is {1 / not_used:.1%}: {', '.join(strict)} asks for no false positive at all"
        )
    return found


def _widthless(metrics: Mapping[str, Metric]) -> list[str]:
    """Say which bootstrap intervals have no width."""
    names = [
        LABELS[name]
        for name, metric in metrics.items()
        if metric.interval in (BOOTSTRAP, NORMAL) and metric.low == metric.high
    ]
    if not names:
        return []
    return [f"every resample gives the same {', '.join(names)}: no width does not mean certainty"]
