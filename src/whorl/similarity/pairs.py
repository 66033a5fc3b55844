"""The all-pairs engine: compares two sets tile by tile and keeps only what is asked.

A tile holds the similarities of all of the first set with a span of the second. Where a cache is
in force (:mod:`whorl.compute`) and the sets have content hashes, tiles are kept: a
killed run resumes, and methods on the same task compute their similarities once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.compute import Compute, available_cores, current
from whorl.images import ImageSet, digest_of
from whorl.images.storage import release
from whorl.progress import track
from whorl.similarity.measures import Measure, array_of
from whorl.similarity.reductions import Matrix, Reduction
from whorl.similarity.ssim import SSIM
from whorl.similarity.threads import Span, Tile, tiles_by_threads

Items = ImageSet | NDArray[Any]
"""What can be compared: images with their content hashes, or a bare array of images or vectors."""

TILE_BYTES = 16 * 2**20  # prepared columns, and similarities, of one tile


def reduce_pairs(
    measure: Measure,
    a: Items,
    b: Items,
    reductions: Mapping[str, Reduction],
    *,
    same: bool = False,
    label: str | None = None,
) -> dict[str, Any]:
    """Compare all of `a` with all of `b`, and reduce over `b`.

    Where it is computed is set by :func:`whorl.compute.computing`; the result does not depend
    on the number of threads. Memory stays bounded: neither the matrix nor all prepared images are
    held.

    Parameters
    ----------
    measure : Measure
        The similarity.
    a, b : ImageSet or ndarray
        What is compared: images of one size (uint8, shape (n, height, width)), or what else the
        measure takes. Only the tiles of image sets are cached.
    reductions : mapping of str to Reduction
        What to keep.
    same : bool
        True where `b` is `a`: the similarity of each with itself is left out (minus infinity).
    label : str, optional
        What the progress display calls the work.

    Returns
    -------
    dict of str to object
        Each reduction's result under its name.

    Raises
    ------
    ValueError
        If the arrays are not what the measure takes.
    ImageError
        If the images are too small for the measure.

    Examples
    --------
    >>> from whorl.similarity import Mean, TopK
    >>> images = np.random.default_rng(0).integers(0, 256, (3, 16, 16), np.uint8)
    >>> kept = reduce_pairs(SSIM(), images, images, {"top": TopK(), "mean": Mean()})
    >>> kept["top"].position[:, 0]
    array([0, 1, 2])
    """
    rows, columns = len(a), len(b)
    for reduction in reductions.values():
        reduction.begin(rows, columns)
    with track(label or f"{measure.name} of all pairs", rows * columns) as advance:
        for (first, last), tile in _tiles(measure, a, b):
            if same:
                own = np.arange(first, last)
                tile[own, own - first] = -np.inf
            for reduction in reductions.values():
                reduction.add(tile, first)
            advance(tile.size)
    return {name: reduction.result() for name, reduction in reductions.items()}


def similarity_matrix(measure: Measure, a: Items, b: Items) -> NDArray[np.float32]:
    """Return the similarity of all of `a` with all of `b`.

    Returns
    -------
    ndarray of float32, shape (n, m)
    """
    matrix: NDArray[np.float32] = reduce_pairs(measure, a, b, {"all": Matrix()})["all"]
    return matrix


def ssim_matrix(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the mean SSIM of every image of `a` with every image of `b`.

    Equal to ``skimage.metrics.structural_similarity(x, y)`` on uint8 images to 1e-5 (7×7 uniform
    window, data range 255, sample covariance).

    Parameters
    ----------
    a, b : ndarray of uint8, shapes (n, height, width) and (m, height, width)
        Grey images of at least 7×7 pixels.

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
    return similarity_matrix(SSIM(), a, b)


def _tiles(measure: Measure, a: Items, b: Items) -> Iterator[tuple[Span, Tile]]:
    """Yield every span of `b` with its tile, from the cache or computed and kept there."""
    rows, columns = array_of(measure, a), array_of(measure, b)
    measure.require(rows, columns)
    settings = current()
    spans = _spans(measure, rows, columns)
    tiles = _KeptTiles(settings, measure, a, b)

    def computed(wanted: Sequence[Span]) -> Iterator[Tile]:
        if settings.cluster is not None:
            from whorl.similarity.cluster import tiles_by_cluster

            return tiles_by_cluster(measure, a, b, wanted, settings.cluster)
        if settings.device != "cpu":
            from whorl.similarity.devices import tiles_by_device

            return tiles_by_device(measure, rows, columns, wanted, settings.device)
        threads = settings.threads or available_cores()
        return tiles_by_threads(measure, rows, columns, wanted, threads)

    missing = [span for span in spans if not tiles.holds(span)]
    fresh = computed(missing)
    absent = set(missing)
    for span in spans:
        tile = None if span in absent else tiles.get(span)
        if tile is None:
            tile = next(fresh if span in absent else computed([span]))
            tiles.put(span, tile)
        yield span, tile
        release(columns)


class _KeptTiles:
    """The tiles of one comparison in the cache; none where a set has no content hashes."""

    def __init__(self, settings: Compute, measure: Measure, a: Items, b: Items) -> None:
        self._cache = None
        if isinstance(a, ImageSet) and isinstance(b, ImageSet) and settings.cache is not None:
            self._cache = settings.cache
            exact = settings.cluster is not None or settings.device == "cpu"
            values = "exact" if exact else "by device"  # which agree only to 1e-4
            self._key_of_rows = f"{measure!r} {values} {digest_of(a.hashes)}"
            self._hashes, self._rows = b.hashes, len(a)

    def holds(self, span: Span) -> bool:
        """Tell whether the span's tile is kept."""
        return self._cache is not None and self._cache.holds(self._key(span))

    def get(self, span: Span) -> Tile | None:
        """Return the span's tile; None if it is damaged or gone."""
        if self._cache is None:
            return None
        shape = (self._rows, span[1] - span[0])
        return self._cache.get(self._key(span), shape, np.float32)

    def put(self, span: Span, tile: Tile) -> None:
        """Keep the span's tile."""
        if self._cache is not None:
            self._cache.put(self._key(span), tile)

    def _key(self, span: Span) -> str:
        """Return all that the tile depends on."""
        return f"{self._key_of_rows} {digest_of(self._hashes[slice(*span)])}"


def _spans(measure: Measure, rows: NDArray[Any], columns: NDArray[Any]) -> list[Span]:
    """Cut the columns into spans; the cut depends on the sets alone, so that tiles are found."""
    each = measure.prepared_bytes(columns.shape[1:])
    width = min(TILE_BYTES // each, TILE_BYTES // (4 * len(rows)), measure.most_columns)
    width = max(1, width)
    return [(first, min(first + width, len(columns))) for first in range(0, len(columns), width)]
