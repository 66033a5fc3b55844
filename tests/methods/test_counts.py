"""Generated images counted around a candidate, worked out on images of one grey each."""

from __future__ import annotations

import numpy as np
import pytest

from tests.methods.greys import grey_view
from whorl.methods.counts import MonteCarlo, NeighbourShare, first_share


def test_those_within_the_median_distance_count_by_their_nearness() -> None:
    found = MonteCarlo().score(grey_view((0, 10, 30), (1, 40)))  # nearest at 1, 9 and 10
    np.testing.assert_allclose(
        found.values, [np.log(9 / 1) / 2, 0, np.log(9 / 10)], rtol=1e-5, atol=1e-6
    )


def test_all_generated_images_within_the_radius_count() -> None:
    found = MonteCarlo().score(grey_view((0, 50, 90), (1, 2, 45, 80)))  # nearest at 1, 5 and 10
    np.testing.assert_allclose(
        found.values, [(np.log(5) + np.log(5 / 2)) / 4, 0, np.log(5 / 10)], rtol=1e-5, atol=1e-6
    )


def test_an_exact_copy_has_a_finite_score_above_all_others() -> None:
    values = MonteCarlo().score(grey_view((0, 50, 90), (0, 45, 80))).values
    assert np.isfinite(values).all()
    assert values.argmax() == 0


@pytest.mark.parametrize(("k", "shares"), [(1, [1, 0, 0, 1]), (2, [1, 0.5, 0.5, 0.5])])
def test_share_is_of_the_nearest_generated_or_real(k: int, shares: list[float]) -> None:
    found = NeighbourShare(k).score(grey_view((0, 10, 12, 30), (1, 2, 40)))
    np.testing.assert_array_equal(found.values, shares)


def test_the_reference_counts_as_real() -> None:
    found = NeighbourShare(1).score(grey_view((0, 10), (3, 40), reference=(1, 38)))
    np.testing.assert_array_equal(found.values, [0, 1])
    np.testing.assert_array_equal(found.null, [0, 1])


def test_of_equal_distances_half_are_said_to_be_first() -> None:
    ones = np.ones((1, 2))
    assert first_share(ones, ones, 2) == 0.5
    assert first_share(ones, 2 * ones, 2) == 1
    assert first_share(ones, 2 * ones, 9) == 0.5
