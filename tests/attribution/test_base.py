"""Scores of subsets, and what every method promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.attribution.worlds import copied_view, grey_view
from whorl.attribution.base import SubsetScores
from whorl.attribution.catalogue import SUBSET_METHODS, subset_entry
from whorl.attribution.explained import SubsetExplained
from whorl.attribution.view import Labelled, SubsetError
from whorl.errors import NeedError, ScoreError

QUICK = [name for name in SUBSET_METHODS if name != "embeddings"]


def test_the_best_subset_and_how_far_it_leads() -> None:
    scores = SubsetScores(("g", "h"), ("a", "b", "c"), np.array([[0, 5, 2], [4.0, 4, 3]]))
    assert scores.answers == ("b", "a")
    assert scores.lead.tolist() == [3, 0]
    assert scores.take(slice(1, 2)).ids == ("h",)


def test_scores_that_are_none() -> None:
    with pytest.raises(ScoreError, match=r"1 images and 2 subsets, but scores of shape \(1, 3\)"):
        SubsetScores(("g",), ("a", "b"), np.zeros((1, 3)))
    with pytest.raises(ScoreError, match="not a finite number"):
        SubsetScores(("g",), ("a",), np.array([[np.nan]]))
    with pytest.raises(ScoreError, match="nothing to lead before"):
        _ = SubsetScores(("g",), ("a",), np.zeros((1, 1))).lead


def test_one_subset_alone_is_no_question() -> None:
    with pytest.raises(SubsetError, match="r: all images are of 't1': give two subsets or more"):
        subset_entry("vote-ssim").method.score(grey_view([1], t1=[1, 2]))


@pytest.mark.parametrize("name", QUICK)
def test_planted_copies_are_attributed(name: str) -> None:
    view, truth = copied_view(0, copies=12)
    known = Labelled(view.generated.take(range(0, 36, 2)), tuple(truth[::2]))
    asked = view.generated.take(range(1, 36, 2))
    given = replace(view, generated=asked, development=known)
    answers = subset_entry(name).method.score(given).answers
    right = sum(a == t for a, t in zip(answers, truth[1::2], strict=True))
    assert right >= 16


@pytest.mark.parametrize("name", QUICK)
def test_neither_the_order_nor_the_names_of_images_matter(name: str) -> None:
    view, _ = copied_view(1)
    order = np.random.default_rng(0).permutation(len(view.reals.images))
    reals = Labelled(
        view.reals.images.take(order).with_ids([f"x{k}" for k in order]),
        tuple(view.reals.subsets[k] for k in order),
    )
    method = subset_entry(name).method
    expected = method.score(view, seed=3).values
    again = method.score(replace(view, reals=reals), seed=3).values
    if name == "classifier":  # its folds are drawn by order; what it learns is near the same
        assert np.mean(expected.argmax(axis=1) == again.argmax(axis=1)) > 0.7
    else:
        np.testing.assert_allclose(again, expected, atol=1e-4)


@pytest.mark.parametrize("name", QUICK)
def test_how_subsets_are_called_does_not_matter(name: str) -> None:
    view, _ = copied_view(2)
    other = {"t1": "z", "t2": "y", "t3": "x"}
    reals = Labelled(view.reals.images, tuple(other[s] for s in view.reals.subsets))
    method = subset_entry(name).method
    expected = method.score(view, seed=3)
    again = method.score(replace(view, reals=reals), seed=3)
    assert again.subsets == ("x", "y", "z")
    np.testing.assert_allclose(again.values[:, ::-1], expected.values, atol=1e-3)


def test_embeddings_need_weights() -> None:
    with pytest.raises(NeedError, match="--weights"):
        subset_entry("embeddings").method.score(copied_view(0)[0])


def test_a_method_that_cannot_leave_patients_out_says_what_to_give() -> None:
    with pytest.raises(NeedError, match="to answer none, give --reference or --unrelated"):
        SubsetExplained().as_if_generated(copied_view(0)[0])
