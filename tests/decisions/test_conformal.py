"""Conformal p-values and the false discovery rate that they bound."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.decisions import ConformalFDR, conformal_p_values
from whorl.errors import ScoreError
from whorl.methods import Scores


def scores(values: list[float] | np.ndarray, null: list[float] | np.ndarray) -> Scores:
    return Scores(
        tuple(str(k) for k in range(len(values))), np.array(values, float), np.array(null, float)
    )


def test_p_values_by_hand_with_ties() -> None:
    p = conformal_p_values(np.array([4.0, 3.0, 2.5, 0.0]), np.array([3.0, 1.0, 2.0]))
    np.testing.assert_allclose(p, [1 / 4, 2 / 4, 2 / 4, 4 / 4])


def test_benjamini_hochberg_by_hand() -> None:
    """With 99 null scores 0 … 98: p of 99 is 0.01, of 97.5 is 0.02, of 95 is 0.05, of 0 is 1.

    At 0.05, p(k) ≤ 0.05·k/4 holds for k = 1 (0.0125) and k = 2 (0.025), not for 3 (0.0375).
    """
    decisions = ConformalFDR(0.05).decide(scores([99, 95, 97.5, 0], np.arange(99)))
    assert decisions.p_values is not None
    np.testing.assert_allclose(decisions.p_values, [0.01, 0.05, 0.02, 1])
    np.testing.assert_array_equal(decisions.used, [True, False, True, False])
    assert decisions.threshold == 97
    assert decisions.fdr == 0.05


def test_flags_at_exact_equality() -> None:
    """With 19 null scores and one candidate above all, p = 0.05 = α."""
    assert ConformalFDR(0.05).decide(scores([50], np.arange(19))).used.all()
    assert not ConformalFDR(0.05).decide(scores([50], np.arange(18))).used.any()


def test_threshold_is_infinite_if_nothing_is_flagged() -> None:
    decisions = ConformalFDR(0.05).decide(scores([5, 6], [1, 2, 3]))
    assert not decisions.used.any()
    assert decisions.threshold == np.inf


def test_flagged_scores_are_above_the_threshold_and_others_not() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        given = scores(np.r_[rng.normal(size=20), rng.normal(3, 1, 20)], rng.normal(size=60))
        decisions = ConformalFDR(0.2).decide(given)
        np.testing.assert_array_equal(given.values > decisions.threshold, decisions.used)


def test_a_reference_too_small_for_any_flag_is_said_to_be() -> None:
    """With 18 null scores no p-value is below 1/19, and 0.05 is; with 19 one of 0.05 can be."""
    (warning,) = ConformalFDR(0.05).decide(scores([5, 6], np.arange(18))).warnings
    assert warning.startswith("18 reference images are too few to flag any candidate")
    assert warning.endswith("the smallest p-value is 1/19, and a rate of 0.05 needs at least 19")
    assert ConformalFDR(0.05).decide(scores([5, 6], np.arange(19))).warnings == ()


def test_scores_that_rank_nothing_are_said_to_and_that_none_is_flagged_is_no_warning() -> None:
    (warning,) = ConformalFDR(0.2).decide(scores([5, 5], np.arange(9))).warnings
    assert warning.startswith("all candidates have the same score")


def test_false_discovery_rate_is_held() -> None:
    """200 sets of 40 candidates, half of them members: the mean false share stays at α or below."""
    rng = np.random.default_rng(0)
    shares = []
    for _ in range(200):
        given = scores(np.r_[rng.normal(size=20), rng.normal(3, 1, 20)], rng.normal(size=80))
        used = ConformalFDR(0.1).decide(given).used
        shares.append(used[:20].sum() / max(used.sum(), 1))
    assert 0.02 < np.mean(shares) <= 0.1


def test_needs_a_reference() -> None:
    with pytest.raises(ScoreError, match="a reference"):
        ConformalFDR().decide(Scores(("a",), np.zeros(1)))


@pytest.mark.parametrize("fdr", [0, 1, -0.1, 5])
def test_rate_must_lie_between_0_and_1(fdr: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        ConformalFDR(fdr)
