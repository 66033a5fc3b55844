"""Scores that run the wrong way are warned of, and only where that is sure."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.evaluation import evaluate
from whorl.tasks.view import Truth

CONTRADICT = "the scores contradict the run"
BACKWARDS = "the scores run backwards"


def warned(used: list[bool], said: list[bool], scores: list[float]) -> list[str]:
    ids = [f"i{k:03d}" for k in range(len(used))]
    result = evaluate(
        dict(zip(ids, said, strict=True)),
        Truth(dict(zip(ids, used, strict=True))),
        dict(zip(ids, scores, strict=True)),
    )
    return [w for w in result.warnings if w.startswith((CONTRADICT, BACKWARDS))]


def test_distances_for_scores_contradict_the_run_and_run_backwards() -> None:
    used = [True] * 100 + [False] * 100
    contradict, backwards = warned(used, used, [0.1] * 100 + [0.9] * 100)
    assert contradict.startswith(CONTRADICT)
    assert "(AUC of the scores against its decisions 0.000)" in contradict
    assert backwards.startswith(BACKWARDS)
    assert "(AUC 0.000, 95 % interval 0.000 to 0.000, below one half)" in backwards
    for said in (contradict, backwards):
        assert "expected a higher score where an image is more likely used" in said
        assert "change their sign" in said


def test_scores_the_right_way_round_are_not_warned_of() -> None:
    used = [True] * 100 + [False] * 100
    assert warned(used, used, [0.9] * 100 + [0.1] * 100) == []
    assert warned(used, used, [0.5] * 200) == []


def test_a_run_that_is_wrong_in_all_but_follows_its_scores_runs_backwards_only() -> None:
    used = [True] * 50 + [False] * 50
    (only,) = warned(used, [not u for u in used], [0.1] * 50 + [0.9] * 50)
    assert only.startswith(BACKWARDS)


def test_a_run_against_its_own_scores_contradicts_them_where_these_are_right() -> None:
    used = [True] * 50 + [False] * 50
    (only,) = warned(used, [not u for u in used], [0.9] * 50 + [0.1] * 50)
    assert only.startswith(CONTRADICT)


@pytest.mark.parametrize("images", [1, 2, 3])
def test_what_chance_often_gives_is_not_warned_of(images: int) -> None:
    """Of three and three images, one order in 20 has all used ones last."""
    used = [True] * images + [False] * images
    assert warned(used, used, [float(k) for k in range(2 * images)]) == []


def test_four_and_four_all_reversed_are_one_order_in_seventy_and_warned_of() -> None:
    used = [True] * 4 + [False] * 4
    assert len(warned(used, used, [float(k) for k in range(8)])) == 2


def test_scores_without_anything_in_them_are_seldom_warned_of() -> None:
    rng = np.random.default_rng(0)
    used = [True] * 30 + [False] * 30
    times = sum(len(warned(used, used, rng.normal(size=60).tolist())) > 0 for _ in range(60))
    assert times <= 5
