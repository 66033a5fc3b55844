"""Visual words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.features import Feature
from whorl.methods.classifiers import NearestNeighbours
from whorl.runs.teams.dmk.visual_words import VisualWords, bag, vocabulary
from whorl.tasks.view import Development, View
from whorl.testing.worlds import image_set, planted_task


@dataclass(frozen=True)
class Corners(Feature):
    """The grey values that are not 0, each a descriptor of its own."""

    name: ClassVar[str] = "corners"

    def compute(self, pixels: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
        return [image[image > 0][:, None] for image in pixels]


def images(rows: list[list[int]], name: str) -> object:
    return image_set(np.array(rows, np.uint8).reshape(len(rows), 1, 2), name)


DEVELOPMENT = Development(
    images([[10, 100], [100, 200], [200, 10]], "generated"),  # words 10, 100 and 200
    images([[10, 10], [11, 0]], "used"),  # hold word 10
    images([[200, 100], [199, 201]], "not_used"),  # hold words 100 and 200, and 200
)


def test_words_by_hand() -> None:
    """The neighbour of {10} is used, that of {200} is not; no keypoint is nearest to one word."""
    method = VisualWords(Corners(), 3, NearestNeighbours(1))
    fitted = method.fit(DEVELOPMENT)
    np.testing.assert_allclose(np.sort(fitted.state["words"].ravel()), [10, 100, 200])
    candidates = images([[12, 9], [190, 0], [110, 180]], "candidate")
    scores = fitted.score(View(DEVELOPMENT.generated, candidates))
    np.testing.assert_array_equal(scores.values, [1, 0, 0])


def test_share_of_neighbours() -> None:
    method = VisualWords(Corners(), 3, NearestNeighbours(3))
    candidates = images([[10, 0], [200, 0]], "candidate")
    scores = method.score(View(DEVELOPMENT.generated, candidates, development=DEVELOPMENT))
    np.testing.assert_allclose(scores.values, [2 / 3, 1 / 3])


def test_presence_not_counts() -> None:
    words = np.array([[0.0], [10.0]], np.float32)
    np.testing.assert_array_equal(bag(np.array([[1], [2], [3]], np.uint8), words), [1, 0])


def test_a_candidate_without_a_keypoint_gets_a_score() -> None:
    candidates = images([[0, 0], [10, 0]], "candidate")
    view = View(DEVELOPMENT.generated, candidates, development=DEVELOPMENT)
    assert np.isfinite(VisualWords(Corners(), 3, NearestNeighbours(1)).score(view).values).all()


def test_no_keypoint_at_all_is_an_error() -> None:
    blank = replace(DEVELOPMENT, generated=images([[0, 0], [0, 0]], "generated"))
    with pytest.raises(ImageError, match="keypoint"):
        VisualWords(Corners()).fit(blank)


def test_the_vocabulary_has_no_more_words_than_different_descriptors() -> None:
    assert vocabulary([np.array([[1.0], [1.0], [5.0]])], 100).shape == (2, 1)


def test_sift_words_on_images() -> None:
    view = planted_task(0).view
    values = VisualWords(words=10).score(view).values
    assert set(np.round(values * 5, 9)) <= {0, 1, 2, 3, 4, 5}
