"""Evaluate a run: metrics with their intervals, the trivial rows, and warnings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.errors import RunFileError, ScoreError
from whorl.evaluation.intervals import RESAMPLES, bootstrap_counts, bootstrap_scores, wilson
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
from whorl.evaluation.result import Evaluation, Metric
from whorl.evaluation.trivial import trivial_rows
from whorl.tasks.textfile import first_few
from whorl.tasks.view import Truth

WILSON = "Wilson"
BOOTSTRAP = f"percentile bootstrap, {RESAMPLES:,} resamples within each class"
NONE = "none"


def evaluate(
    used: Mapping[str, bool],
    truth: Truth,
    scores: Mapping[str, float] | None = None,
    *,
    seed: int = 0,
) -> Evaluation:
    """Evaluate the decisions of a run, and its scores where they are given.

    Precision, recall, specificity and accuracy are proportions of images and get Wilson
    intervals; the other metrics get the bootstrap's.

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
    ids = list(truth.used)
    if not ids:
        raise RunFileError("the truth names no image")
    if fault := _difference("run", used, ids):
        raise RunFileError(fault)
    actual = np.array([truth.used[i] for i in ids], bool)
    counts = count(np.array([used[i] for i in ids], bool), actual)
    metrics = _decision_metrics(counts, seed)
    tallied = None
    if scores is not None:
        tallied = tally(_values(scores, ids), actual)
        metrics |= _score_metrics(tallied, seed)
    warnings = (*_warnings(counts, tallied), *_widthless(metrics))
    trivial = trivial_rows(int(actual.sum()), int((~actual).sum()))
    return Evaluation(counts, metrics, trivial, warnings, seed)


def _difference(what: str, given: Mapping[str, Any], ids: list[str]) -> str:
    """Say which images `given` lacks or has too many of; empty if none."""
    true = set(ids)
    lacking, extra = [i for i in ids if i not in given], [i for i in given if i not in true]
    parts = []
    if lacking:
        parts.append(f"{len(lacking):,} of the truth are not in the {what} ({first_few(lacking)})")
    if extra:
        parts.append(f"{len(extra):,} of the {what} are not in the truth ({first_few(extra)})")
    return f"the {what} and the truth name different images: {'; '.join(parts)}" if parts else ""


def _values(scores: Mapping[str, float], ids: list[str]) -> NDArray[np.float64]:
    """Return the scores in the order of `ids`, checked."""
    if fault := _difference("scores", scores, ids):
        raise ScoreError(fault)
    values = np.array([scores[i] for i in ids], np.float64)
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
    bootstrapped = bootstrap_scores(scores, SCORE_METRICS, seed=seed)
    return {
        name: Metric(float(metric(scores)), *bootstrapped[name], BOOTSTRAP)
        for name, metric in SCORE_METRICS.items()
    }


def _warnings(counts: Counts, scores: Tally | None) -> list[str]:
    """Say what is degenerate about the truth, the decisions and the scores."""
    tp, fp, fn, tn = (int(part) for part in counts)
    found = []
    for there, what in ((tp + fn, "used"), (fp + tn, "not used")):
        if not there:
            found.append(f"no image of the truth is {what}: nothing can be told apart")
    if not tp + fp:
        found.append("the run calls no image used: it is the trivial row 'none used'")
    if not fn + tn:
        found.append("the run calls every image used: it is the trivial row 'all used'")
    if scores is not None:
        found += _score_warnings(scores)
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
        if metric.interval == BOOTSTRAP and metric.low == metric.high
    ]
    if not names:
        return []
    return [f"every resample gives the same {', '.join(names)}: no width does not mean certainty"]
