"""Scores that somebody's own attack gave."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from whorl import audit
from whorl.errors import NeedError, ScoreError
from whorl.methods.given import GivenScores
from whorl.tasks.sample import sample_task

VIEW = sample_task().view
REFERENCE = VIEW.reference
assert REFERENCE is not None
HALF = {i: k / 2 for k, i in enumerate(VIEW.candidates.ids)}
NULL = {i: -k / 4 for k, i in enumerate(REFERENCE.ids)}


def test_scores_are_looked_up_by_id_on_either_side() -> None:
    written = {f"{i}.png": score for i, score in reversed(HALF.items())} | {"nobody": 1.0}
    scores = GivenScores(written, NULL).score(VIEW)
    assert scores.values.tolist() == list(HALF.values())
    assert scores.null is not None
    assert scores.null.tolist() == list(NULL.values())


def test_an_audit_of_looked_up_scores_decides_as_one_of_the_attack_does() -> None:
    first = audit(VIEW.generated, VIEW.candidates, REFERENCE, "nearest-ssim")
    assert first.scores.null is not None
    values = dict(zip(first.scores.ids, first.scores.values.tolist(), strict=True))
    null = dict(zip(REFERENCE.ids, first.scores.null.tolist(), strict=True))
    again = audit(VIEW.generated, VIEW.candidates, REFERENCE, GivenScores(values, null))
    assert again.verdict.outcome == first.verdict.outcome
    assert np.array_equal(again.decisions.used, first.decisions.used)
    assert again.record["notes"][0].startswith("scores are as given")
    assert "real_unknown" not in again.record["composition"]


def test_what_is_lacking_is_named() -> None:
    with pytest.raises(NeedError, match="--reference-scores: the reference's images need scores"):
        GivenScores(HALF).score(VIEW)
    few = dict(list(HALF.items())[:-2])
    with pytest.raises(ScoreError, match=r"--scores: 2 of 60 \S+ have no score: "):
        GivenScores(few).score(replace(VIEW, reference=None))
    assert GivenScores(few).sha256 != GivenScores(HALF).sha256
