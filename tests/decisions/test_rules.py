"""Rules that set a threshold."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.decisions import Above, AboveMaximum, AboveMean, AboveMedian
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
        (AboveMean(0), 1, [False, True, True]),
        (AboveMean(1), 2, [False, False, True]),
        (AboveMean(3), 4, [False, False, False]),
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
