from __future__ import annotations

import shutil
from collections import namedtuple
from collections.abc import Callable

import numpy as np
import pytest

from whorl.errors import ImageError
from whorl.images import ImageSet, storage
from whorl.images.blank import blank
from whorl.similarity.duplicates import thumbnails


def mapped_bytes_in_memory() -> int:
    """Resident memory of this process that belongs to mapped files, in bytes."""
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123
        line = next(line for line in status if line.startswith("RssFile:"))
    return int(line.split()[1]) * 1024


def test_release_frees_a_mapped_array_and_keeps_its_values() -> None:
    pixels = storage.allocate((64, 1024, 1024), limit=1)
    pixels[:] = 7
    before = mapped_bytes_in_memory()
    storage.release(pixels[3:9].view())
    freed = before - mapped_bytes_in_memory()
    assert freed > 0.9 * pixels.nbytes
    assert pixels[0].min() == pixels[-1].max() == 7


def test_release_leaves_an_array_in_memory_alone() -> None:
    pixels = storage.allocate((2, 4, 4))
    pixels[:] = 7
    storage.release(pixels)
    assert pixels.min() == 7


def test_no_room_is_an_error_that_names_tmpdir(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 1, 9))
    with pytest.raises(ImageError, match="are free: make room, or set TMPDIR"):
        storage.allocate((10, 10, 10), limit=1)


@pytest.mark.parametrize("rows_a_block", [1, 3, 100])
def test_compact_moves_rows_to_the_front(
    rows_a_block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "BLOCK_BYTES", 4 * rows_a_block)
    pixels = np.repeat(np.arange(10, dtype=np.uint8), 4).reshape(10, 2, 2)
    kept = [0, 2, 3, 4, 8, 9]
    assert storage.compact(pixels, kept)[:, 1, 1].tolist() == kept


@pytest.mark.parametrize(
    "whole_pass",
    [
        lambda images: blank(images.pixels),
        thumbnails,
        lambda images: images.take(range(len(images))),
        lambda images: images.joined(images.take([0]).with_ids(["another"])),
    ],
    ids=["blank", "thumbnails", "take", "joined"],
)
def test_a_pass_over_a_mapped_set_lets_its_pages_go(
    whole_pass: Callable[[ImageSet], object],
) -> None:
    pixels = storage.allocate((1024, 128, 128), limit=1)
    pixels[:] = np.arange(128, dtype=np.uint8)
    images = ImageSet(tuple(map(str, range(len(pixels)))), pixels, "mapped")
    storage.release(pixels)
    before = mapped_bytes_in_memory()
    whole_pass(images)
    assert mapped_bytes_in_memory() - before < 0.3 * pixels.nbytes
