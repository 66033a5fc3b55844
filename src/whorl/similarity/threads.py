"""Computing tiles on this machine's cores."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.similarity.measures import Measure

KEPT_BYTES = 256 * 2**20  # prepared rows that are kept rather than prepared again for each tile
BLOCK_BYTES = 16 * 2**20  # prepared rows that are worked on at once

Span = tuple[int, int]
Tile = NDArray[np.float32]


def tiles_by_threads(
    measure: Measure,
    a: NDArray[Any],
    b: NDArray[Any],
    spans: Sequence[Span],
    threads: int,
) -> Iterator[Tile]:
    """Yield the similarities of all of `a` with each span of `b`, in the order of the spans.

    Parameters
    ----------
    measure : Measure
        The similarity.
    a, b : ndarray
        What is compared; memory-mapped arrays are read as needed.
    spans : sequence of (int, int)
        First and last position (exclusive) in `b`.
    threads : int
        At least 1; the result does not depend on it.
    """
    from threadpoolctl import threadpool_limits

    rows = _Rows(measure, a)

    def tile(span: Span) -> Tile:
        columns = measure.prepare(b[slice(*span)])
        return np.concatenate([measure.compare(block, columns) for block in rows])

    waiting: deque[Future[Tile]] = deque()
    with threadpool_limits(1), ThreadPoolExecutor(threads, "whorl-pairs") as pool:
        try:
            for span in spans:
                waiting.append(pool.submit(tile, span))
                if len(waiting) > threads + 2:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


class _Rows:
    """The rows in prepared blocks: kept where they fit, else prepared again for each tile.

    Preparing again costs little beside the comparisons with a tile's many columns.
    """

    def __init__(self, measure: Measure, a: NDArray[Any]) -> None:
        each = measure.prepared_bytes(a.shape[1:])
        height = rows_at_once(measure, a.shape)
        self._measure = measure
        self._blocks = [a[first : first + height] for first in range(0, len(a), height)]
        fits = measure.whole_rows or len(a) * each <= KEPT_BYTES
        self._kept = [measure.prepare_rows(block) for block in self._blocks] if fits else None

    def __iter__(self) -> Iterator[Any]:
        if self._kept is not None:
            return iter(self._kept)
        return (self._measure.prepare_rows(block) for block in self._blocks)


def rows_at_once(measure: Measure, shape: tuple[int, ...]) -> int:
    """Return how many of the first set's items, of shape (n, …), are prepared in one block."""
    if measure.whole_rows:
        return shape[0]
    return max(1, BLOCK_BYTES // measure.prepared_bytes(shape[1:]))
