"""From scores to the answer: leakage shown, no evidence, or inconclusive.

With a reference, "leakage shown" rests on one of these, each with its own error rate where
nothing leaked:

- candidates flagged at the false discovery rate asked for (no leak: at most that often any flag);
- the candidates as a set score higher than the reference (level 1 %);
- the same by a second measure (level 1 %), so that a measure blind to a leak does not hide it.

Copies to the last grey value are leakage whatever the statistics say. Without a reference nothing
else is: the outcome is inconclusive.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np

from whorl.auditing.findings import Caution, Copies, Finding, Flags, Meaning, Reach, SetTest
from whorl.auditing.result import Outcome, Verdict
from whorl.decisions import Decisions
from whorl.methods import Scores
from whorl.similarity import Duplicates

SET_LEVEL = 0.01
EXCLUDED_AUC = 0.60  # "no evidence" needs every set test's upper bound at or below this
DETECTABLE_AUC = 0.70  # and enough images to have seen an effect of this size
Z_LEVEL = 2.326  # normal quantile of 1 − SET_LEVEL
Z_POWER = 0.842  # normal quantile of a power of 80 %


def compare_sets(scores: Scores, measure: str, *, seed: int = 0) -> SetTest:
    """Test whether the candidates score higher, as a set, than the reference.

    Parameters
    ----------
    scores : Scores
        With the reference's scores as null.
    measure : str
        What the finding calls the method that gave them.
    seed : int
        Seeds the bootstrap of the interval.

    Returns
    -------
    SetTest
        AUC with its 95 % bootstrap interval, and the one-sided Mann–Whitney p-value.

    Examples
    --------
    >>> scores = Scores(("a", "b"), np.array([2.0, 3.0]), null=np.array([0.0, 1.0]))
    >>> compare_sets(scores, "nearest-ssim").auc
    1.0
    """
    from scipy.stats import mannwhitneyu

    from whorl.decisions.rules import null_of
    from whorl.evaluation.intervals import bootstrap_scores
    from whorl.evaluation.metrics import auc, tally

    null = null_of(scores)
    candidate = np.arange(len(scores.values) + len(null)) < len(scores.values)
    counts = tally(np.concatenate([scores.values, null]), candidate)
    low, high = bootstrap_scores(counts, {"auc": auc}, seed=seed)["auc"]
    p_value = mannwhitneyu(scores.values, null, alternative="greater").pvalue
    return SetTest(
        meaning=Meaning.SHOWS if p_value <= SET_LEVEL else Meaning.LEAVES_OPEN,
        measure=measure,
        level=SET_LEVEL,
        auc=float(auc(counts)),
        low=low,
        high=high,
        p_value=float(p_value),
    )


def detectable_auc(candidates: int, reference: int) -> float:
    """Return the smallest AUC that a set test of this size shows four times in five.

    By the normal approximation of the Mann–Whitney statistic, at a level of 1 % and a power of
    80 %; 1 where no AUC is large enough.

    Examples
    --------
    >>> round(detectable_auc(200, 80), 2)
    0.62
    """
    error = sqrt((candidates + reference + 1) / (12 * candidates * reference))
    return min(1.0, 0.5 + (Z_LEVEL + Z_POWER) * error)


def judge(
    decisions: Decisions,
    set_tests: Sequence[SetTest],
    duplicates: Duplicates,
    *,
    reference: int,
) -> Verdict:
    """Put the findings into a verdict.

    Parameters
    ----------
    decisions : Decisions
        By :class:`~whorl.decisions.ConformalFDR` with a reference, else by the method's own rule.
    set_tests : sequence of SetTest
        By the audit's method, first, and by the second measure; empty without a reference.
    duplicates : Duplicates
        Between candidates and generated images.
    reference : int
        Number of reference images, 0 without.

    Returns
    -------
    Verdict
    """
    flags = flags_of(decisions, reference)
    findings: list[Finding] = [copies_of(duplicates), flags, *set_tests]
    if set_tests:
        findings.append(reach_of(flags.candidates, reference, set_tests))
    findings += [Caution(meaning=Meaning.ASIDE, sentence=text) for text in decisions.warnings]
    return Verdict(_outcome(findings), tuple(findings))


def copies_of(duplicates: Duplicates) -> Copies:
    """Return what exact copies of candidates among the generated images mean."""
    pairs = duplicates.exact_count
    return Copies(meaning=Meaning.SHOWS if pairs else Meaning.ASIDE, pairs=pairs)


def flags_of(decisions: Decisions, reference: int) -> Flags:
    """Return how many candidates are flagged, and how many members it takes for any to be."""
    flagged, candidates = int(decisions.used.sum()), len(decisions.ids)
    smallest = needed = None
    if decisions.fdr is not None:
        smallest = 1 / (reference + 1)
        needed = int(np.ceil(smallest * candidates / decisions.fdr - 1e-9))
    shows = flagged > 0 and decisions.fdr is not None
    return Flags(
        meaning=Meaning.SHOWS if shows else Meaning.LEAVES_OPEN,
        rule=decisions.rule,
        candidates=candidates,
        flagged=flagged,
        reference=reference,
        level=decisions.fdr,
        smallest_p_value=smallest,
        needed=needed,
    )


def reach_of(candidates: int, reference: int, set_tests: Sequence[SetTest]) -> Reach:
    """Return whether so many images would have shown a large leak, and how large one may be."""
    detectable = detectable_auc(candidates, reference)
    highest = max(test.high for test in set_tests)
    excludes = detectable <= DETECTABLE_AUC and highest <= EXCLUDED_AUC
    return Reach(
        meaning=Meaning.EXCLUDES if excludes else Meaning.LEAVES_OPEN,
        detectable=detectable,
        detectable_limit=DETECTABLE_AUC,
        highest=highest,
        highest_limit=EXCLUDED_AUC,
    )


def _outcome(findings: Sequence[Finding]) -> Outcome:
    """Return what the findings come to."""
    meanings = {finding.meaning for finding in findings}
    if Meaning.SHOWS in meanings:
        return Outcome.LEAKAGE
    return Outcome.NO_EVIDENCE if Meaning.EXCLUDES in meanings else Outcome.INCONCLUSIVE
