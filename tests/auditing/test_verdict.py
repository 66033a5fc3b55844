"""The verdict: what it takes for each of the three outcomes."""

from __future__ import annotations

import pytest

from tests.auditing.found import OWN_RULE, copies, flags, patients, set_test, shared, shift
from whorl.auditing import Finding, Meaning, Outcome
from whorl.auditing.verdict import judge

EXCLUDES, SHOWS = set_test(Meaning.EXCLUDES), set_test(Meaning.SHOWS)
OPEN, BELOW = set_test(), set_test(Meaning.CONTRADICTS)
PEOPLE = (copies(), patients())


@pytest.mark.parametrize(
    ("findings", "outcome"),
    [
        ((*PEOPLE, SHOWS, flags(3)), Outcome.LEAKAGE),
        ((*PEOPLE, SHOWS, flags()), Outcome.LEAKAGE),
        ((*PEOPLE, SHOWS, flags(3), shift()), Outcome.LEAKAGE),
        ((*PEOPLE, EXCLUDES, flags()), Outcome.NO_EVIDENCE),
        ((*PEOPLE, EXCLUDES, flags(), shift(fires=False)), Outcome.NO_EVIDENCE),
        ((*PEOPLE, EXCLUDES, flags(), shift()), Outcome.INCONCLUSIVE),
        ((*PEOPLE, EXCLUDES, flags(), shared()), Outcome.INCONCLUSIVE),
        ((*PEOPLE, OPEN, flags()), Outcome.INCONCLUSIVE),
        ((*PEOPLE, BELOW, flags()), Outcome.INCONCLUSIVE),
        ((*PEOPLE, OWN_RULE), Outcome.INCONCLUSIVE),
    ],
)
def test_outcomes(findings: tuple[Finding, ...], outcome: Outcome) -> None:
    assert judge(findings).outcome is outcome


@pytest.mark.parametrize("others", [(OWN_RULE,), (EXCLUDES,), (BELOW, shift(), shared())])
def test_exact_copies_are_leakage_whatever_the_statistics_say(others: tuple[Finding, ...]) -> None:
    found = judge((copies(1), patients(), *others))
    assert found.outcome is Outcome.LEAKAGE
    assert found.sentence == "Leakage shown: generated images are exact copies of candidates."
    assert found.advice == (
        "Do not release the generated images: some are pictures of real patients.",
    )


def test_every_finding_stays_in_the_verdict() -> None:
    findings = (*PEOPLE, SHOWS, flags(3), shift())
    assert judge(list(findings)).findings == findings
