"""The nearest real's subset and the vote of the k nearest, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.attribution.worlds import Greyness, grey_view
from whorl.attribution.nearest import NearestSubset, NeighbourVote, finite
from whorl.attribution.view import Labelled

GREY = Greyness()


def test_the_nearest_real_of_each_subset() -> None:
    view = grey_view([22, 60], t1=[10, 20], t2=[50])
    found = NearestSubset(GREY, calibrated=False).score(view)
    assert found.values.tolist() == [[-2, -28], [-40, -10]]
    assert found.answers == ("t1", "t2")


def test_each_subset_is_measured_by_what_other_reals_resemble_it() -> None:
    """t1 is near everything; by their own units the image is nearer to t2."""
    view = grey_view([100], t1=[90, 110, 130], t2=[80, 200, 240])
    # t1 as others see it: 80 → −10, 200 → −70, 240 → −110: median −70, deviations 60, 0, 40
    # t2 as others see it: 90 → −10, 110 → −30, 130 → −50: median −30, deviations 20, 0, 20
    found = NearestSubset(GREY).score(view)
    assert found.values[0, 0] == pytest.approx((-10 + 70) / (1.4826 * 40))
    assert found.values[0, 1] == pytest.approx((-20 + 30) / (1.4826 * 20))


def test_a_patients_own_images_do_not_calibrate_its_subset() -> None:
    view = grey_view([100], t1=[90, 110, 130, 131], t2=[80, 200, 240])
    whose = ["a", "b", "c", "d", "a", "e", "f"]
    known = replace(
        view, reals=Labelled(view.reals.images.with_patients(whose), view.reals.subsets)
    )
    # without 90 (of a, who has 80 too): 80 → −30, 200 → −69, 240 → −109: deviations 39, 0, 40
    found = NearestSubset(GREY).score(known)
    assert found.values[0, 0] == pytest.approx((-10 + 69) / (1.4826 * 39))


def test_without_reals_enough_similarities_are_left_as_they_are() -> None:
    view = grey_view([22], t1=[10, 20], t2=[50, 60])
    assert NearestSubset(GREY).score(view).values.tolist() == [[-2, -28]]


def test_reals_as_if_generated_leave_their_patient_out() -> None:
    view = grey_view([0], t1=[10, 14], t2=[50, 56])
    method = NearestSubset(GREY, calibrated=False)
    assert method.as_if_generated(view).values.tolist() == [
        [-4, -40], [-4, -36], [-36, -6], [-42, -6],
    ]  # fmt: skip
    whose = view.reals.images.with_patients(["a", "a", "b", "c"])
    known = replace(view, reals=Labelled(whose, view.reals.subsets))
    assert method.as_if_generated(known).values.tolist() == [
        [-40, -40], [-36, -36], [-36, -6], [-42, -6],
    ]  # fmt: skip


def test_votes_are_weighted_by_rank_and_by_the_size_of_the_subset() -> None:
    view = grey_view([20], t1=[20, 22, 60, 70], t2=[21, 24])
    # nearest: t1 0, t2 −1, t1 −2; the fourth, −4, sets the scale: weights 1, 3/4, 1/2
    votes = np.array([1.5 / 4, 0.75 / 2])
    found = NeighbourVote(GREY, k=3).score(view).values[0]
    np.testing.assert_allclose(found, votes / votes.sum())
    assert NeighbourVote(GREY, k=1).score(view).values[0].tolist() == [1, 0]


def test_neighbours_all_alike_vote_alike() -> None:
    found = NeighbourVote(GREY, k=5).score(grey_view([7], t1=[7], t2=[7])).values[0]
    assert found.tolist() == [0.5, 0.5]


def test_a_vote_leaves_the_patient_out() -> None:
    view = grey_view([0], t1=[10, 14], t2=[50, 56])
    found = NeighbourVote(GREY, k=1).as_if_generated(view).answers
    assert found == ("t1", "t1", "t2", "t2")


def test_a_subset_that_is_left_out_whole_comes_last() -> None:
    assert finite(np.array([[-np.inf, 2.0, 1.0], [-np.inf] * 3])).tolist() == [[1, 2, 1], [0] * 3]
