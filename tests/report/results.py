"""Tiny audit results, built by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tests.auditing.found import at_least, copies, flags, patients, set_test
from whorl.auditing.findings import Finding, Interval, Known, Meaning
from whorl.auditing.grouping import Grouping
from whorl.auditing.result import AuditResult, Outcome, Verdict
from whorl.decisions import Decisions, Flags, PatientDecisions
from whorl.images import ImageSet, Origin
from whorl.methods import Nearest, Scores, Traces
from whorl.similarity import Duplicates, Explained
from whorl.tasks.view import View
from whorl.testing.worlds import smooth_images

Build = Callable[..., AuditResult]

IDS = ("a", "b", "c", "d")
HOSTILE = (
    '<img src=x onerror="document.title=1">',
    "</script><script>document.title=2</script>",
    '"\' onmouseover=document.title=3 x="',
    "\u202egnp.txt",
    "long_" * 60,
    "bytes_\udcff",
    "{{ 7 * 7 }}",
)
MEANINGS = {
    Outcome.LEAKAGE: Meaning.SHOWS,
    Outcome.NO_EVIDENCE: Meaning.EXCLUDES,
    Outcome.INCONCLUSIVE: Meaning.LEAVES_OPEN,
}
RULE = "the rule in words"


def findings(
    outcome: Outcome, grouping: Grouping, decisions: Decisions, *, reference: bool
) -> tuple[Finding, ...]:
    """Make findings that come to an outcome."""
    flagged, n = int(decisions.used.sum()), len(decisions.ids)
    own = flags(
        flagged, "images", rule=RULE, total=n, level=decisions.fdr, meaning=Meaning.LEAVES_OPEN
    )
    people = patients(
        len(np.unique(grouping.candidates)),
        len(np.unique(grouping.reference)),
        known=grouping.known,
        candidate_images=n,
        reference_images=len(grouping.reference),
    )
    if not reference:
        return copies(), people, own
    auc = Interval(value=0.75, low=0.5, high=1.0)
    test = set_test(MEANINGS[outcome], p_value=0.03125, auc=auc)
    many = min(flagged, 1)
    return copies(), people, test, own, at_least(many, many)


def grouping_of_letters(text: str, n: int, reference: int) -> Grouping:
    """Name a patient for each letter: the candidates' by turns, one for each reference image."""
    letters = sorted(set(text))
    candidates = np.array([letters.index(text[k % len(text)]) for k in range(n)], np.intp)
    others = np.arange(len(letters), len(letters) + reference)
    names = tuple(f"P{k:03d}" for k in range(1, len(letters) + reference + 1))
    return Grouping(Known.GIVEN, candidates, others, names)


def alone(n: int, reference: int) -> Grouping:
    """Let each image count by itself."""
    names = tuple(f"I{k:03d}" for k in range(1, n + reference + 1))
    return Grouping(Known.ALONE, np.arange(n), np.arange(n, n + reference), names)


def decided(grouping: Grouping, decisions: Decisions) -> PatientDecisions:
    """Give each patient the smallest p-value of its images, and flag whoever has a flagged one."""
    codes = np.unique(grouping.candidates)
    own = [grouping.candidates == code for code in codes]
    p_values, used = decisions.p_values, decisions.used
    smallest = np.array([p_values[mine].min() for mine in own])
    flagged = np.array([used[mine].any() for mine in own])
    of_patients = Flags(smallest, flagged, flagged)
    return PatientDecisions(codes, of_patients, Flags(p_values, used, used), 0.05)


def build_result(
    ids: Sequence[str] = IDS,
    *,
    scores: Sequence[float] = (0.9, 0.4, 0.6, 0.2),
    null: Sequence[float] | None = (0.3, 0.5, 0.1),
    threshold: float = 0.6,
    outcome: Outcome = Outcome.LEAKAGE,
    size: int = 16,
    people: str = "",
    **fields: Any,
) -> AuditResult:
    """Make a result; `null` None stands for an audit without a reference.

    The letters of `people` are the candidates' patients, by turns; without them each image counts
    by itself.
    """
    rng = np.random.default_rng(0)
    generated = ImageSet(("g0", "g1", "g2"), smooth_images(3, rng, size), "generated")
    candidates = ImageSet(
        tuple(ids),
        smooth_images(len(ids), rng, size),
        "candidates",
        origins=tuple(Origin(Path("/home/somebody/scans") / f"{k}.png") for k in range(len(ids))),
        notes=("2 images were converted from colour by luma",),
        skipped=("broken.png: the file ends early",),
    )
    values, nulls = np.array(scores, float), None if null is None else np.array(null, float)
    reference = None
    if nulls is not None:
        names = tuple(f"r{k}" for k in range(len(nulls)))
        reference = ImageSet(names, smooth_images(len(nulls), rng, size), "reference")
    nearest = Nearest(np.arange(len(ids)) % 3, values / 2, "SSIM")
    decisions = Decisions(
        tuple(ids),
        values > threshold,
        threshold,
        RULE,
        None if nulls is None else (1 + (nulls >= values[:, None]).sum(1)) / (len(nulls) + 1),
        None if nulls is None else 0.05,
    )
    m = 0 if nulls is None else len(nulls)
    whose = grouping_of_letters(people, len(ids), m) if people else alone(len(ids), m)
    found = findings(outcome, whose, decisions, reference=null is not None)
    if people:
        candidates = candidates.with_patients([f"Name^{code}" for code in whose.candidates])
        reference = reference and reference.with_patients([f"Other^{k}" for k in range(m)])
    return AuditResult(
        **{
            "view": View(generated, candidates, reference),
            "method": "nearest-ssim",
            "scores": Scores(tuple(ids), values, nulls, nearest),
            "decisions": decisions,
            "nearest": nearest,
            "verdict": Verdict(outcome, found),
            "grouping": whose,
            "patients": None if nulls is None else decided(whose, decisions),
            "duplicates": {
                "within candidates": Duplicates(
                    (("a", "b"),), (("a", "c", 0.99),), exact_count=1, near_count=7, threshold=0.98
                ),
                "candidates and generated": Duplicates((), (), 0, 0, 0.98),
            },
            "blank": {"generated": (), "candidates": ("empty",), "reference": ()},
            "record": {"seed": np.int64(7), "versions": {"numpy": "2.0"}, "seconds": 1.5},
        }
        | fields
    )


def explaining(ids: Sequence[str] = IDS, *, size: int = 32, **fields: Any) -> AuditResult:
    """Make a result of a method that explains: each candidate explains g2 best, then g0."""
    result = build_result(ids, size=size, **fields)
    index = np.tile(np.array([2, 0]), (len(ids), 1))
    shares = np.tile(np.array([3.5, 2.5]), (len(ids), 1))
    scores = replace(result.scores, traces=Traces(Explained(), index, shares))
    nearest = Nearest(index[:, 0], shares[:, 0], "share explained")
    return replace(result, scores=scores, nearest=nearest)


def hostile_result(build: Build) -> AuditResult:
    """Make a result whose candidates have names that would break a careless page."""
    return build(HOSTILE, scores=np.linspace(0.1, 0.9, len(HOSTILE)).tolist())
