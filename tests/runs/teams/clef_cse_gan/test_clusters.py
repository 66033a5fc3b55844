"""Two clusters of candidates, the used one told by the development set."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.errors import ScoreError
from whorl.features import GreyLevels
from whorl.images import ImageSet
from whorl.runs.teams.clef_cse_gan.clusters import TwoClusters, cluster_scores
from whorl.tasks.view import Development, View
from whorl.testing.worlds import image_set

MEAN = TwoClusters(GreyLevels((0.5,)))


def levels(values: list[int], name: str) -> ImageSet:
    return image_set(np.repeat(np.uint8(values), 4).reshape(-1, 2, 2), name)


@pytest.mark.parametrize("dark_is_used", [True, False])
def test_the_development_set_names_the_used_cluster(dark_is_used: bool) -> None:
    dark, bright = levels([10, 20, 30], "dark"), levels([120, 130, 150], "bright")
    development = Development(dark, *((dark, bright) if dark_is_used else (bright, dark)))
    candidates = levels([90, 5, 100, 12, 20], "candidate")
    scores = MEAN.score(View(dark, candidates, development=development))
    is_dark = np.array([False, True, False, True, True])
    np.testing.assert_array_equal(scores.values > 0, is_dark == dark_is_used)


def test_within_a_cluster_scores_rise_towards_the_used_centre() -> None:
    """Centres 1 and 9; the middle between them is 5, their distance 8."""
    line = np.array([[0.0], [2.0], [8.0], [10.0]])
    first = np.array([True, True, False, False])
    expected = np.array([-1, -1, 1, 1]) + 0.5 * np.tanh((line[:, 0] - 5) / 8)
    np.testing.assert_allclose(cluster_scores(line, first, np.ones(1)), expected)
    np.testing.assert_allclose(cluster_scores(line, first, -np.ones(1)), -expected)


def test_equal_images_still_get_scores() -> None:
    same = levels([7, 7, 7], "same")
    scores = MEAN.score(View(same, same, development=Development(same, same, same)))
    assert np.isfinite(scores.values).all()


def test_one_candidate_is_too_few() -> None:
    one = levels([7], "one")
    with pytest.raises(ScoreError, match="at least two candidates"):
        MEAN.score(View(one, one, development=Development(one, one, one)))
