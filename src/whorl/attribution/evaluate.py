"""How well a run tells subsets: accuracy, balanced accuracy and the confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.attribution.view import NONE
from whorl.errors import ScoreError
from whorl.evaluation.intervals import LEVEL, RESAMPLES, wilson
from whorl.evaluation.result import Metric
from whorl.images.kinds import natural

WILSON, BOOTSTRAP = "Wilson", "bootstrap within subsets"


@dataclass(frozen=True, eq=False)
class SubsetEvaluation:
    """How well a run tells which subset each generated image comes from.

    Attributes
    ----------
    subsets : tuple of str
        What there is in the truth and in the run, in natural order, "none" last.
    confusion : ndarray of int, shape (subsets, subsets)
        Images of each subset (row) by what they were called (column).
    shares : tuple of tuple of Metric
        Each cell of the matrix as a share of its row; empty rows have no shares.
    accuracy, balanced_accuracy : Metric
        Share of right answers; mean over the subsets of the share of right answers.
    chance : float
        What a blind answer gets: the largest of the subsets' shares in the truth, which is
        1 / their number where they are of equal size.
    p_value : float
        Probability of so many right answers or more by chance, binomial, one-sided.
    wrongly_named : Metric or None
        Share of the images of none that were given a subset; None where there are no such.
    named_wrong : Metric or None
        Share of images of none among those that were given a subset; None where the run or the
        truth has no "none".
    left : Metric or None
        Share of images of a subset that were answered with none; None where the run has no "none".
    seed : int
        Seed of the bootstrap.
    """

    subsets: tuple[str, ...]
    confusion: NDArray[np.int64]
    shares: tuple[tuple[Metric, ...], ...]
    accuracy: Metric
    balanced_accuracy: Metric
    chance: float
    p_value: float
    wrongly_named: Metric | None
    named_wrong: Metric | None
    left: Metric | None
    seed: int

    @property
    def metrics(self) -> dict[str, Metric]:
        """Metrics under what readers call them."""
        every = {
            "accuracy": self.accuracy,
            "balanced accuracy": self.balanced_accuracy,
            "of none, given a subset": self.wrongly_named,
            "given a subset, of none": self.named_wrong,
            "of a subset, answered none": self.left,
        }
        return {name: metric for name, metric in every.items() if metric is not None}

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values for JSON."""
        return {
            "images": int(self.confusion.sum()),
            "subsets": list(self.subsets),
            "confusion": self.confusion.tolist(),
            "shares": [[asdict(share) for share in row] for row in self.shares],
            "metrics": {name: asdict(metric) for name, metric in self.metrics.items()},
            "chance": self.chance,
            "p_value": self.p_value,
            "seed": self.seed,
        }


def evaluate_subsets(
    answers: Sequence[str], truth: Sequence[str], *, seed: int = 0
) -> SubsetEvaluation:
    """Hold answers against the truth.

    Images count as independent draws of the generators at hand: intervals and p-value say nothing
    of other training sets.

    Parameters
    ----------
    answers : sequence of str
        A subset, or "none", for each image.
    truth : sequence of str
        The right ones.
    seed : int
        Seeds the bootstrap.

    Raises
    ------
    ScoreError
        If there is not one answer for each image, or no image.

    Examples
    --------
    >>> found = evaluate_subsets(["a", "b", "b", "b"], ["a", "a", "b", "b"])
    >>> found.accuracy.value, found.chance, round(found.p_value, 4)
    (0.75, 0.5, 0.3125)
    >>> found.confusion.tolist()
    [[1, 1], [0, 2]]
    """
    if len(answers) != len(truth) or not len(truth):
        raise ScoreError(f"{len(answers)} answers for {len(truth)} images")
    names = _names(answers, truth)
    place = {name: k for k, name in enumerate(names)}
    confusion = np.zeros((len(names), len(names)), np.int64)
    np.add.at(confusion, ([place[t] for t in truth], [place[a] for a in answers]), 1)
    n, right, rows = len(truth), int(np.trace(confusion)), confusion.sum(axis=1)
    chance = float(rows.max() / n)
    return SubsetEvaluation(
        subsets=names,
        confusion=confusion,
        shares=tuple(
            tuple(_share(int(cell), int(total)) for cell in row) if total else ()
            for row, total in zip(confusion, rows, strict=True)
        ),
        accuracy=_share(right, n),
        balanced_accuracy=_balanced(confusion, seed),
        chance=chance,
        p_value=_p_value(right, n, chance),
        **_of_none(confusion, names),
        seed=seed,
    )


def _names(answers: Sequence[str], truth: Sequence[str]) -> tuple[str, ...]:
    """Return all subsets in natural order, none last."""
    return tuple(sorted({*answers, *truth}, key=lambda name: (name == NONE, natural(name))))


def _share(count: int, of: int) -> Metric:
    """Return a share with its interval."""
    return Metric(count / of, *wilson(count, of), WILSON)


def _p_value(right: int, n: int, chance: float) -> float:
    """Return the probability of so many right answers by chance."""
    from scipy.stats import binomtest

    return float(binomtest(right, n, chance, alternative="greater").pvalue)


def _balanced(confusion: NDArray[np.int64], seed: int) -> Metric:
    """Return the mean of the subsets' shares of right answers, resampled within each."""
    rows = confusion.sum(axis=1)
    there = rows > 0
    totals, right = rows[there], np.diag(confusion)[there]
    drawn = np.random.default_rng(seed).binomial(totals, right / totals, (RESAMPLES, len(totals)))
    ends = np.quantile((drawn / totals).mean(axis=1), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    low, high = (float(end) for end in ends)
    return Metric(float((right / totals).mean()), low, high, BOOTSTRAP)


def _of_none(confusion: NDArray[np.int64], names: tuple[str, ...]) -> dict[str, Metric | None]:
    """Return what there is to say of answering none."""
    found: dict[str, Metric | None] = dict.fromkeys(("wrongly_named", "named_wrong", "left"))
    if NONE not in names:
        return found
    of_none, called_none = int(confusion[-1].sum()), int(confusion[:, -1].sum())
    of_subset, both = int(confusion[:-1].sum()), int(confusion[-1, -1])
    named = int(confusion.sum()) - called_none
    if of_none:
        found["wrongly_named"] = _share(of_none - both, of_none)
    if of_none and named:
        found["named_wrong"] = _share(of_none - both, named)
    if called_none and of_subset:
        found["left"] = _share(called_none - both, of_subset)
    return found
