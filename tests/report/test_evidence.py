import base64
import io

import numpy as np
import pytest
from PIL import Image

from whorl.report.evidence import (
    EXPLAINED,
    OPACITY,
    UNLIKE,
    difference_map,
    explained_map,
    picture,
    unlikeness,
)


def decoded(uri: str | None) -> Image.Image:
    assert uri is not None
    head, _, body = uri.partition(",")
    assert head == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(body)))


def test_a_picture_holds_the_grey_values() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (9, 13), np.uint8)
    assert np.array_equal(np.asarray(decoded(picture(pixels))), pixels)


def test_a_picture_of_a_read_only_slice_of_a_stack() -> None:
    stack = np.arange(2 * 8 * 8, dtype=np.uint8).reshape(2, 8, 8)
    stack.flags.writeable = False
    assert np.array_equal(np.asarray(decoded(picture(stack[1]))), stack[1])


def test_a_large_picture_is_shrunk_in_proportion() -> None:
    assert decoded(picture(np.zeros((600, 1200), np.uint8))).size == (512, 256)


def test_unlikeness_of_flat_images_is_as_computed_by_hand() -> None:
    # Without variance SSIM is (2·100·150 + C1) / (100² + 150² + C1), C1 = (0.01·255)² = 6.5025.
    a, b = np.full((8, 8), 100, np.uint8), np.full((8, 8), 150, np.uint8)
    assert unlikeness(a, b) == pytest.approx(np.full((8, 8), 1 - 30006.5025 / 32506.5025))


def test_unlikeness_stops_at_one() -> None:
    a = np.tile(np.array([0, 255], np.uint8), (8, 4))
    unlike = unlikeness(a, 255 - a)
    assert unlike is not None
    assert unlike.max() == 1.0


def test_the_map_is_clear_where_alike_and_orange_where_not() -> None:
    black, white = np.zeros((8, 8), np.uint8), np.full((8, 8), 255, np.uint8)
    alike = np.asarray(decoded(difference_map(black, black)).convert("RGBA"))
    unlike = np.asarray(decoded(difference_map(black, white)).convert("RGBA"))
    assert np.all(alike[..., 3] == 0)
    assert np.all(unlike == (*UNLIKE, round(255 * OPACITY)))


def test_images_below_the_window_have_no_map() -> None:
    small = np.zeros((6, 20), np.uint8)
    assert difference_map(small, small) is None


def test_what_is_explained_is_blue_where_it_is_most() -> None:
    shown = np.asarray(decoded(explained_map(np.float32([[0, 1], [0.5, 0]]))).convert("RGBA"))
    assert shown[0, 0, 3] == 0
    assert tuple(shown[0, 1]) == (*EXPLAINED, round(255 * OPACITY))
    assert shown[1, 0, 3] == round(128 * OPACITY)
