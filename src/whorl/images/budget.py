"""A budget of memory that readers share: large images are decoded one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

WORKING_BYTES = 16
"""What decoding takes for each pixel of an image: its channels, and copies on the way to grey."""
STORED_BYTES = 4
"""What files of several images hold of each pixel while they are decoded."""
TOGETHER = 3 * 2**29


class Budget:
    """Memory that several threads may take up together.

    Parameters
    ----------
    total : int
        Bytes. Who wants more than all waits until it is alone.

    Examples
    --------
    >>> budget = Budget(100)
    >>> with budget.held(60), budget.held(40):
    ...     budget.free
    0
    """

    def __init__(self, total: int) -> None:
        self.total = self.free = total
        self._changed = Condition()

    @contextmanager
    def held(self, size: int) -> Iterator[None]:
        """Wait until so many bytes are free, and hold them within the block."""
        size = min(size, self.total)
        with self._changed:
            self._changed.wait_for(lambda: self.free >= size)
            self.free -= size
        try:
            yield
        finally:
            with self._changed:
                self.free += size
                self._changed.notify_all()


READERS = Budget(TOGETHER)
"""That of all readers in this process."""


def bytes_to_decode(height: int, width: int, count: int) -> int:
    """Return about how much memory decoding a file takes, from what its header says.

    Examples
    --------
    >>> bytes_to_decode(8192, 8192, 1) / 2**30
    1.25
    """
    return height * width * (WORKING_BYTES + STORED_BYTES * count)
