"""Where the pixels of an image set live: in memory, or memory-mapped when they are many."""

from __future__ import annotations

import mmap
import shutil
import tempfile
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError

IN_MEMORY_BYTES = 512 * 2**20
BLOCK_BYTES = 64 * 2**20


def allocate(shape: tuple[int, ...], limit: int = IN_MEMORY_BYTES) -> NDArray[np.uint8]:
    """Return a writable uint8 array; above `limit` bytes it is mapped to an unnamed file.

    Parameters
    ----------
    shape : tuple of int
        (n, height, width), or that and the number of channels.
    limit : int
        Bytes up to which the array is kept in memory.

    Returns
    -------
    ndarray of uint8
        Filled with zeros. A mapped file lies in the system's temporary folder (``TMPDIR``), has
        no name there and vanishes with the last reference to the array.

    Raises
    ------
    ImageError
        If the temporary folder has no room for the file.

    Examples
    --------
    >>> type(allocate((2, 4, 4))).__name__, type(allocate((2, 4, 4), limit=10)).__name__
    ('ndarray', 'memmap')
    """
    size = int(np.prod(shape, dtype=np.int64))
    if size <= limit:
        return np.zeros(shape, np.uint8)
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    if size > free:
        raise ImageError(
            f"{folder}: the pixels need {size / 1e9:,.1f} GB there and {free / 1e9:,.1f} GB are "
            "free: make room, or set TMPDIR to a folder on another disk"
        )
    with tempfile.TemporaryFile(prefix="whorl-", dir=folder) as file:
        return np.memmap(file, np.uint8, "w+", shape=shape)


def release(pixels: NDArray[np.uint8]) -> None:
    """Let the memory go that reading or writing a mapped array has taken; its file keeps all.

    Does nothing to an array in memory. Who passes once over a large set calls this after each
    block (of some `BLOCK_BYTES`), or the mapped pages add up to the whole set in memory.

    Examples
    --------
    >>> pixels = allocate((2, 4, 4), limit=10)
    >>> pixels[1] = 7
    >>> release(pixels)
    >>> int(pixels[1, 0, 0])
    7
    """
    owner: object = pixels
    while isinstance(owner, np.ndarray):
        owner = owner.base
    if isinstance(owner, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        owner.madvise(mmap.MADV_DONTNEED)


def compact(pixels: NDArray[np.uint8], rows: Sequence[int]) -> NDArray[np.uint8]:
    """Move the given rows to the front, in place, and return that front.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (n, height, width[, 3])
        Overwritten.
    rows : sequence of int
        Which rows to keep, in ascending order.

    Examples
    --------
    >>> compact(np.arange(4, dtype=np.uint8).reshape(4, 1, 1), [0, 2, 3]).ravel()
    array([0, 2, 3], dtype=uint8)
    """
    step = max(1, BLOCK_BYTES // pixels[0].nbytes)
    for start in range(0, len(rows), step):
        block = rows[start : start + step]
        pixels[start : start + len(block)] = pixels[list(block)]
        release(pixels)
    return pixels[: len(rows)]
