"""Features are computed in parallel, in order, and once for each image content."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from whorl.cache import Cache
from whorl.compute import Compute, computing
from whorl.errors import ImageError
from whorl.features import Feature, GreyLevels, Joined, extract, extract_each
from whorl.testing.worlds import image_set, smooth_images

IMAGES = image_set(smooth_images(70, np.random.default_rng(0), 8), "image")
computed: list[int] = []
lock = threading.Lock()


@dataclass(frozen=True)
class Mean(Feature):
    """The mean grey value, counted."""

    name: ClassVar[str] = "mean"

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        with lock:
            computed.append(len(pixels))
        return pixels.mean(axis=(1, 2), dtype=np.float64).astype(np.float32)[:, None]


@dataclass(frozen=True)
class Bright(Feature):
    """The grey values above a limit: as many as there are."""

    limit: int

    name: ClassVar[str] = "bright"

    def compute(self, pixels: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
        return [image[image > self.limit] for image in pixels]


@dataclass(frozen=True)
class Failing(Feature):
    """Cannot describe anything."""

    name: ClassVar[str] = "failing"

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        raise ImageError(f"{len(pixels)} images are too small")


@pytest.mark.parametrize("threads", [1, 3])
def test_values_stand_in_the_images_order(threads: int) -> None:
    with computing(Compute(threads=threads)):
        values = extract(Mean(), IMAGES)
    np.testing.assert_allclose(values[:, 0], IMAGES.pixels.mean(axis=(1, 2)), rtol=1e-6)
    assert values.dtype == np.float32


def test_shapes_may_differ_from_image_to_image() -> None:
    found = extract_each(Bright(150), IMAGES)
    assert [len(v) for v in found] == [int((image > 150).sum()) for image in IMAGES.pixels]


def test_an_image_is_described_once_whatever_its_name_and_place(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    computed.clear()
    with computing(Compute(cache=cache)):
        first = extract(Mean(), IMAGES)
        assert sum(computed) == 70
        again = extract(Mean(), image_set(IMAGES.pixels[::-1], "other"))
        assert sum(computed) == 70
        np.testing.assert_array_equal(again, first[::-1])
        new = smooth_images(2, np.random.default_rng(1), 8)
        extract(Mean(), image_set(np.concatenate([IMAGES.pixels[:3], new]), "both"))
    assert sum(computed) == 72


def test_features_with_other_parameters_are_kept_apart(tmp_path: Path) -> None:
    with computing(Compute(cache=Cache(tmp_path))):
        some, more = (extract_each(Bright(limit), IMAGES) for limit in (150, 100))
    assert sum(map(len, more)) > sum(map(len, some))


@pytest.mark.filterwarnings("ignore:.*damaged")
def test_a_damaged_entry_is_computed_again(tmp_path: Path) -> None:
    with computing(Compute(cache=Cache(tmp_path))):
        first = extract(Mean(), IMAGES)
        damaged = next(tmp_path.rglob("*.array"))
        damaged.write_bytes(b"x" * 50)
        np.testing.assert_array_equal(extract(Mean(), IMAGES), first)


def test_entries_of_another_shape_are_computed_again(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    with computing(Compute(cache=cache)):
        first = extract(Mean(), IMAGES)
        cache.put(f"{Mean()!r} {IMAGES.hashes[3]}", np.zeros((2, 5)))
        with pytest.warns(UserWarning, match="mean: the cache holds values of several shapes"):
            np.testing.assert_array_equal(extract(Mean(), IMAGES), first)


def test_errors_come_through() -> None:
    with pytest.raises(ImageError, match="32 images are too small"):
        extract(Failing(), IMAGES)


def test_joined_features_stand_side_by_side() -> None:
    values = Joined((Mean(), GreyLevels((0.5,)))).compute(IMAGES.pixels)
    assert values.shape == (70, 4)
    np.testing.assert_array_equal(values[:, :1], Mean().compute(IMAGES.pixels))
    np.testing.assert_array_equal(values[:, 1:], GreyLevels((0.5,)).compute(IMAGES.pixels))
