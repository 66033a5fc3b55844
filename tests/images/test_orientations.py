"""Mirrored and turned images, and which are equal but for that."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from whorl.images import ImageSet
from whorl.images.orientations import ORIENTATIONS, find_equals, orientations_of, oriented
from whorl.testing.worlds import image_set, smooth_images

PIXELS = smooth_images(4, np.random.default_rng(0), 16)
T = Image.Transpose
PILLOW = {
    "mirrored left to right": T.FLIP_LEFT_RIGHT,
    "mirrored top to bottom": T.FLIP_TOP_BOTTOM,
    "turned by 180°": T.ROTATE_180,
    "mirrored along its diagonal": T.TRANSPOSE,
    "turned by 90° to the left": T.ROTATE_90,
    "turned by 90° to the right": T.ROTATE_270,
    "mirrored along its other diagonal": T.TRANSVERSE,
}


@pytest.mark.parametrize("name", PILLOW)
def test_orientations_are_those_that_pillow_knows(name: str) -> None:
    expected = np.asarray(Image.fromarray(PIXELS[0]).transpose(PILLOW[name]))
    np.testing.assert_array_equal(oriented(PIXELS, ORIENTATIONS.index(name))[0], expected)


def test_equals_are_found_in_every_orientation() -> None:
    made = np.stack([oriented(PIXELS[1], k) for k in range(8)])
    found = find_equals(image_set(PIXELS[:2], "a"), image_set(made, "b"))
    assert found.counts.tolist() == [[0] * 8, [1] * 8]
    assert (found.upright, found.turned, found.any.tolist()) == (1, 7, [False, True])
    for k, position in enumerate(found.first[1].tolist()):
        np.testing.assert_array_equal(oriented(PIXELS[1], k), made[position])


def test_several_equals_are_counted_and_the_first_of_them_named() -> None:
    made = PIXELS[[3, 2, 2, 2]].copy()
    made[2:] = made[2:, :, ::-1]
    found = find_equals(image_set(PIXELS[2:3], "a"), image_set(made, "b"))
    assert found.counts[0, :2].tolist() == [1, 2]
    assert found.first[0, :3].tolist() == [1, 2, -1]


def test_what_looks_the_same_in_two_orientations_counts_once() -> None:
    symmetric = np.maximum(PIXELS[:1], PIXELS[:1, :, ::-1])
    found = find_equals(image_set(symmetric, "a"), image_set(symmetric, "b"))
    assert (found.upright, found.turned) == (1, 0)


def test_images_that_are_not_square_are_not_turned_by_90_degrees() -> None:
    assert list(orientations_of((4, 6))) == [0, 1, 2, 3]
    flat = PIXELS[:, :8]
    found = find_equals(image_set(flat, "a"), ImageSet(("x",), flat[:1, ::-1, ::-1].copy()))
    assert found.counts[0].tolist() == [0, 0, 0, 1, 0, 0, 0, 0]


def test_rows_may_be_left_out() -> None:
    same = image_set(PIXELS, "a")
    found = find_equals(same, same).only(np.array([True, False, False, False]))
    assert (found.upright, found.first[:, 0].tolist()) == (1, [0, -1, -1, -1])
