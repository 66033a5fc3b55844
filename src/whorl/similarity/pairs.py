"""The all-pairs engine: compares two sets in tiles, on all cores, and keeps only what is asked."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.progress import track
from whorl.similarity.measures import Measure
from whorl.similarity.reductions import Matrix, Reduction
from whorl.similarity.ssim import SSIM

Stack = NDArray[np.uint8]

KEPT_BYTES = 256 * 2**20  # prepared rows that are kept rather than prepared again for each tile
TILE_BYTES = 16 * 2**20  # prepared columns, and similarities, of one tile
MOST_COLUMNS = 256


def reduce_pairs(
    measure: Measure,
    a: Stack,
    b: Stack,
    reductions: Mapping[str, Reduction],
    *,
    same: bool = False,
    label: str | None = None,
    threads: int | None = None,
) -> dict[str, Any]:
    """Compare every image of `a` with every image of `b`, and reduce over `b`.

    The result does not depend on the number of threads. Memory stays bounded: neither the matrix
    nor all prepared images are held.

    Parameters
    ----------
    measure : Measure
        The similarity.
    a, b : ndarray of uint8, shapes (n, height, width) and (m, height, width)
        The images; memory-mapped arrays are read as needed.
    reductions : mapping of str to Reduction
        What to keep.
    same : bool
        True where `b` is `a`: an image's similarity with itself is left out (minus infinity).
    label : str, optional
        What the progress display calls the work.
    threads : int, optional
        By default one for each core that this process may use.

    Returns
    -------
    dict of str to object
        Each reduction's result under its name.

    Examples
    --------
    >>> from whorl.similarity import Mean, TopK
    >>> images = np.random.default_rng(0).integers(0, 256, (3, 16, 16), np.uint8)
    >>> kept = reduce_pairs(SSIM(), images, images, {"top": TopK(), "mean": Mean()})
    >>> kept["top"].position[:, 0]
    array([0, 1, 2])
    """
    for reduction in reductions.values():
        reduction.begin(len(a), len(b))
    with track(label or f"{measure.name} of all pairs", len(a) * len(b)) as advance:
        for first, tile in _tiles(measure, a, b, threads or available_cores()):
            if same:
                own = np.arange(first, first + tile.shape[1])
                tile[own, own - first] = -np.inf
            for reduction in reductions.values():
                reduction.add(tile, first)
            advance(tile.size)
    return {name: reduction.result() for name, reduction in reductions.items()}


def similarity_matrix(
    measure: Measure, a: Stack, b: Stack, *, threads: int | None = None
) -> NDArray[np.float32]:
    """Return the similarity of every image of `a` with every image of `b`.

    Returns
    -------
    ndarray of float32, shape (n, m)
    """
    matrix: NDArray[np.float32] = reduce_pairs(measure, a, b, {"all": Matrix()}, threads=threads)[
        "all"
    ]
    return matrix


def ssim_matrix(a: Stack, b: Stack, *, threads: int | None = None) -> NDArray[np.float32]:
    """Return the mean SSIM of every image of `a` with every image of `b`.

    Equal to ``skimage.metrics.structural_similarity(x, y)`` on uint8 images to 1e-5 (7×7 uniform
    window, data range 255, sample covariance).

    Parameters
    ----------
    a, b : ndarray of uint8, shapes (n, height, width) and (m, height, width)
        Grey images of at least 7×7 pixels.
    threads : int, optional
        By default one for each core that this process may use.

    Returns
    -------
    ndarray of float32, shape (n, m)
        Range −1 to 1.

    Raises
    ------
    ImageError
        If the images are smaller than 7×7.
    ValueError
        If the stacks are not uint8 of shape (n, height, width) with one size of image.

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 256, (2, 16, 16), np.uint8)
    >>> ssim_matrix(images, images).diagonal()
    array([1., 1.], dtype=float32)
    """
    return similarity_matrix(SSIM(), a, b, threads=threads)


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _tiles(
    measure: Measure, a: Stack, b: Stack, threads: int
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield (first column, similarities of all rows with a block of columns), in order."""
    from threadpoolctl import threadpool_limits

    _require_stacks(a, b)
    each = measure.prepared_bytes((a.shape[1], a.shape[2]))
    width = min(TILE_BYTES // each, TILE_BYTES // (4 * len(a)), MOST_COLUMNS, -(-len(b) // threads))
    width = max(1, width)
    rows = _Rows(measure, a, each)

    def tile(first: int) -> NDArray[np.float32]:
        columns = measure.prepare(b[first : first + width])
        return np.concatenate([measure.compare(block, columns) for block in rows])

    waiting: deque[tuple[int, Future[NDArray[np.float32]]]] = deque()
    with threadpool_limits(1), ThreadPoolExecutor(threads, "whorl-pairs") as pool:
        try:
            for first in range(0, len(b), width):
                waiting.append((first, pool.submit(tile, first)))
                if len(waiting) > 2 * threads:
                    done, future = waiting.popleft()
                    yield done, future.result()
            while waiting:
                done, future = waiting.popleft()
                yield done, future.result()
        finally:
            pool.shutdown(cancel_futures=True)


class _Rows:
    """The rows in prepared blocks: kept where they fit, else prepared again for each tile.

    Preparing again costs little beside the comparisons with a tile's many columns.
    """

    def __init__(self, measure: Measure, a: Stack, each: int) -> None:
        height = max(1, TILE_BYTES // each)
        self._measure = measure
        self._blocks = [a[first : first + height] for first in range(0, len(a), height)]
        fits = len(a) * each <= KEPT_BYTES
        self._kept = [measure.prepare(block) for block in self._blocks] if fits else None

    def __iter__(self) -> Iterator[Any]:
        if self._kept is not None:
            return iter(self._kept)
        return (self._measure.prepare(block) for block in self._blocks)


def _require_stacks(a: Stack, b: Stack) -> None:
    """Raise an error unless both are stacks of grey images of one size."""
    for name, stack in (("a", a), ("b", b)):
        if stack.dtype != np.uint8 or stack.ndim != 3 or not len(stack):
            raise ValueError(
                f"{name} must be uint8 of shape (n, height, width) with n ≥ 1, "
                f"not {stack.dtype} of shape {stack.shape}"
            )
    if a.shape[1:] != b.shape[1:]:
        raise ValueError(f"the images differ in size: {a.shape[1:]} and {b.shape[1:]}")
