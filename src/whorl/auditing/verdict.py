"""From findings to the answer: leakage shown, no evidence, or inconclusive.

One level holds for all that is said. With a reference, "leakage shown" rests on one test of the set
as a whole, which permutes patients and looks at means and tails by two measures together: if
nothing leaked it comes up in at most that share of audits. Patients and images are flagged only
behind that gate, so they add nothing to it. Copies to the last grey value are leakage whatever the
statistics say. Without a reference nothing else is: the outcome is inconclusive.
"""

from __future__ import annotations

from collections.abc import Sequence

from whorl.auditing.findings import Finding, Meaning
from whorl.auditing.result import Outcome, Verdict


def judge(findings: Sequence[Finding]) -> Verdict:
    """Return what findings come to.

    What makes the comparison doubtful forbids "no evidence", and stands in the first sentence of
    a verdict of leakage; it does not take that verdict back.

    Examples
    --------
    >>> from whorl.auditing.findings import Copies
    >>> str(judge([Copies(meaning=Meaning.SHOWS, pairs=1)]).outcome)
    'leakage shown'
    """
    meanings = {finding.meaning for finding in findings}
    outcome = Outcome.INCONCLUSIVE
    if Meaning.SHOWS in meanings:
        outcome = Outcome.LEAKAGE
    elif Meaning.EXCLUDES in meanings and Meaning.CONTRADICTS not in meanings:
        outcome = Outcome.NO_EVIDENCE
    return Verdict(outcome, tuple(findings))
