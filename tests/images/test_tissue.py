from __future__ import annotations

import numpy as np
import pytest

from whorl.errors import ImageError
from whorl.images.tissue import Scale, flatness_told, levels_used, require_one_scale

FLAT = np.arange(100, 116, dtype=np.uint8).reshape(4, 4)


@pytest.mark.parametrize("border", [0, 255, 90])
def test_a_uniform_border_does_not_count(border: int) -> None:
    assert levels_used(np.pad(FLAT, 3, constant_values=border)) == 15


def test_padding_does_not_count() -> None:
    image = np.pad(FLAT, ((0, 0), (0, 2)))
    image[0, 5] = 255
    assert levels_used(image, image == 255) == 115
    assert levels_used(image, (image == 255) | (image == 0)) == 15


def test_a_marker_or_a_hot_pixel_does_not_count() -> None:
    image = np.tile(FLAT, (10, 10))
    image[20, 20:24] = 255
    assert levels_used(image) == 15


def test_a_mask_spreads_over_its_two_levels() -> None:
    image = np.zeros((8, 8), np.uint8)
    image[3:5, 3:5] = 255
    assert levels_used(image) == 255


def test_one_level_is_blank_not_flat() -> None:
    assert levels_used(np.full((4, 4), 7, np.uint8)) is None
    assert levels_used(FLAT, np.ones((4, 4), bool)) is None
    assert flatness_told([None, None]) == []


def test_more_than_half_of_the_images_have_to_be_flat() -> None:
    assert flatness_told([31, 32]) == []
    assert flatness_told([31, 31, 32])[0].startswith(
        "2 of 3 images span less than 32 of 256 grey levels with their tissue (at most 31;"
    )


def test_scales_that_differ_are_refused() -> None:
    with pytest.raises(ImageError, match=r"c: its bits stand for .* 0 to 4095, those of b for -1 "):
        require_one_scale([("a", None), ("b", Scale(-1, 9)), ("c", Scale(0, 4095))])
