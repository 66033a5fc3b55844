"""The verdict: what it takes for each of the three outcomes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from whorl.auditing import Meaning, Outcome, SetTest
from whorl.auditing.findings import Caution, Flags, Reach
from whorl.auditing.verdict import compare_sets, detectable_auc, judge
from whorl.decisions import Decisions
from whorl.methods import Scores
from whorl.similarity import Duplicates

NOTHING = Duplicates((), (), 0, 0, 0.98)
COPIES = Duplicates((("a", "g"),), (), 1, 0, 0.98)


def set_test(measure: str, auc: float, low: float, high: float, p_value: float) -> SetTest:
    shows = p_value <= 0.01
    return SetTest(
        meaning=Meaning.SHOWS if shows else Meaning.LEAVES_OPEN,
        measure=measure, level=0.01, auc=auc, low=low, high=high, p_value=p_value,
    )  # fmt: skip


def level(measure: str) -> SetTest:
    return set_test(measure, 0.5, 0.43, 0.57, 0.5)


def closer(measure: str) -> SetTest:
    return set_test(measure, 0.7, 0.62, 0.78, 0.0001)


def wide(measure: str) -> SetTest:
    return set_test(measure, 0.5, 0.3, 0.7, 0.5)


def decisions(flagged: int, n: int = 200, fdr: float | None = 0.05) -> Decisions:
    used = np.arange(n) < flagged
    return Decisions(tuple(map(str, range(n))), used, 0.5, "the rule", fdr=fdr)


@pytest.mark.parametrize(
    ("flagged", "tests", "reference", "outcome", "words"),
    [
        (3, [level("m")], 80, Outcome.LEAKAGE, "3 of 200 candidates are flagged"),
        (0, [closer("m")], 80, Outcome.LEAKAGE, "none can be named"),
        (0, [level("m"), closer("second")], 80, Outcome.LEAKAGE, "second; --method second may"),
        (0, [level("m"), level("second")], 80, Outcome.NO_EVIDENCE, "No evidence of leakage"),
        (0, [level("m"), wide("second")], 80, Outcome.INCONCLUSIVE, "cannot be ruled out"),
        (0, [level("m")], 8, Outcome.INCONCLUSIVE, "cannot be ruled out"),
        (5, [], 0, Outcome.INCONCLUSIVE, "5 of 200"),
        (0, [], 0, Outcome.INCONCLUSIVE, "without a reference"),
    ],
)
def test_outcomes(
    flagged: int, tests: list[SetTest], reference: int, outcome: Outcome, words: str
) -> None:
    found = judge(
        decisions(flagged, fdr=0.05 if reference else None), tests, NOTHING, reference=reference
    )
    assert found.outcome is outcome
    assert words in found.sentence
    assert ("No error rate is guaranteed" in found.guarantee) == (reference == 0)


def test_exact_copies_are_leakage_even_without_a_reference() -> None:
    found = judge(decisions(0, fdr=None), [], COPIES, reference=0)
    assert found.outcome is Outcome.LEAKAGE
    assert "1 pair" in found.reasons[0]


def test_says_when_the_reference_is_too_small_to_flag_anything() -> None:
    """With 9 reference images the smallest p-value is 0.1: at 5 % nothing can be flagged."""
    found = judge(decisions(0, n=1), [wide("m")], NOTHING, reference=9)
    assert any("too few for any candidate" in reason for reason in found.reasons)
    assert any("Give more reference images" in reason for reason in found.reasons)


def test_says_how_many_members_it_takes_to_flag_any() -> None:
    """p = 1/81 ≤ 0.05·k/200 from k = 50 (49.4) on."""
    found = judge(decisions(0), [level("m")], NOTHING, reference=80)
    assert any("fewer than 50 members" in reason for reason in found.reasons)


def test_set_test_by_hand() -> None:
    """Scores 1, 3 against 0, 2: candidates win 3 of 4 comparisons; U = 3, exact p = 1/3."""
    found = compare_sets(Scores(("a", "b"), np.array([1.0, 3.0]), np.array([0.0, 2.0])), "m")
    assert found.auc == 0.75
    assert found.p_value == pytest.approx(1 / 3)
    assert found.low <= found.auc <= found.high


def test_set_test_is_level_when_nothing_leaked() -> None:
    rng = np.random.default_rng(0)
    ids = tuple(map(str, range(30)))
    small = [
        compare_sets(Scores(ids, rng.normal(size=30), rng.normal(size=30)), "m") for _ in range(60)
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
        compare_sets(Scores(ids, rng.normal(shift, 1, 60), rng.normal(size=60)), "m").p_value
        <= 0.01
        for _ in range(100)
    ]
    assert 65 <= sum(seen) <= 93


def test_detectable_auc_never_exceeds_one() -> None:
    assert detectable_auc(1, 1) == 1


def test_every_test_that_was_made_is_a_finding() -> None:
    found = judge(decisions(3), [level("m"), closer("second")], NOTHING, reference=80)
    assert [finding.kind for finding in found.findings] == [
        "copies",
        "flags",
        "set",
        "set",
        "reach",
    ]
    assert [test.measure for test in found.set_tests] == ["m", "second"]
    flags = next(f for f in found.findings if isinstance(f, Flags))
    assert (flags.flagged, flags.needed, flags.smallest_p_value) == (3, 50, 1 / 81)


def test_what_is_degenerate_is_a_finding_and_a_reason() -> None:
    with_warning = replace(decisions(0), warnings=("all candidates have the same score",))
    found = judge(with_warning, [level("m")], NOTHING, reference=80)
    assert isinstance(found.findings[-1], Caution)
    assert found.reasons[-1] == "All candidates have the same score."


def test_what_may_have_been_overlooked_is_told_only_where_nothing_was_shown() -> None:
    shown = judge(decisions(3), [wide("m")], NOTHING, reference=80)
    assert any(isinstance(finding, Reach) for finding in shown.findings)
    assert not any("reach up to" in reason for reason in shown.reasons)
