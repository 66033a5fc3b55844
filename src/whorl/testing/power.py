"""Checks of what scores say: planted copies are found, and nothing where nothing is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whorl.decisions import conformal_p_values
from whorl.methods.parts import parts_of
from whorl.methods.supervised import SupervisedMethod
from whorl.networks.training import Plan
from whorl.runs import Entry
from whorl.testing.check import Check, planted_view, reference_for, require
from whorl.testing.worlds import development, null_view, planted_task

FOUND = 0.9
"""The AUC that planted copies ask for, above what a blind attack reaches by luck in three tasks."""
TIED = 0.2
"""The share of pairs of images that may have one score."""
LEVELS = (0.1, 0.3, 0.5, 0.7)
REFERENCE = 9


def _finds_planted_copies(entry: Entry) -> None:
    """Ask for the AUC in each of three tasks, all of whose used candidates are copied."""
    from sklearn.metrics import roc_auc_score

    aucs = []
    for seed in range(3):
        task = planted_task(seed, reference=reference_for(entry), evenly=True)
        scores = entry.method.score(task.view)
        aucs.append(roc_auc_score([task.truth.used[i] for i in scores.ids], scores.values))
    found = ", ".join(f"{auc:.3f}" for auc in aucs)
    require(min(aucs) > FOUND, f"AUC {found} on three tasks: each must be above {FOUND}")


def _finds_nothing_where_nothing_is(entry: Entry) -> None:
    """Draw labels at random: the mean AUC of three tasks lies within its interval of 99.9 %."""
    from sklearn.metrics import roc_auc_score

    candidates, tasks = 40, 3
    aucs = []
    for seed in range(tasks):
        view = null_view(seed, candidates=candidates, reference=reference_for(entry))
        truth = np.random.default_rng(seed).permutation(candidates) < candidates // 2
        aucs.append(roc_auc_score(truth, entry.method.score(view, seed=seed).values))
    deviation = np.sqrt((candidates + 1) / (3 * candidates**2) / tasks)  # of Mann and Whitney's U
    mean = np.mean(aucs)
    require(abs(mean - 0.5) < 3.3 * deviation, f"mean AUC {mean:.3f} of labels drawn at random")


def _scores_differ(entry: Entry) -> None:
    """Look at the range of the scores in a task with planted copies."""
    values = entry.method.score(planted_view(entry, 6)).values
    require(np.ptp(values) > 0, f"every candidate scores {values[0]:g}")


def _scores_seldom_tie(entry: Entry) -> None:
    """Count the pairs of candidates with one score where nothing was used."""
    view = null_view(6, candidates=24, reference=reference_for(entry))
    values = entry.method.score(view).values
    equal = np.equal.outer(values, values)[np.triu_indices(len(values), 1)].mean()
    require(equal <= TIED, f"{equal:.0%} of the pairs of images tie: at most {TIED:.0%} may")


def _p_values_are_uniform(entry: Entry) -> None:
    """Take one p-value from each of many tasks, so that the count below a level is binomial.

    Where scores tie, a p-value that counts ties may be too large, never too small, and one that
    counts none too small, never too large. Where none tie, the two are one.
    """
    from scipy.stats import binom

    with_ties, without_ties = _p_values(entry)
    tasks = len(with_ties)
    for level in LEVELS:
        low, high = (float(binom.ppf(share, tasks, level)) for share in (0.0005, 0.9995))
        at_least = np.count_nonzero(with_ties <= level + 1e-9)
        at_most = np.count_nonzero(without_ties <= level + 1e-9)
        expected = f"of {tasks} tasks, and {low:g} to {high:g} are to be expected"
        require(at_least <= high, f"p ≤ {level} in {at_least} {expected}")
        require(at_most >= low, f"p ≤ {level} in {at_most} {expected}")


def _p_values(entry: Entry) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a non-member's p-value in each of many tasks, with ties counted and without."""
    method = entry.method
    trains = any(isinstance(part, Plan) for part in parts_of(method))
    tasks = 40 if trains and not isinstance(method, SupervisedMethod) else 120
    if isinstance(method, SupervisedMethod):  # once for all: what was learned is no chance here
        method = method.fit(development(np.random.default_rng(tasks)))
    p_values = []
    for seed in range(tasks):
        scores = method.score(null_view(seed, candidates=1, reference=REFERENCE), seed=seed)
        if scores.null is None:
            raise AssertionError("a view with a reference gave no null scores")
        bounds = np.append(scores.values, np.nextafter(scores.values, np.inf))
        p_values.append(conformal_p_values(bounds, scores.null))
    with_ties, without_ties = np.transpose(p_values)
    return with_ties, without_ties


POWER = (
    Check(
        "finds_planted_copies",
        f"Where generated images are noisy copies of used candidates, the AUC is above {FOUND}.",
        _finds_planted_copies,
    ),
    Check(
        "finds_nothing_where_nothing_is",
        "Where nothing was used, the scores know nothing of labels drawn at random.",
        _finds_nothing_where_nothing_is,
    ),
    Check("scores_differ", "Not all candidates have the same score.", _scores_differ),
    Check(
        "scores_seldom_tie",
        f"Of two different images, at most {TIED:.0%} have the same score.",
        _scores_seldom_tie,
    ),
    Check(
        "p_values_of_non_members_are_uniform",
        "Candidates that were not used are exchangeable with the reference: p-values are uniform.",
        _p_values_are_uniform,
    ),
)
"""What every attack promises about its scores."""
