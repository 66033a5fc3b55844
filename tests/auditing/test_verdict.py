"""The verdict: what it takes for each of the three outcomes."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.auditing import Outcome, SetTest
from whorl.auditing.verdict import compare_sets, detectable_auc, judge
from whorl.decisions import Decisions
from whorl.methods import Scores
from whorl.similarity import Duplicates

NOTHING = Duplicates((), (), 0, 0, 0.98)
COPIES = Duplicates((("a", "g"),), (), 1, 0, 0.98)
LEVEL = SetTest(0.5, 0.43, 0.57, 0.5)
CLOSER = SetTest(0.7, 0.62, 0.78, 0.0001)
WIDE = SetTest(0.5, 0.3, 0.7, 0.5)


def decisions(flagged: int, n: int = 200, fdr: float | None = 0.05) -> Decisions:
    used = np.arange(n) < flagged
    return Decisions(tuple(map(str, range(n))), used, 0.5, "the rule", fdr=fdr)


@pytest.mark.parametrize(
    ("flagged", "tests", "reference", "outcome", "words"),
    [
        (3, {"m": LEVEL}, 80, Outcome.LEAKAGE, "3 of 200 candidates are flagged"),
        (0, {"m": CLOSER}, 80, Outcome.LEAKAGE, "none can be named"),
        (0, {"m": LEVEL, "second": CLOSER}, 80, Outcome.LEAKAGE, "second; --method second may"),
        (0, {"m": LEVEL, "second": LEVEL}, 80, Outcome.NO_EVIDENCE, "No evidence of leakage"),
        (0, {"m": LEVEL, "second": WIDE}, 80, Outcome.INCONCLUSIVE, "cannot be ruled out"),
        (0, {"m": LEVEL}, 8, Outcome.INCONCLUSIVE, "cannot be ruled out"),
        (5, {}, 0, Outcome.INCONCLUSIVE, "5 of 200"),
        (0, {}, 0, Outcome.INCONCLUSIVE, "without a reference"),
    ],
)
def test_outcomes(
    flagged: int, tests: dict[str, SetTest], reference: int, outcome: Outcome, words: str
) -> None:
    found = judge(
        decisions(flagged, fdr=0.05 if reference else None), tests, NOTHING, reference=reference
    )
    assert found.outcome is outcome
    assert words in found.sentence
    assert ("No error rate is guaranteed" in found.guarantee) == (reference == 0)


def test_exact_copies_are_leakage_even_without_a_reference() -> None:
    found = judge(decisions(0, fdr=None), {}, COPIES, reference=0)
    assert found.outcome is Outcome.LEAKAGE
    assert "1 pair" in found.reasons[0]


def test_says_when_the_reference_is_too_small_to_flag_anything() -> None:
    """With 9 reference images the smallest p-value is 0.1: at 5 % nothing can be flagged."""
    found = judge(decisions(0, n=1), {"m": WIDE}, NOTHING, reference=9)
    assert any("too few for any candidate" in reason for reason in found.reasons)
    assert any("Give more reference images" in reason for reason in found.reasons)


def test_says_how_many_members_it_takes_to_flag_any() -> None:
    """p = 1/81 ≤ 0.05·k/200 from k = 50 (49.4) on."""
    found = judge(decisions(0), {"m": LEVEL}, NOTHING, reference=80)
    assert any("fewer than 50 members" in reason for reason in found.reasons)


def test_set_test_by_hand() -> None:
    """Scores 1, 3 against 0, 2: candidates win 3 of 4 comparisons; U = 3, exact p = 1/3."""
    found = compare_sets(Scores(("a", "b"), np.array([1.0, 3.0]), np.array([0.0, 2.0])))
    assert found.auc == 0.75
    assert found.p_value == pytest.approx(1 / 3)
    assert found.low <= found.auc <= found.high


def test_set_test_is_level_when_nothing_leaked() -> None:
    rng = np.random.default_rng(0)
    small = [
        compare_sets(Scores(tuple(map(str, range(30))), rng.normal(size=30), rng.normal(size=30)))
        for _ in range(60)
    ]
    assert 10 < sum(test.p_value <= 0.5 for test in small) < 50
    assert sum(test.low <= 0.5 <= test.high for test in small) >= 50


def test_detectable_auc_is_detected_four_times_in_five() -> None:
    """Normal scores shifted so that the AUC is the detectable one."""
    from scipy.stats import norm

    shift = np.sqrt(2) * norm.ppf(detectable_auc(60, 60))
    rng = np.random.default_rng(0)
    ids = tuple(map(str, range(60)))
    seen = [
        compare_sets(Scores(ids, rng.normal(shift, 1, 60), rng.normal(size=60))).p_value <= 0.01
        for _ in range(100)
    ]
    assert 65 <= sum(seen) <= 93


def test_detectable_auc_never_exceeds_one() -> None:
    assert detectable_auc(1, 1) == 1
