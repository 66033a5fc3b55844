"""What is blank, what is nearly so, and what only looks sparse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from whorl.images import load
from whorl.images.blank import blank
from whorl.testing.worlds import smooth_images

RNG = np.random.default_rng(0)
Draw = Callable[[int], np.ndarray]


def noise(level: float, sigma: float) -> Draw:
    return lambda n: np.clip(RNG.normal(level, sigma, (n, n)), 0, 255).astype(np.uint8)


def hot_pixels(n: int) -> np.ndarray:
    image = np.zeros((n, n), np.uint8)
    image[tuple(RNG.integers(0, n, (2, n * n // 200)))] = 255
    return image


def frame(n: int) -> np.ndarray:
    image = np.full((n, n), 255, np.uint8)
    wide = n // 16
    image[wide:-wide, wide:-wide] = 0
    return image


def marker(n: int) -> np.ndarray:
    image = Image.new("L", (n, n))
    draw = ImageDraw.Draw(image)
    draw.text((n // 12, n // 12), "R", fill=255, font_size=max(8, n // 8))
    if n >= 128:
        draw.text((n // 2, 5 * n // 6), "2020-01-01", fill=255, font_size=max(8, n // 20))
    return np.asarray(image)


def ramp(levels: int) -> Draw:
    return lambda n: np.tile(np.linspace(0, levels, n).astype(np.uint8), (n, 1))


def disc(n: int) -> np.ndarray:
    """A tenth of the side in radius: 3 % of the picture."""
    return 200 * (np.hypot(*(np.indices((n, n)) - n / 2)) < n / 10).astype(np.uint8)


BLANK: dict[str, Draw] = {
    "black": lambda n: np.zeros((n, n), np.uint8),
    "grey": lambda n: np.full((n, n), 77, np.uint8),
    "black with noise": noise(0, 8),
    "grey with noise": noise(128, 8),
    "hot pixels": hot_pixels,
    "a white frame": frame,
    "a marker": marker,
}
PICTURES: dict[str, Draw] = {
    "soft blobs": lambda n: smooth_images(1, RNG, n)[0],
    "soft blobs in 16 grey levels": lambda n: smooth_images(1, RNG, n)[0] // 16,
    "a ramp": ramp(255),
    "a faint ramp": ramp(20),
    "a small disc": disc,
    "strong noise": lambda n: RNG.integers(0, 256, (n, n)).astype(np.uint8),
}


@pytest.mark.parametrize("side", [32, 64, 128, 256])
@pytest.mark.parametrize("name", BLANK)
def test_blank(name: str, side: int) -> None:
    assert blank(np.stack([BLANK[name](side) for _ in range(3)])).all()


@pytest.mark.parametrize("side", [32, 64, 128, 256])
@pytest.mark.parametrize("name", PICTURES)
def test_not_blank(name: str, side: int) -> None:
    assert not blank(np.stack([PICTURES[name](side) for _ in range(3)])).any()


def test_each_image_is_judged_by_itself_and_need_not_be_square() -> None:
    pictures = smooth_images(100, RNG, 64)[:, :48]
    pictures[[3, 70]] = 0
    assert np.flatnonzero(blank(pictures)).tolist() == [3, 70]


@pytest.mark.parametrize("side", [1, 3, 8, 12])
def test_tiny_images_are_blank_if_they_are_constant(side: int) -> None:
    images = np.zeros((2, side, side), np.uint8)
    assert blank(images).all()
    if side >= 8:
        images[1, :, side // 2 :] = 200
        assert blank(images).tolist() == [True, False]


@pytest.mark.parametrize("folder", ["ct_slices/images", "nodule_crops/images", "chest_dicom"])
def test_no_real_picture_is_blank(real_data: Path, folder: str) -> None:
    assert not blank(load(real_data / "data" / folder).pixels).any()
