"""Tiny audit results, built by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from whorl.auditing.result import AuditResult, Outcome, SetTest, Verdict
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
GUARANTEE = "At most 5% of the flagged images are expected to be non-members."
NO_GUARANTEE = "No error rate is guaranteed: there was no reference."


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
    verdict = Verdict(
        outcome,
        f"{str(outcome).capitalize()}: the answer in a sentence.",
        ("A reason.", "Another reason."),
        NO_GUARANTEE if nulls is None else GUARANTEE,
        None if nulls is None else SetTest(0.75, 0.5, 1.0, 0.03125),
    )
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
