"""Images that are arrays or pictures already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from whorl.errors import ImageError
from whorl.images import Window, load, space

PIXELS = np.random.default_rng(0).integers(0, 256, (5, 8, 9), dtype=np.uint8)


class TorchLike:
    """A data set as torch has them: a length, and items by number."""

    def __len__(self) -> int:
        return len(PIXELS)

    def __getitem__(self, k: int) -> tuple[Any, int]:
        return PIXELS[k][None], k


def drawn() -> Iterator[Image.Image]:
    yield from map(Image.fromarray, PIXELS)


@pytest.mark.parametrize(
    "source",
    [
        PIXELS,
        list(PIXELS),
        [Image.fromarray(image) for image in PIXELS],
        TorchLike(),
        [{"label": 1, "image": Image.fromarray(image)} for image in PIXELS],
        [{"image": image.tolist(), "label": image} for image in PIXELS],
    ],
    ids=["array", "arrays", "pictures", "torch", "columns", "one column of arrays"],
)
def test_arrays_pictures_and_data_sets_are_read_alike(source: Any) -> None:
    images = load(source, name="candidates")
    assert np.array_equal(images.pixels, PIXELS)
    assert images.ids == tuple(f"image_{k:03d}" for k in range(5))
    assert images.name == "candidates"


def test_an_iterator_whose_length_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space, "FIRST_SPACE", 2)
    monkeypatch.setattr(space, "BLOCK_BYTES", 100)
    assert np.array_equal(load(drawn()).pixels, PIXELS)


def test_tensors_of_torch() -> None:
    torch = pytest.importorskip("torch")
    assert np.array_equal(load(torch.from_numpy(PIXELS)).pixels, PIXELS)
    data = torch.utils.data.TensorDataset(torch.from_numpy(PIXELS[:, None] / np.float32(255)))
    with pytest.raises(ImageError, match="image_000: holds float32 values"):
        load(data)
    assert np.array_equal(load(data, window=Window.spanning(0, 1)).pixels, PIXELS)


def test_several_columns_of_images_must_be_chosen_from() -> None:
    items = [{"scan": image, "mask": image // 2} for image in PIXELS]
    with pytest.raises(ImageError, match="found scan, mask: say which with column="):
        load(items)
    assert np.array_equal(load(items, column="scan").pixels, PIXELS)
    with pytest.raises(ImageError, match="found scan, mask"):
        load(items, column="gone")


def test_pictures_may_be_resized_and_one_of_another_size_is_named() -> None:
    mixed = [PIXELS[0], PIXELS[1, :, :7]]
    with pytest.raises(ImageError, match=r"image_001: is 7×8, the first is 9×8; --resize"):
        load(mixed)
    assert load(mixed, resize=8).size == (8, 8)


def test_yes_and_no_become_white_and_black() -> None:
    assert load(PIXELS > 100).pixels.max() == 255


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (3, "int: expected a folder, files, an array, pictures or a data set"),
        (iter([]), "images: holds no image"),
        (iter(["a.png"]), "image_000: is a path: give paths in a list"),
        ([np.zeros(3, np.uint8)], r"image_000: expected height × width"),
        ([np.zeros((8, 8, 4), np.uint8)], r"expected height × width, or that with 3 channels"),
        ([np.array([["a"]])], "holds <U1 values: give numbers"),
    ],
)
def test_what_holds_no_image_is_named(source: Any, message: str) -> None:
    with pytest.raises(ImageError, match=message):
        load(source)


def test_hashes_are_those_of_the_pixels() -> None:
    images = load(PIXELS)
    assert images.hashes == images.take(range(5)).hashes
