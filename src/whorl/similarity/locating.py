"""Where in a generated image a real explains it: the share explained, pixel by pixel.

The share is a sum over the pixels of maps, so that it can be told where it comes from. Nothing is
estimated anew: all pixels together give the share.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from whorl.similarity.explained import EVEN, Explained
from whorl.similarity.mapped import tile_slices
from whorl.similarity.operators import Operators, gaussian_matrix, grid_of

SMOOTH = 3.0  # standard deviation in pixels of an image of side 128

Field = NDArray[np.float32]


class Place(NamedTuple):
    """A tile of a map: its columns in a prepared row, and where they lie in the image.

    Attributes
    ----------
    of_map, start, stop : int
    channels : int
        That stand one after the other in the columns.
    every : int
        A value of the map stands for so many pixels down and across.
    down, across : slice
        Of the map.
    """

    of_map: int
    start: int
    stop: int
    channels: int
    every: int
    down: slice
    across: slice


def explained_where(
    measure: Explained,
    reals: NDArray[np.uint8],
    generated: NDArray[np.uint8],
    pairs: Sequence[tuple[int, int]],
) -> Field:
    """Return where reals explain generated images, as summands of the share.

    Parameters
    ----------
    measure : Explained
        What explains.
    reals : ndarray of uint8, shape (n, height, width)
        All that compete.
    generated : ndarray of uint8, shape (m, height, width)
        What is explained.
    pairs : sequence of (int, int)
        Positions of a real and a generated image.

    Returns
    -------
    ndarray of float32, shape (pairs, rows, columns)
        On the grid of :func:`whorl.similarity.operators.grid_of`: what each pixel adds to the
        share that :meth:`Explained.compare` gives, not smoothed; positive where this real explains
        more than the others do.

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 256, (5, 32, 32), np.uint8)
    >>> measure = Explained()
    >>> share = measure.compare(measure.prepare_rows(images), measure.prepare(images[:1]))[0, 0]
    >>> where = explained_where(measure, images, images[:1], [(0, 0)])
    >>> where.shape, bool(abs(where.sum() - share) < 1e-4)
    ((1, 32, 32), True)
    """
    weights = measure.prepare_rows(reals).weights
    goals = measure.prepare(generated)
    shape = generated.shape[1:]
    grid = grid_of(shape)
    places = list(_places(measure, shape))
    scales = _scales(measure, weights, goals, places)
    centre = weights.mean(axis=0)
    where = np.zeros((len(pairs), grid.height, grid.width), np.float32)
    for place, scale in zip(places, scales, strict=True):
        columns = slice(place.start, place.stop)
        size = (place.channels, _length(place.down), _length(place.across))
        for field, (real, image) in zip(where, pairs, strict=True):
            part = (weights[real, columns] - centre[columns]) * goals[image, columns]
            _add(field, part.reshape(size).sum(axis=0) * scale[image], place)
    return where


def smoothed(field: Field) -> Field:
    """Return what is above nothing in a field after smoothing: what an overlay shows.

    Examples
    --------
    >>> field = np.zeros((128, 128), np.float32)
    >>> field[40, 60] = 1
    >>> np.unravel_index(smoothed(field).argmax(), field.shape)
    (np.int64(40), np.int64(60))
    """
    scale = grid_of(field.shape).scale
    down, across = (gaussian_matrix(n, SMOOTH * scale) for n in field.shape)
    above: Field = np.maximum(down @ field @ across.T, 0)
    return above


def _places(measure: Explained, shape: tuple[int, ...]) -> Iterator[Place]:
    """Yield the tiles in the order of a prepared row."""
    grid = grid_of(shape)
    black = np.zeros((1, grid.height, grid.width), np.float32)
    start = 0
    for k, each in enumerate(measure.maps):
        channels = each.compute(black, Operators(grid))
        every = -(-grid.height // channels[0].shape[1])
        for down, across in tile_slices(channels[0].shape[1:], measure.tiles):
            stop = start + len(channels) * _length(down) * _length(across)
            yield Place(k, start, stop, len(channels), every, down, across)
            start = stop


def _scales(
    measure: Explained, weights: Field, goals: Field, places: Sequence[Place]
) -> list[Field]:
    """Return by what a tile's coefficients are divided on the way to the share, as a factor."""
    tiles: list[Field] = []
    maps: dict[int, Any] = {}
    for place in places:
        z = weights[:, place.start : place.stop] @ goals[:, place.start : place.stop].T
        factor = _inverse(z)
        tiles.append(factor)
        maps[place.of_map] = maps.get(place.of_map, 0) + (z - z.mean(0)) * factor
    of_maps = measure.weights or (1.0,) * len(measure.maps)
    factors = {k: _inverse(z) * np.float32(of_maps[k]) for k, z in maps.items()}
    whole = _inverse(sum(z * factors[k] for k, z in maps.items()))
    return [t * factors[p.of_map] * whole for t, p in zip(tiles, places, strict=True)]


def _inverse(z: NDArray[np.float32]) -> Field:
    """Return one over each column's standard deviation; 0 where all are alike."""
    spread = z.std(axis=0)
    factor: Field = (spread > EVEN) / (spread + (spread <= EVEN))
    return factor


def _add(field: Field, tile: Field, place: Place) -> None:
    """Add a tile to the field: each of its values, shared by the pixels that it stands for."""
    down, rows, tall = _spread(place.down, place.every, field.shape[0])
    across, columns, wide = _spread(place.across, place.every, field.shape[1])
    field[down, across] += tile[np.ix_(rows, columns)] * np.outer(tall, wide).astype(np.float32)


def _spread(
    part: slice, every: int, side: int
) -> tuple[slice, NDArray[np.intp], NDArray[np.float64]]:
    """Return the pixels of a part of a map, each one's value there, and its share of that."""
    pixels = slice(part.start * every, min(part.stop * every, side))
    value = np.arange(pixels.start, pixels.stop) // every - part.start
    return pixels, value, 1 / np.bincount(value)[value]


def _length(part: slice) -> int:
    return int(part.stop - part.start)
