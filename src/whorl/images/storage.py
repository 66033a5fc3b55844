"""Where the pixels of an image set live: in memory, or memory-mapped when they are many."""

from __future__ import annotations

import tempfile

import numpy as np
from numpy.typing import NDArray

IN_MEMORY_BYTES = 512 * 2**20


def allocate(shape: tuple[int, int, int], limit: int = IN_MEMORY_BYTES) -> NDArray[np.uint8]:
    """Return a writable uint8 array; above `limit` bytes it is mapped to an unnamed file.

    Parameters
    ----------
    shape : tuple of int
        (n, height, width).
    limit : int
        Bytes up to which the array is kept in memory.

    Returns
    -------
    ndarray of uint8
        Filled with zeros. A mapped file lies in the system's temporary folder (``TMPDIR``), has
        no name there and vanishes with the last reference to the array.

    Examples
    --------
    >>> type(allocate((2, 4, 4))).__name__, type(allocate((2, 4, 4), limit=10)).__name__
    ('ndarray', 'memmap')
    """
    if int(np.prod(shape, dtype=np.int64)) <= limit:
        return np.zeros(shape, np.uint8)
    with tempfile.TemporaryFile(prefix="whorl-") as file:
        return np.memmap(file, np.uint8, "w+", shape=shape)
