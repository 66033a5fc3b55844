from __future__ import annotations

import numpy as np
import pytest

from whorl.auditing.aligning import LEAST_CORRELATION, aligned, details
from whorl.images.orientations import ORIENTATIONS, oriented
from whorl.testing.worlds import smooth_images


def noise(seed: int = 0, shape: tuple[int, int] = (64, 64)) -> np.ndarray:
    return np.random.default_rng(seed).integers(40, 200, shape, np.uint8)


def back(orientation: int) -> int:
    """The orientation that undoes another: only quarter turns undo each other."""
    return {5: 6, 6: 5}.get(orientation, orientation)


@pytest.mark.parametrize("orientation", range(1, 8))
def test_an_image_mirrored_or_turned_is_laid_back(orientation: int) -> None:
    image = noise()
    found = aligned(image, oriented(image, orientation))
    np.testing.assert_array_equal(found.pixels, image)
    assert found.done == (ORIENTATIONS[back(orientation)],)
    assert found.correlation == pytest.approx(1)
    assert found.before < 0.5


@pytest.mark.parametrize(
    ("down", "across", "words"),
    [
        (3, -2, "moved by 2 pixels to the left and 3 pixels down"),
        (0, 1, "moved by 1 pixel to the right"),
        (-4, 0, "moved by 4 pixels up"),
    ],
)
def test_an_image_that_was_moved_is_moved_back(down: int, across: int, words: str) -> None:
    image = noise()
    found = aligned(image, np.roll(image, (-down, -across), (0, 1)))
    assert found.done == (words,)
    np.testing.assert_array_equal(found.pixels[8:-8, 8:-8], image[8:-8, 8:-8])


def test_shifts_of_larger_images_are_in_their_own_pixels() -> None:
    image = np.kron(noise(shape=(128, 128)), np.ones((2, 2), np.uint8))
    found = aligned(image, np.roll(image, -6, axis=0))
    assert found.done == ("moved by 6 pixels down",)


def test_an_image_that_is_not_square_keeps_its_size() -> None:
    image = noise(shape=(48, 64))
    found = aligned(image, oriented(image, 3))
    assert found.done == ("turned by 180°",)
    assert found.pixels.shape == image.shape


def test_grey_values_are_adapted_and_said() -> None:
    image = noise()
    darker, flatter = image - np.uint8(30), (image // 2 + 60).astype(np.uint8)
    assert aligned(image, darker).done == ("brightness adapted",)
    np.testing.assert_array_equal(aligned(image, darker).pixels, image)
    found = aligned(image, flatter)
    assert found.done == ("brightness and contrast adapted",)
    assert abs(found.pixels.astype(int) - image).max() <= 2


def test_images_that_have_nothing_in_common_are_left_as_they_are() -> None:
    a, b = noise(1), noise(2)
    found = aligned(a, b)
    assert found.done == ()
    assert found.pixels is b or np.array_equal(found.pixels, b)
    assert found.correlation == found.before


def test_grey_values_of_images_that_are_hardly_alike_are_left_as_they_are() -> None:
    found = aligned(noise(1), (noise(2) // 4).astype(np.uint8))
    assert found.correlation < LEAST_CORRELATION
    assert found.done == ()


def test_a_near_copy_is_not_moved() -> None:
    image = smooth_images(1, np.random.default_rng(0), 64)[0]
    noisy = np.clip(image + np.random.default_rng(1).normal(0, 3, image.shape), 0, 255)
    assert aligned(image, noisy.astype(np.uint8)).done == ()


def test_a_flat_image_has_no_details() -> None:
    flat = np.full((16, 16), 9, np.uint8)
    assert not details(flat).any()
    assert aligned(noise(shape=(16, 16)), flat).correlation == 0
