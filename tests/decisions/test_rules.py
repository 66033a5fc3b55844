"""Rules that set a threshold."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.decisions import Above, AboveMaximum, AboveMedian, HighestF1, Outlying
from whorl.errors import ScoreError
from whorl.methods import Scores

IDS = ("a", "b", "c")
SCORES = Scores(IDS, np.array([1.0, 2.0, 3.0]), null=np.array([0.0, 2.0]))


@pytest.mark.parametrize(
    ("rule", "threshold", "used"),
    [
        (Above(1.5), 1.5, [False, True, True]),
        (AboveMedian(), 2, [False, False, True]),
        (AboveMaximum(), 2, [False, False, True]),
    ],
    ids=repr,
)
def test_by_hand(rule, threshold: float, used: list[bool]) -> None:
    decisions = rule.decide(SCORES)
    assert decisions.threshold == threshold
    np.testing.assert_array_equal(decisions.used, used)
    assert decisions.p_values is None
    assert decisions.fdr is None
    assert decisions.rule == rule.describe()


@pytest.mark.parametrize("null", [None, np.empty(0)])
def test_a_rule_without_its_null_is_named(null) -> None:
    with pytest.raises(ScoreError, match="needs null scores"):
        AboveMaximum().decide(Scores(IDS, SCORES.values, null))


@pytest.mark.parametrize(
    ("values", "warnings"),
    [
        ([0.2, 0.7], ()),
        ([0.2, 0.3], ("no candidate is called used",)),
        ([0.6, 0.7], ("every candidate is called used",)),
        ([0.7, 0.7], ("all candidates have the same score", "every candidate is called used")),
        ([0.7], ()),
    ],
)
def test_degenerate_decisions_carry_warnings(
    values: list[float], warnings: tuple[str, ...]
) -> None:
    ids = tuple(map(str, range(len(values))))
    found = Above(0.5).decide(Scores(ids, np.array(values))).warnings
    assert len(found) == len(warnings)
    for sentence, beginning in zip(found, warnings, strict=True):
        assert sentence.startswith(beginning)


def test_highest_f1_is_found_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probabilities .9, .6, .2 and .1 add up to 1.8: 2·.9/2.8, 2·1.5/3.8, 2·1.7/4.8, 2·1.8/5.8."""
    found = np.array([0.2, 0.9, 0.1, 0.6])
    monkeypatch.setattr("whorl.decisions.rules.used_probabilities", lambda *_: found)
    scores = Scores(("a", "b", "c", "d"), np.array([1.0, 5.0, 0.0, 4.0]), np.array([0.5]))
    decisions = HighestF1().decide(scores)
    assert decisions.threshold == (4 + 1) / 2
    np.testing.assert_array_equal(decisions.used, [False, True, False, True])


def test_highest_f1_decides_equal_scores_alike() -> None:
    scores = Scores(tuple("abcd"), np.array([2.0, 2.0, 2.0, 0.0]), np.array([0.0, 0.1, 0.2]))
    np.testing.assert_array_equal(HighestF1().decide(scores).used, [True, True, True, False])
    alike = Scores(tuple("abcd"), np.ones(4), np.ones(2))
    assert len(set(HighestF1().decide(alike).used.tolist())) == 1


def test_highest_f1_without_null_scores_goes_by_two_groups() -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(0, 1, 30), rng.normal(8, 1, 20)])
    scores = Scores(tuple(f"c{k}" for k in range(50)), values)
    np.testing.assert_array_equal(HighestF1().decide(scores).used, np.arange(50) >= 30)


def test_highest_f1_without_null_scores_or_groups_goes_by_what_stands_out() -> None:
    scores = Scores(tuple("abcde"), np.array([1.0, 2.0, 3.0, 4.0, 9.0]))
    assert HighestF1().threshold(scores) == Outlying().threshold(scores)
    assert Outlying().threshold(scores) == pytest.approx(3 + 3 * 1.4826)
    np.testing.assert_array_equal(HighestF1().decide(scores).used, [False] * 4 + [True])
