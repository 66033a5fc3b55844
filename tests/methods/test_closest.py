"""Distances to the closest generated image, worked out on images of one grey each."""

from __future__ import annotations

import numpy as np
import pytest

from tests.methods.greys import SCALE, grey_view
from whorl.errors import ScoreError
from whorl.methods import Method
from whorl.methods.closest import AdaptiveDistance, Authenticity, CalibratedDistance

VIEW = grey_view((0, 10, 30), (1, 40))


def test_distance_is_calibrated_by_the_nearest_other_real() -> None:
    found = CalibratedDistance().score(VIEW)
    np.testing.assert_allclose(found.values / SCALE, [10 - 1, 10 - 9, 20 - 10], rtol=1e-5)
    assert found.nearest is not None
    np.testing.assert_array_equal(found.nearest.index, [0, 0, 1])


def test_reference_and_candidates_calibrate_each_other() -> None:
    found = CalibratedDistance().score(grey_view((0, 10), (1, 40), reference=(30, 29)))
    np.testing.assert_allclose(found.values / SCALE, [10 - 1, 10 - 9], rtol=1e-5)
    np.testing.assert_allclose(found.null / SCALE, [1 - 10, 1 - 11], rtol=1e-5)


def test_distance_is_set_off_against_what_is_usual_near_there() -> None:
    found = AdaptiveDistance(alpha=0.5, neighbours=2).score(grey_view((0, 10), (1, 4, 90)))
    usual = [0.5 * (1 + 4) / 2, 0.5 * (6 + 9) / 2]
    np.testing.assert_allclose(found.values, [-1 / usual[0], -6 / usual[1]], rtol=1e-5)


def test_where_all_near_are_copies_the_distance_is_nothing() -> None:
    found = AdaptiveDistance().score(grey_view((5, 9), (5, 5)))
    np.testing.assert_allclose(found.values, [0, -2], rtol=1e-5)


def test_a_copy_is_nearer_than_any_other_real() -> None:
    found = Authenticity().score(VIEW)
    np.testing.assert_allclose(found.values, np.log([10 / 1, 10 / 9, 20 / 10]), rtol=1e-5)


@pytest.mark.parametrize("method", [CalibratedDistance(), Authenticity()])
def test_one_real_image_alone_cannot_be_calibrated(method: Method) -> None:
    with pytest.raises(ScoreError, match="at least two candidates, or a reference"):
        method.score(grey_view((3,), (1, 2)))
