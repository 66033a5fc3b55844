"""From scores to the answer: leakage shown, no evidence, or inconclusive, and why.

With a reference, "leakage shown" rests on one of these, each with its own error rate where
nothing leaked:

- candidates flagged at the false discovery rate asked for (no leak: at most that often any flag);
- the candidates as a set score higher than the reference (level 1 %);
- the same by a second measure (level 1 %), so that a measure blind to a leak does not hide it.

Copies to the last grey value are leakage whatever the statistics say. Without a reference nothing
else is: the outcome is inconclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

import numpy as np

from whorl.auditing.result import Outcome, SetTest, Verdict
from whorl.decisions import Decisions
from whorl.methods import Scores
from whorl.similarity import Duplicates

SET_LEVEL = 0.01
EXCLUDED_AUC = 0.60  # "no evidence" needs every set test's upper bound at or below this
DETECTABLE_AUC = 0.70  # and enough images to have seen an effect of this size
Z_LEVEL = 2.326  # normal quantile of 1 − SET_LEVEL
Z_POWER = 0.842  # normal quantile of a power of 80 %


def compare_sets(scores: Scores, *, seed: int = 0) -> SetTest:
    """Test whether the candidates score higher, as a set, than the reference.

    Parameters
    ----------
    scores : Scores
        With the reference's scores as null.
    seed : int
        Seeds the bootstrap of the interval.

    Returns
    -------
    SetTest
        AUC with its 95 % bootstrap interval, and the one-sided Mann–Whitney p-value.

    Examples
    --------
    >>> scores = Scores(("a", "b"), np.array([2.0, 3.0]), null=np.array([0.0, 1.0]))
    >>> compare_sets(scores).auc
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
    return SetTest(float(auc(counts)), low, high, float(p_value))


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
    set_tests: Mapping[str, SetTest],
    duplicates: Duplicates,
    *,
    reference: int,
) -> Verdict:
    """Put the findings into a verdict.

    Parameters
    ----------
    decisions : Decisions
        By :class:`~whorl.decisions.ConformalFDR` with a reference, else by the method's own rule.
    set_tests : mapping of str to SetTest
        By the audit's method, first, and by the second measure; empty without a reference.
    duplicates : Duplicates
        Between candidates and generated images.
    reference : int
        Number of reference images, 0 without.

    Returns
    -------
    Verdict
    """
    flagged, candidates = int(decisions.used.sum()), len(decisions.ids)
    reasons = _flag_reasons(decisions, reference)
    shown = [name for name, test in set_tests.items() if test.p_value <= SET_LEVEL]
    reasons += [_describe_set(name, test) for name, test in set_tests.items()]
    if duplicates.exact_count:
        reasons.insert(
            0,
            f"{_pairs(duplicates.exact_count)} of a candidate and a generated image "
            "are identical in every grey value.",
        )
    guarantee = _guarantee(decisions, reference)
    test_of_method = next(iter(set_tests.values()), None)

    def verdict(outcome: Outcome, sentence: str) -> Verdict:
        return Verdict(outcome, sentence, tuple(reasons), guarantee, test_of_method)

    if duplicates.exact_count:
        return verdict(
            Outcome.LEAKAGE, "Leakage shown: generated images hold exact copies of candidates."
        )
    if not reference or decisions.fdr is None:
        return verdict(
            Outcome.INCONCLUSIVE,
            f"Inconclusive: the method's own rule flags {flagged} of {candidates} candidates, "
            "but without a reference of known non-members no error rate can be stated.",
        )
    if flagged:
        return verdict(
            Outcome.LEAKAGE,
            f"Leakage shown: {flagged} of {candidates} candidates are flagged as training images, "
            f"of which at most {_percent(decisions.fdr)} are expected to be flagged wrongly.",
        )
    if shown:
        others = [name for name in shown if test_of_method is not set_tests[name]]
        hint = f"; --method {others[0]} may name them" if others else ", though none can be named"
        return verdict(
            Outcome.LEAKAGE,
            "Leakage shown: as a set, the candidates lie closer to the generated images than the "
            f"reference does, by {' and '.join(shown)}{hint}.",
        )
    smallest = detectable_auc(candidates, reference)
    highest = max(test.high for test in set_tests.values())
    if smallest <= DETECTABLE_AUC and highest <= EXCLUDED_AUC:
        return verdict(
            Outcome.NO_EVIDENCE,
            f"No evidence of leakage: the {candidates} candidates lie no closer to the generated "
            f"images than the {reference} reference images do.",
        )
    reasons.append(_why_inconclusive(smallest, highest))
    return verdict(
        Outcome.INCONCLUSIVE,
        "Inconclusive: no leakage was shown, but one too large to overlook cannot be ruled out.",
    )


def _flag_reasons(decisions: Decisions, reference: int) -> list[str]:
    """Say what the rule did, and whether it could have done anything."""
    flagged, candidates = int(decisions.used.sum()), len(decisions.ids)
    reasons = [f"{flagged} of {candidates} candidates flagged by the rule: {decisions.rule}."]
    if decisions.fdr is not None:
        smallest = 1 / (reference + 1)
        needed = int(np.ceil(smallest * candidates / decisions.fdr - 1e-9))
        if needed > candidates:
            reasons.append(
                f"With {reference} reference images the smallest p-value is {smallest:.3f}: too "
                "few for any candidate to be flagged at this rate."
            )
        elif not flagged and needed > 1:
            reasons.append(
                f"With {reference} reference images the smallest p-value is {smallest:.3f}: fewer "
                f"than {needed} members among the candidates cannot be flagged at this rate."
            )
    return reasons


def _describe_set(name: str, test: SetTest) -> str:
    """Say what a set test found."""
    return (
        f"By {name}, a candidate scores above a reference image with probability "
        f"{test.auc:.2f} (95 % interval {test.low:.2f} to {test.high:.2f}; 0.50 if nothing "
        f"leaked), one-sided p = {test.p_value:.2g}."
    )


def _guarantee(decisions: Decisions, reference: int) -> str:
    """Say what is guaranteed of the flagged images, or that nothing is."""
    if decisions.fdr is None:
        return (
            "No error rate is guaranteed: there was no reference, and the decision rule is the "
            "method's own. Give --reference DIR with real images that were certainly not used."
        )
    return (
        f"Of the images flagged, at most {_percent(decisions.fdr)} are expected to be non-members "
        f"(Benjamini–Hochberg on conformal p-values from {reference} reference images), provided "
        "that the reference images are like the candidates that were not used: same source, same "
        "processing, no patient in both. Nothing is guaranteed of the images not flagged."
    )


def _why_inconclusive(smallest: float, highest: float) -> str:
    """Say what could have been seen, and what cannot be excluded."""
    if smallest > DETECTABLE_AUC:
        return (
            f"Too few images: only an AUC of {smallest:.2f} or more would probably have been "
            "shown. Give more reference images."
        )
    return (
        f"The intervals reach up to an AUC of {highest:.2f}, that is, up to about "
        f"{_percent(2 * (highest - 0.5))} of the candidates may stand clear of the reference."
    )


def _pairs(count: int) -> str:
    """Return a count of pairs."""
    return "1 pair" if count == 1 else f"{count:,} pairs"


def _percent(share: float) -> str:
    """Return a share in per cent, with as many digits as it needs."""
    return f"{100 * share:.3g} %"
