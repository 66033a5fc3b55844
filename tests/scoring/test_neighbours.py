"""What is nearest, and what counts as memorised."""

from __future__ import annotations

import numpy as np

from tests.scoring.worlds import world
from whorl.scoring.neighbours import Neighbours, find_neighbours, named_twice
from whorl.similarity import Correlation, Largest, similarity_matrix


def largest(*rows: tuple[float, float]) -> Largest:
    return Largest(np.float32(rows), np.tile(np.array([0, 1]), (len(rows), 1)))


def test_the_nearest_and_the_bar_are_those_of_the_whole_matrix() -> None:
    sets = world(0, copies=0.5)
    found = find_neighbours(*sets, Correlation())
    to_training = similarity_matrix(Correlation(), sets.generated, sets.training)
    among = similarity_matrix(Correlation(), sets.holdout, sets.training)
    assert np.array_equal(found.training.similarity[:, 0], to_training.max(axis=1))
    assert np.array_equal(found.training.position[:, 0], to_training.argmax(axis=1))
    assert found.bar == float(among.max())
    assert np.array_equal(found.memorised, to_training.max(axis=1) > among.max())


def test_copies_are_memorised_and_fresh_images_are_not() -> None:
    found = find_neighbours(*world(1, copies=0.5), Correlation())
    assert found.memorised.tolist() == [True] * 20 + [False] * 20
    assert not found.like_holdout.any()


def test_equal_to_the_bar_is_not_above_it() -> None:
    found = Neighbours(largest((0.5, 0.1)), largest((0.6, 0.1)), float(np.float32(0.5)), "SSIM")
    assert not found.memorised[0]
    assert found.like_holdout[0]


def test_one_equally_near_to_both_sides_counts_half() -> None:
    near = largest((0.9, 0.1), (0.4, 0.1), (0.2, 0.1))
    far = largest((0.5, 0.1), (0.4, 0.1), (0.3, 0.1))
    assert Neighbours(near, far, 1.0, "SSIM").nearer.tolist() == [1.0, 0.5, 0.0]


def test_a_patient_is_named_by_two_images_and_by_none_in_between() -> None:
    near = largest((0.9, 0.8), (0.9, 0.7), (0.3, 0.2))
    far = largest((0.1, 0.1), (0.8, 0.1), (0.6, 0.5))
    found = Neighbours(near, far, 1.0, "SSIM")
    named = named_twice(found, np.array([3, 3]), np.array([5, 5]))
    assert named.tolist() == [3, -1, 5]


def test_a_side_with_one_image_names_nobody_by_itself() -> None:
    one = Largest(np.float32([[0.9]]), np.array([[0]]))
    found = Neighbours(one, largest((0.5, 0.4)), 1.0, "SSIM")
    assert named_twice(found, np.array([0]), np.array([1, 1])).tolist() == [-1]
