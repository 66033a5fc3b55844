"""Copies that came by another road are found, and what only looks alike is not."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.methods.pool import ct_patients
from whorl.auditing.lookalikes import BAR, Lookalikes, find_lookalikes
from whorl.cache import Cache
from whorl.compute import Compute, computing
from whorl.features.alignment import Frame, Padded
from whorl.images import ImageSet
from whorl.images.orientations import oriented
from whorl.testing.worlds import image_set, noisy, smooth_images

RNG = np.random.default_rng(0)
REALS = smooth_images(20, RNG, 64)
OTHERS = smooth_images(40, RNG, 64)


def jpeg(image: np.ndarray) -> np.ndarray:
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "JPEG", quality=40)
    return np.asarray(Image.open(stream))


def smaller(image: np.ndarray) -> np.ndarray:
    height, width = image.shape
    return np.asarray(
        Image.fromarray(image).resize((width // 2, height // 2)).resize((width, height))
    )


def moved(image: np.ndarray, right: int, down: int) -> np.ndarray:
    """Moved, with black coming in."""
    height, width = image.shape
    made = np.zeros((height + 16, width + 16), np.uint8)
    made[8 + down : 8 + down + height, 8 + right : 8 + right + width] = image
    return made[8:-8, 8:-8]


ROADS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    **{f"orientation {k}": lambda image, k=k: oriented(image, k) for k in range(8)},
    "moved": lambda image: moved(image, 2, -2),
    "moved by a part of a pixel": lambda image: Padded(image).cut(Frame(0.011, -0.02), 64),
    "brighter": lambda image: np.minimum(image, 215) + np.uint8(40),
    "less contrast": lambda image: (image * 0.6 + 30).astype(np.uint8),
    "gamma": lambda image: (255 * (image / 255) ** 1.4).astype(np.uint8),
    "JPEG": jpeg,
    "rescaled": smaller,
    "enlarged": lambda image: Padded(image).cut(Frame(wide=0.06, tall=0.06).inverse(), 64),
    "made smaller": lambda image: Padded(image).cut(Frame(wide=-0.06, tall=-0.06).inverse(), 64),
    "noise": lambda image: noisy(image[None], np.random.default_rng(0), 3)[0],
    "mirrored, moved and compressed": lambda image: jpeg(moved(image[:, ::-1], 2, 1)),
}


def looked(candidates: np.ndarray, generated: np.ndarray) -> Lookalikes:
    return find_lookalikes(image_set(candidates, "candidate"), image_set(generated, "generated"))


@pytest.mark.parametrize("road", ROADS)
def test_copies_are_found_on_every_road(road: str) -> None:
    made = np.stack([ROADS[road](image) for image in REALS])
    found = looked(REALS, np.concatenate([OTHERS, made]))
    right = found.position == len(OTHERS) + np.arange(len(REALS))
    assert np.count_nonzero(right & (found.similarity >= BAR)) >= 19


def test_orientation_and_frame_say_how_it_came_there() -> None:
    made = moved(oriented(REALS[3], 5), 2, -1)
    found = looked(REALS[3:4], np.stack([*OTHERS, made]))
    assert found.orientation.tolist() == [5]
    np.testing.assert_allclose(found.frame[0], Frame(2 / 64, -1 / 64), atol=0.004)


def test_what_nobody_copied_stays_below_the_bar() -> None:
    assert looked(REALS, OTHERS).similarity.max() < 0.7


def test_images_need_be_neither_square_nor_large() -> None:
    for reals, others in (
        (REALS[:, :48], OTHERS[:, :48]),
        (REALS[:, ::2, ::2], OTHERS[:, ::2, ::2]),
    ):
        made = np.concatenate([others, reals[:3, ::-1]])
        found = looked(reals, made)
        assert (found.similarity >= BAR).tolist() == [True] * 3 + [False] * 17
        assert found.orientation[:3].tolist() == [2] * 3


def test_fewer_others_than_are_looked_at_are_enough() -> None:
    found = looked(REALS[:2], REALS[1:2])
    assert found.position.tolist() == [0, 0]
    assert found.similarity[1] == pytest.approx(1)


def test_flat_images_are_like_nothing() -> None:
    flat = np.full((2, 64, 64), 9, np.uint8)
    assert looked(flat, flat).similarity.tolist() == [0, 0]


def test_neither_cache_nor_cuts_change_what_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = np.concatenate([OTHERS, REALS[:5, ::-1]])
    plain = looked(REALS, made)
    monkeypatch.setattr("whorl.auditing.lookalikes.COLUMNS", 7)
    monkeypatch.setattr("whorl.auditing.lookalikes.ROWS", 3)
    with computing(Compute(cache=Cache(tmp_path))):
        for _ in range(2):
            again = looked(REALS, made)
            np.testing.assert_array_equal(again.position[:5], plain.position[:5])
            np.testing.assert_allclose(again.similarity, plain.similarity, atol=1e-5)


def test_no_slice_of_one_patient_is_called_a_copy_of_anothers(real_data: Path) -> None:
    images, codes = ct_patients(real_data, 4)
    half = codes < np.median(codes)
    sides = [images.take(np.flatnonzero(side)) for side in (half, ~half)]
    assert isinstance(sides[0], ImageSet)
    assert find_lookalikes(*sides).similarity.max() < BAR
