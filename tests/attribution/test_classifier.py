"""Classifiers of subsets, with folds by patient."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.attribution.worlds import greys
from whorl.attribution.classifier import SubsetClassifier, _folds
from whorl.attribution.view import Labelled, SubsetView
from whorl.errors import NeedError
from whorl.features import GreyLevels

BY_GREY = SubsetClassifier(GreyLevels(), strengths=(1.0,))


def view(development: Labelled | None = None) -> SubsetView:
    reals = Labelled(
        greys("r", [10, 20, 30, 200, 210, 220], ["a", "a", "b", "c", "d", "d"]),
        ("t1",) * 3 + ("t2",) * 3,
    )
    return SubsetView(greys("g", [25, 205, 60]), reals, development)


def test_it_learns_from_the_reals() -> None:
    scores = BY_GREY.score(view())
    assert scores.answers == ("t1", "t2", "t1")
    np.testing.assert_allclose(np.exp(scores.values).sum(axis=1), 1)


def test_it_learns_from_generated_images_that_are_known() -> None:
    """In the development set t2 is dark: what it makes is not as what it saw."""
    known = Labelled(greys("d", [60, 62, 64, 58, 61, 59, 63, 57], ["e"] * 8), ("t2",) * 8)
    assert BY_GREY.score(view(known)).answers[2] == "t2"


def test_no_patient_is_on_both_sides_of_a_fold() -> None:
    code, whose = np.repeat([0, 1], 12), np.repeat(np.arange(8), 3)
    folds = _folds(code, [*whose], 5, 0)
    assert len(folds) == 4
    for learn, left_out in folds:
        assert not set(whose[learn]) & set(whose[left_out])
    assert sorted(np.concatenate([left_out for _, left_out in folds])) == list(range(24))


def test_a_subset_of_one_patient_leaves_no_folds() -> None:
    assert _folds(np.array([0, 0, 1, 1]), [0, 0, 1, 2], 5, 0) == []
    reals = Labelled(greys("r", [10, 20, 200], ["a", "a", "b"]), ("t1", "t1", "t2"))
    one_each = SubsetView(greys("g", [25]), reals)
    with pytest.raises(NeedError, match="a subset has images of one patient only"):
        BY_GREY.as_if_generated(one_each)


def test_reals_are_judged_by_classifiers_that_never_saw_their_patient() -> None:
    """Patient b alone looks like t2: only what knows b calls b's image t1."""
    values = [10, 12, 210, 200, 205, 215, 14, 16]
    whose = ["a", "a", "b", "c", "d", "e", "f", "f"]
    reals = Labelled(greys("r", values, whose), ("t1",) * 3 + ("t2",) * 3 + ("t1",) * 2)
    world = SubsetView(greys("g", [11]), reals)
    answers = replace(BY_GREY, folds=3).as_if_generated(world).answers
    assert answers[2] == "t2"
    assert answers[0] == answers[6] == "t1"


def test_folds_of_the_known_generated_images_choose_the_penalty() -> None:
    """Of 60 numbers all say a little: a loose penalty learns what is chance in each."""
    rng = np.random.default_rng(0)
    code = np.repeat([0, 1], 30)
    vectors = rng.normal(size=(60, 60)) + 0.3 * code[:, np.newaxis]
    blind = (rng.normal(size=(4, 60)), np.array([0, 0, 1, 1]))
    method = SubsetClassifier(GreyLevels(), strengths=(1e4, 1e-3))
    assert method._strength(blind, (vectors, code), 0) == 1e-3
    assert method._strength(blind, None, 0) == 1e4


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_gives_the_same_scores(seed: int) -> None:
    method = SubsetClassifier(GreyLevels())
    first, again = method.score(view(), seed=seed), method.score(view(), seed=seed)
    np.testing.assert_array_equal(first.values, again.values)
