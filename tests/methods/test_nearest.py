"""The nearest generated image, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from whorl.errors import NeedError, ScoreError
from whorl.methods import Method, Need, Scores
from whorl.methods.nearest import NearestSimilarity
from whorl.similarity import SSIM, Correlation, ssim_matrix
from whorl.tasks.view import View
from whorl.testing.worlds import image_set, planted_task, smooth_images

PIXELS = smooth_images(9, np.random.default_rng(0))
VIEW = View(image_set(PIXELS[:5], "generated"), image_set(PIXELS[5:], "candidate"))


def test_score_is_the_largest_similarity() -> None:
    matrix = ssim_matrix(VIEW.candidates.pixels, VIEW.generated.pixels)
    scores = NearestSimilarity(SSIM()).score(VIEW)
    np.testing.assert_array_equal(scores.values, matrix.max(axis=1))
    assert scores.nearest is not None
    np.testing.assert_array_equal(scores.nearest.index, matrix.argmax(axis=1))
    assert scores.nearest.measure == "SSIM"


def test_null_is_the_similarity_of_each_pair_of_candidates() -> None:
    pixels = VIEW.candidates.pixels
    scores = NearestSimilarity(SSIM()).score(VIEW)
    assert scores.null is not None
    expected = ssim_matrix(pixels, pixels)[np.triu_indices(4, 1)]
    np.testing.assert_allclose(np.sort(scores.null), np.sort(expected), atol=1e-6)


def test_with_a_reference_the_null_is_its_score() -> None:
    view = replace(VIEW, reference=image_set(PIXELS[2:4], "reference"))
    scores = NearestSimilarity(Correlation()).score(view)
    np.testing.assert_allclose(scores.null, [1, 1], atol=1e-6)
    plain = NearestSimilarity(Correlation()).score(VIEW)
    np.testing.assert_allclose(scores.values, plain.values, atol=1e-6)
    assert scores.nearest is not None
    assert len(scores.nearest.index) == len(VIEW.candidates)


def test_what_is_needed_and_absent_is_named() -> None:
    class Needy(Method):
        needs = frozenset({Need.DEVELOPMENT})

        def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
            return Scores(view.candidates.ids, np.zeros(len(view.candidates)))

    with pytest.raises(NeedError, match="--development DIR"):
        Needy().score(VIEW)
    assert len(Needy().score(planted_task(0).view).values) == 24


def test_scores_must_be_one_finite_value_each() -> None:
    with pytest.raises(ScoreError, match="shape"):
        Scores(("a", "b"), np.zeros(3))
    with pytest.raises(ScoreError, match="'b' is not a finite number"):
        Scores(("a", "b"), np.array([0, np.nan]))
    with pytest.raises(ScoreError, match="null score"):
        Scores(("a",), np.zeros(1), null=np.array([np.inf]))
