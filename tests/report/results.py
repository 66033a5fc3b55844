"""Tiny audit results, built by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from whorl.auditing.findings import Finding, Flags, Meaning, SetTest
from whorl.auditing.result import AuditResult, Outcome, Verdict
from whorl.decisions import Decisions
from whorl.images import ImageSet, Origin
from whorl.methods import Nearest, Scores
from whorl.similarity import Duplicates
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


def findings(outcome: Outcome, decisions: Decisions, *, reference: bool) -> tuple[Finding, ...]:
    """Make findings that come to an outcome."""
    flags = Flags(
        meaning=Meaning.LEAVES_OPEN,
        rule=decisions.rule,
        candidates=len(decisions.ids),
        flagged=int(decisions.used.sum()),
        reference=3 if reference else 0,
        level=decisions.fdr,
        smallest_p_value=0.25 if reference else None,
        needed=20 if reference else None,
    )
    if not reference:
        return (flags,)
    numbers = {"auc": 0.75, "low": 0.5, "high": 1.0, "p_value": 0.03125, "level": 0.05}
    test = SetTest(meaning=MEANINGS[outcome], measure="nearest-ssim", **numbers)
    return flags, test


def build_result(
    ids: Sequence[str] = IDS,
    *,
    scores: Sequence[float] = (0.9, 0.4, 0.6, 0.2),
    null: Sequence[float] | None = (0.3, 0.5, 0.1),
    threshold: float = 0.6,
    outcome: Outcome = Outcome.LEAKAGE,
    size: int = 16,
    **fields: Any,
) -> AuditResult:
    """Make a result; `null` None stands for an audit without a reference."""
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
        "the rule in words",
        None if nulls is None else (1 + (nulls >= values[:, None]).sum(1)) / (len(nulls) + 1),
        None if nulls is None else 0.05,
    )
    verdict = Verdict(outcome, findings(outcome, decisions, reference=null is not None))
    return AuditResult(
        **{
            "view": View(generated, candidates, reference),
            "method": "nearest-ssim",
            "scores": Scores(tuple(ids), values, nulls, nearest),
            "decisions": decisions,
            "nearest": nearest,
            "verdict": verdict,
            "duplicates": {
                "within candidates": Duplicates(
                    (("a", "b"),), (("a", "c", 0.99),), exact_count=1, near_count=7, threshold=0.98
                ),
                "candidates and generated": Duplicates((), (), 0, 0, 0.98),
            },
            "record": {"seed": np.int64(7), "versions": {"numpy": "2.0"}, "seconds": 1.5},
        }
        | fields
    )


def hostile_result(build: Build) -> AuditResult:
    """Make a result whose candidates have names that would break a careless page."""
    return build(HOSTILE, scores=np.linspace(0.1, 0.9, len(HOSTILE)).tolist())
