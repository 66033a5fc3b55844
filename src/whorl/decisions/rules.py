"""Rules: each turns scores into decisions, most of them by a threshold."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.decisions.mixture import fall_into_two, used_probabilities
from whorl.errors import ScoreError
from whorl.methods.base import Scores


@dataclass(frozen=True, eq=False)
class Decisions:
    """Which candidates are said to be used.

    Attributes
    ----------
    ids : tuple of str
        The candidates' ids.
    used : ndarray of bool, shape (n,)
        True = used.
    threshold : float
        A candidate is used if its score is above this; infinite if none can be.
    p_values : ndarray of float64, shape (n,), or None
        Conformal p-values, where a reference gave them.
    rule : str
        The rule, in words.
    fdr : float or None
        The bound on the false discovery rate, where the rule guarantees one.
    warnings : tuple of str
        What is degenerate about the scores and the decisions, one sentence each.
    """

    ids: tuple[str, ...]
    used: NDArray[np.bool_]
    threshold: float
    rule: str
    p_values: NDArray[np.float64] | None = None
    fdr: float | None = None
    warnings: tuple[str, ...] = ()


class Rule(ABC):
    """Turns scores into decisions. Subclasses are frozen dataclasses."""

    @abstractmethod
    def decide(self, scores: Scores) -> Decisions:
        """Decide for every candidate."""

    @abstractmethod
    def describe(self) -> str:
        """Say the rule in words, without a full stop."""


class ThresholdRule(Rule):
    """A rule that sets a threshold: a candidate is used if its score is above it."""

    @abstractmethod
    def threshold(self, scores: Scores) -> float:
        """Return the value that a used candidate's score is above."""

    def decide(self, scores: Scores) -> Decisions:
        """Decide for every candidate."""
        threshold = self.threshold(scores)
        used = scores.values > threshold
        warnings = degenerate(scores.values, used)
        return Decisions(scores.ids, used, threshold, self.describe(), warnings=warnings)


@dataclass(frozen=True)
class Above(ThresholdRule):
    """Used if the score is above a fixed value.

    Examples
    --------
    >>> Above(0.5).decide(Scores(("a", "b"), np.array([0.5, 0.6]))).used
    array([False,  True])
    """

    value: float

    def threshold(self, scores: Scores) -> float:  # noqa: ARG002
        """Return the fixed value."""
        return self.value

    def describe(self) -> str:
        """Say the rule in words."""
        return f"score above {self.value:g}"


@dataclass(frozen=True)
class AboveMedian(ThresholdRule):
    """Used if the score is above the median of the candidates' scores: no scale is assumed."""

    def threshold(self, scores: Scores) -> float:
        """Return the candidates' median score."""
        return float(np.median(scores.values))

    def describe(self) -> str:
        """Say the rule in words."""
        return "score above the candidates' median"


@dataclass(frozen=True)
class AboveMaximum(ThresholdRule):
    """Used if the score is above every null score (VCMI's "threshold MAX").

    Examples
    --------
    >>> scores = Scores(("a", "b"), np.array([0.5, 0.9]), null=np.array([0.2, 0.6]))
    >>> AboveMaximum().decide(scores).used
    array([False,  True])
    """

    def threshold(self, scores: Scores) -> float:
        """Return the largest null score."""
        return float(null_of(scores).max())

    def describe(self) -> str:
        """Say the rule in words."""
        return "score above every null score"


@dataclass(frozen=True)
class AboveMean(ThresholdRule):
    """Used if the score is above the candidates' mean by more than k standard deviations.

    Attributes
    ----------
    deviations : float
        k; 0 = above the mean.

    Examples
    --------
    >>> AboveMean(1).decide(Scores(tuple("abcd"), np.array([0.0, 0.0, 0.0, 4.0]))).used
    array([False, False, False,  True])
    """

    deviations: float

    def threshold(self, scores: Scores) -> float:
        """Return mean + k · standard deviation of the candidates' scores."""
        return float(scores.values.mean() + self.deviations * scores.values.std())

    def describe(self) -> str:
        """Say the rule in words."""
        plural = "s" * (self.deviations != 1)
        return f"score above the mean by {self.deviations:g} standard deviation{plural}"


@dataclass(frozen=True)
class Outlying(ThresholdRule):
    """Used if the score stands out from the candidates': above median + k · 1.4826 · MAD.

    For candidates most of whom are not used; it assumes that their scores have one hump.

    Attributes
    ----------
    deviations : float
        k.

    Examples
    --------
    >>> values = np.array([0.1, 0.2, 0.3, 0.4, 2.0])
    >>> Outlying(3).decide(Scores(tuple("abcde"), values)).used
    array([False, False, False, False,  True])
    """

    deviations: float = 3.0

    def threshold(self, scores: Scores) -> float:
        """Return median + k · 1.4826 · MAD of the candidates' scores."""
        median = np.median(scores.values)
        spread = 1.4826 * np.median(np.abs(scores.values - median))
        return float(median + self.deviations * spread)

    def describe(self) -> str:
        """Say the rule in words."""
        return f"score more than {self.deviations:g} robust deviations above the median"


@dataclass(frozen=True)
class HighestF1(ThresholdRule):
    r"""Used if the score is above the value whose F1 is expected to be the highest.

    With the probabilities p of :func:`whorl.decisions.mixture.used_probabilities`, highest first,
    the first k candidates called used let expect

    .. math:: F_1 \approx 2 \sum_{i \le k} p_i / (k + \sum_i p_i).

    Without null scores so it is where the candidates' own scores fall clearly into two groups
    (:func:`whorl.decisions.mixture.fall_into_two`). A guess, without a guarantee: an audit with a
    reference does not rest on it.

    Attributes
    ----------
    otherwise : ThresholdRule
        The rule where there are neither null scores nor two groups.

    References
    ----------
    Lipton, Elkan, Narayanaswamy. Optimal thresholding of classifiers to maximize F1 measure. ECML
    2014.

    Examples
    --------
    >>> scores = Scores(tuple("abcd"), np.array([0.1, 0.3, 5, 6]), null=np.array([0.0, 0.2, 0.4]))
    >>> HighestF1().decide(scores).used
    array([False, False,  True,  True])
    """

    otherwise: ThresholdRule = Outlying()

    def threshold(self, scores: Scores) -> float:
        """Return the midpoint below the lowest score that is to be called used."""
        null = np.empty(0) if scores.null is None else scores.null
        if not len(null) and not fall_into_two(scores.values):
            return self.otherwise.threshold(scores)
        order = np.argsort(-scores.values, kind="stable")
        values = scores.values[order]
        probable = used_probabilities(scores.values, null)[order]
        expected = 2 * np.cumsum(probable) / (np.arange(1, len(values) + 1) + probable.sum())
        apart = np.append(values[1:] < values[:-1], True)  # equal scores share their decision
        best = int(np.argmax(np.where(apart, expected, -1)))
        if best + 1 == len(values):
            return float("-inf")
        return float((values[best] + values[best + 1]) / 2)

    def describe(self) -> str:
        """Say the rule in words."""
        return (
            "score above the value of highest expected F1, by null scores or by two groups that "
            f"the scores fall into; where there is neither, {self.otherwise.describe()}"
        )


def degenerate(values: NDArray[np.float64], used: NDArray[np.bool_]) -> tuple[str, ...]:
    """Say what makes scores and decisions worth nothing, one sentence each.

    Examples
    --------
    >>> degenerate(np.array([0.2, 0.7]), np.array([False, False]))
    ('no candidate is called used: the trivial row none-used says as much',)
    """
    found = list(without_ranking(values))
    if len(values) > 1 and not used.any():
        found.append("no candidate is called used: the trivial row none-used says as much")
    if len(values) > 1 and used.all():
        found.append("every candidate is called used: the trivial row all-used says as much")
    return tuple(found)


def without_ranking(values: NDArray[np.float64]) -> tuple[str, ...]:
    """Say so, in one sentence, where scores do not rank the candidates at all."""
    if len(values) > 1 and np.ptp(values) == 0:
        return ("all candidates have the same score: none is ranked above another",)
    return ()


def null_of(scores: Scores) -> NDArray[np.float64]:
    """Return the null scores.

    Raises
    ------
    ScoreError
        If there are none.
    """
    if scores.null is None or not len(scores.null):
        raise ScoreError("this rule needs null scores: give at least two candidates or a reference")
    return scores.null
