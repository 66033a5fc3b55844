"""The plain similarity of images in their maps: what explaining starts from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.similarity.device_kernels import DeviceKernel
from whorl.similarity.maps import (
    Band,
    Coarse,
    Contrast,
    Curvature,
    Detail,
    ImageMap,
    Orientation,
)
from whorl.similarity.measures import Measure
from whorl.similarity.operators import Operators, grid_of

if TYPE_CHECKING:
    from torch import Tensor

LEAST_SIDE = 8
FLAT = 1e-2  # length of a tile of a map below which it is rounding alone
MAPPED_AT_ONCE = 2**20  # pixels; maps take some forty bytes of each in passing

FINE_MAPS: tuple[ImageMap, ...] = (Orientation(), Curvature(), Band(), Contrast(), Detail())
"""What is compared where nothing competes: in coarse shapes, anatomy drowns all else."""
HOUSE_MAPS: tuple[ImageMap, ...] = (*FINE_MAPS[:-1], Coarse(), FINE_MAPS[-1])


class Columns(NamedTuple):
    """Where one tile of one map stands among the values of a mapped image."""

    of_map: int
    tile: int
    start: int
    stop: int


@dataclass(frozen=True)
class MapSimilarity(Measure):
    """Mean over maps and tiles of the correlation of two images there.

    Range −1 to 1. Nothing is explained: it is the plain similarity that explaining starts from.

    Attributes
    ----------
    maps : tuple of ImageMap
        What is compared.
    tiles : int
        Each map is cut into so many tiles down and across.

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 256, (2, 32, 32), np.uint8)
    >>> measure = MapSimilarity()
    >>> rows = measure.prepare(images)
    >>> measure.compare(rows, rows).diagonal().round(3)
    array([1., 1.], dtype=float32)
    """

    maps: tuple[ImageMap, ...] = FINE_MAPS
    tiles: int = 3

    name: ClassVar[str] = "map similarity"

    def prepared_bytes(self, shape: tuple[int, ...]) -> int:
        """Return the bytes of one mapped image: 4 a value."""
        return 4 * self.columns(shape)[-1].stop

    def prepare(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return one row an image: its tiles, map by map, each centred and of length 1 or 0.

        Raises
        ------
        ImageError
            If the images are smaller than 8×8.
        """
        require_size(pixels.shape[1:])
        rows = np.empty((len(pixels), self.columns(pixels.shape[1:])[-1].stop), np.float32)
        step = max(1, MAPPED_AT_ONCE // pixels[0].size)
        for first in range(0, len(pixels), step):
            self._prepare_block(pixels[first : first + step], rows[first : first + step])
        return rows

    def _prepare_block(self, pixels: NDArray[np.uint8], rows: NDArray[np.float32]) -> None:
        """Write the rows of some images."""
        start = 0
        for part in _mapped(pixels.astype(np.float32), self.maps, self.tiles, None):
            part -= part.mean(axis=1, keepdims=True)
            lengths = np.sqrt(np.einsum("ij,ij->i", part, part))
            part *= np.where(lengths > FLAT, 1 / np.maximum(lengths, FLAT), 0)[:, np.newaxis]
            rows[:, start : start + part.shape[1]] = part
            start += part.shape[1]

    def columns(self, shape: tuple[int, ...]) -> tuple[Columns, ...]:
        """Return where each tile of each map stands in a prepared row of images of a shape."""
        return _columns(self.maps, self.tiles, shape)

    def compare(self, a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the mean correlation of every pair."""
        similarities: NDArray[np.float32] = a @ b.T
        similarities /= len(self.maps) * self.tiles**2
        return np.clip(similarities, -1, 1, out=similarities)

    def on_device(self) -> DeviceKernel | None:
        """Return the GPU half."""
        return MapSimilarityKernel(self)


class MapSimilarityKernel(DeviceKernel):
    """The GPU half of the similarity of maps."""

    def __init__(self, measure: MapSimilarity) -> None:
        self._measure = measure

    def prepare(self, items: Tensor) -> Tensor:
        """Return one row an image, as the CPU half does."""
        import torch

        require_size(tuple(items.shape[1:]))
        measure = self._measure

        def convert(matrix: NDArray[np.float32]) -> Tensor:
            return torch.from_numpy(matrix.copy()).to(items.device)

        rows = []
        for part in _mapped(items.float(), measure.maps, measure.tiles, convert):
            centred = part - part.mean(dim=1, keepdim=True)
            lengths = torch.linalg.vector_norm(centred, dim=1, keepdim=True)
            rows.append(torch.where(lengths > FLAT, centred / lengths.clamp(min=FLAT), 0))
        return torch.cat(rows, dim=1)

    def compare(self, a: Tensor, b: Tensor, memory: int) -> Tensor:  # noqa: ARG002
        """Return the mean correlation of every pair."""
        return (a @ b.T / (len(self._measure.maps) * self._measure.tiles**2)).clamp_(-1, 1)

    def least_bytes(self, shape: tuple[int, ...], side: int) -> int:
        """Return the bytes of the products, and of preparing and keeping both blocks."""
        return 16 * side**2 + 4 * side * self._measure.prepared_bytes(shape)


def require_size(shape: tuple[int, ...]) -> None:
    """Raise an error if images are too small for maps and tiles.

    Raises
    ------
    ImageError
        Naming the size that is needed.
    """
    if min(shape) < LEAST_SIDE:
        raise ImageError(
            f"maps need images of at least {LEAST_SIDE}×{LEAST_SIDE} pixels, "
            f"not {shape[1]}×{shape[0]}"
        )


def _mapped(images: Any, maps: Sequence[ImageMap], tiles: int, convert: Any) -> Iterator[Any]:
    """Yield each tile of each map, all channels of it in a row: shape (n, values)."""
    shape = images.shape[1:]
    use = Operators(grid_of(shape), convert)
    if (use.grid.height, use.grid.width) != tuple(shape):
        images = use.reducing(shape).of(images)
    for each in maps:
        channels = each.compute(images, use)
        for down, across in tile_slices(channels[0].shape[1:], tiles):
            yield _side_by_side([channel[:, down, across] for channel in channels])


def _side_by_side(channels: list[Any]) -> Any:
    """Return channels of shape (n, rows, columns) as one row an image."""
    flat = [channel.reshape(len(channel), -1) for channel in channels]
    if isinstance(flat[0], np.ndarray):
        return np.concatenate(flat, axis=1)
    import torch

    return torch.cat(flat, dim=1)


def tile_slices(shape: tuple[int, ...], tiles: int) -> Iterator[tuple[slice, slice]]:
    """Yield the tiles of a map, row by row."""
    ends = [[round(k * n / tiles) for k in range(tiles + 1)] for n in shape]
    for top, bottom in zip(ends[0], ends[0][1:], strict=False):
        for left, right in zip(ends[1], ends[1][1:], strict=False):
            yield slice(top, bottom), slice(left, right)


@lru_cache(maxsize=16)
def _columns(maps: tuple[ImageMap, ...], tiles: int, shape: tuple[int, ...]) -> tuple[Columns, ...]:
    """Return where each tile of each map stands, found by mapping one black image."""
    found, start = [], 0
    for k, part in enumerate(_mapped(np.zeros((1, *shape), np.float32), maps, tiles, None)):
        found.append(Columns(k // tiles**2, k % tiles**2, start, start + part.shape[1]))
        start += part.shape[1]
    return tuple(found)
