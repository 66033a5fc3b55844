"""What is said of how one picture became another."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from whorl.auditing.roads import road_of
from whorl.features.alignment import Frame, Padded
from whorl.images.orientations import ORIENTATIONS, oriented
from whorl.testing.worlds import noisy, smooth_images

RNG = np.random.default_rng(0)
IMAGE = noisy(smooth_images(1, RNG, 128), RNG, 3)[0] // 2 + np.uint8(40)


def jpeg(image: np.ndarray, quality: int) -> np.ndarray:
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(image)).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream))


def moved(image: np.ndarray, right: int, down: int) -> np.ndarray:
    return np.roll(image, (down, right), axis=(0, 1))


def said(made: np.ndarray, orientation: int = 0, frame: Frame = Frame()) -> str:  # noqa: B008
    return road_of(IMAGE, made, orientation, frame)


@pytest.mark.parametrize("orientation", range(1, 8))
def test_mirrored_and_turned(orientation: int) -> None:
    assert said(oriented(IMAGE, orientation), orientation) == ORIENTATIONS[orientation]


def test_nothing_was_done() -> None:
    assert said(IMAGE) == "as it is"


@pytest.mark.parametrize(
    ("right", "down", "words"),
    [
        (3, 0, "moved by 3 pixels to the right"),
        (-1, 2, "moved by 1 pixel to the left and 2 pixels down"),
        (0, -4, "moved by 4 pixels up"),
    ],
)
@pytest.mark.parametrize("off", [-0.4, 0.0, 0.3])
def test_moved(right: int, down: int, words: str, off: float) -> None:
    """Where it was found is a part of a pixel off."""
    frame = Frame((right + off) / 128, (down - off) / 128)
    assert said(moved(IMAGE, right, down), 0, frame) == words


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (Frame(wide=0.05, tall=0.05), "enlarged by 5 %"),
        (Frame(wide=-0.08, tall=-0.08), "made smaller by 8 %"),
        (Frame(wide=0.05, tall=-0.03), "made wider by 5 %, made flatter by 3 %"),
        (Frame(0.05, 0.0, 0.0, 0.1), "moved by 6 pixels to the right, made taller by 10 %"),
    ],
)
def test_stretched(frame: Frame, words: str) -> None:
    assert said(Padded(IMAGE).cut(frame.inverse(), 128), 0, frame) == words


def test_brightness_and_contrast() -> None:
    assert said(IMAGE + np.uint8(20)) == "brightness changed"
    assert said((IMAGE * 0.8).astype(np.uint8)) == "brightness and contrast changed"
    assert said((255 * (IMAGE / 255) ** 1.6).astype(np.uint8)) == "brightness and contrast changed"


def test_compressed_rescaled_or_neither() -> None:
    small = Image.fromarray(IMAGE).resize((64, 64), Image.Resampling.BICUBIC)
    assert said(jpeg(IMAGE, 50)) == "JPEG compressed"
    assert said(np.asarray(small.resize((128, 128), Image.Resampling.BICUBIC))) == (
        "made at a smaller size"
    )
    assert said(noisy(IMAGE[None], RNG, 6)[0]) == "other noise or detail"


def test_one_after_another() -> None:
    made = jpeg(moved(IMAGE[:, ::-1] + np.uint8(30), 3, -3), 60)
    assert said(made, 1, Frame(3.2 / 128, -2.9 / 128)) == (
        "mirrored left to right, moved by 3 pixels to the right and 3 pixels up, "
        "brightness changed, JPEG compressed"
    )
