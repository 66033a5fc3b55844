"""How much of a generated image falls to each real, if all reals together had to explain it.

A plain attack asks how near a candidate is to a generated image. All chest slices are near each
other, and that shared anatomy drowns the trace. Here all reals at hand compete: a ridge regression
of the generated image on all of them, whose coefficients say what this real alone can account for.
Every image is mapped (:mod:`whorl.similarity.maps`) and cut into tiles, each of which is explained
by itself: a generator of images composes them of parts that it learned from different originals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.similarity.device_kernels import DeviceKernel
from whorl.similarity.maps import (
    Band,
    Contrast,
    Curvature,
    Detail,
    ImageMap,
    Operators,
    Orientation,
    grid_of,
)
from whorl.similarity.measures import Measure

if TYPE_CHECKING:
    from torch import Tensor

LEAST_SIDE = 8
FLAT = 1e-2  # length of a tile of a map below which it is rounding alone
EVEN = 1e-6  # standard deviation over the reals below which they are all alike

HOUSE_MAPS: tuple[ImageMap, ...] = (Orientation(), Curvature(), Band(), Contrast(), Detail())
HOUSE_WEIGHTS = (1.0, 1.0, 1.0, 1.0, 0.0)  # where influence is spread thin, detail misleads


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

    maps: tuple[ImageMap, ...] = HOUSE_MAPS
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
        parts = _mapped(pixels.astype(np.float32), self.maps, self.tiles, None)
        rows = np.empty((len(pixels), self.columns(pixels.shape[1:])[-1].stop), np.float32)
        start = 0
        for part in parts:
            part -= part.mean(axis=1, keepdims=True)
            lengths = np.sqrt(np.einsum("ij,ij->i", part, part))
            part *= np.where(lengths > FLAT, 1 / np.maximum(lengths, FLAT), 0)[:, np.newaxis]
            rows[:, start : start + part.shape[1]] = part
            start += part.shape[1]
        return rows

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


@dataclass(frozen=True, eq=False)
class Explainers:
    """What turns mapped generated images into coefficients of all reals.

    Attributes
    ----------
    weights : ndarray of float32, shape (reals, values)
        Tile by tile Q X over the square root of Q's diagonal, Q = (X Xᵀ + λI)⁻¹.
    columns : tuple of Columns
        Where the tiles stand.
    """

    weights: NDArray[np.float32]
    columns: tuple[Columns, ...]


@dataclass(frozen=True)
class Explained(MapSimilarity):
    r"""How much more of a generated image falls to this real than to others.

    With the rows of X all reals and g a generated image, both mapped, tile by tile centred and of
    length 1:

    .. math:: z = Q X g / \sqrt{\operatorname{diag} Q}, \quad Q = (X X^T + \lambda I)^{-1}

    a ridge regression, each coefficient in units of its own uncertainty. z is standardised over
    the reals in each tile, added up over the tiles and standardised, and once more over the maps:
    mean 0 and standard deviation 1 over all reals, for each generated image. Higher = more.

    The first set compared is *all* that compete; the values of one depend on all of them.

    Attributes
    ----------
    penalty : float
        λ, above 0.
    weights : tuple of float
        Of the maps, 0 or more; all alike where there are none.

    References
    ----------
    Hoerl, Kennard. Ridge regression. Technometrics 1970.

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 256, (5, 32, 32), np.uint8)
    >>> measure = Explained()
    >>> rows = measure.prepare_rows(images)
    >>> measure.compare(rows, measure.prepare(images[:1])).argmax()
    np.int64(0)
    """

    penalty: float = 2.0
    weights: tuple[float, ...] = ()

    name: ClassVar[str] = "share explained"
    whole_rows: ClassVar[bool] = True

    def prepare_rows(self, pixels: NDArray[np.uint8]) -> Explainers:
        """Return what explains by all these reals: for each tile the inverse, times the reals."""
        weights = self.prepare(pixels)
        columns = self.columns(pixels.shape[1:])
        for column in columns:
            part = weights[:, column.start : column.stop]
            part[:] = _explaining(part, self.penalty)
        return Explainers(weights, columns)

    def compare(self, a: Explainers, b: NDArray[np.float32]) -> NDArray[np.float32]:  # type: ignore[override]
        """Return the standardised coefficient of every real for every generated image."""
        fused: NDArray[np.float32] = self.fused(self.by_map(a, b))
        return fused

    def by_map(self, a: Explainers, b: NDArray[np.float32]) -> list[Any]:
        """Return what each map says, standardised: one (reals, generated) array for each."""
        return _by_map(a.columns, a.weights, b)

    def fused(self, each: Sequence[Any]) -> Any:
        """Return the maps' shares added up by their weights, and standardised."""
        pairs = zip(self.weights or (1.0,) * len(each), each, strict=True)
        return _standardised(sum(weight * z for weight, z in pairs))

    def adapted(self, reals: NDArray[np.uint8], generated: NDArray[np.uint8]) -> Explained:
        r"""Return the measure with weights that follow how a generator leaks.

        Where a few reals explain much of each generated image, the shares have heavy tails, and the
        map with the heaviest tells most. Where influence is spread thin they have none, and the
        given weights hold. With κ the excess kurtosis of a map's shares,

        .. math:: w = w_0 + \max(κ, 0)^3.

        The power is a choice of ours. Weights are rounded to three places, so that no rounding of
        products changes them.

        Parameters
        ----------
        reals : ndarray of uint8, shape (n, height, width)
            All that compete.
        generated : ndarray of uint8, shape (m, height, width)
            A sample of what is explained.
        """
        shares = self.by_map(self.prepare_rows(reals), self.prepare(generated))
        before = self.weights or (1.0,) * len(self.maps)
        tails = (max(float(np.mean(z.astype(np.float64) ** 4)) - 3, 0) for z in shares)
        weights = tuple(round(w + tail**3, 3) for w, tail in zip(before, tails, strict=True))
        return replace(self, weights=weights)

    def by_tile(self, a: Explainers, b: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what each tile of each map says: shape (maps, tiles², reals, generated)."""
        found = [
            _standardised(a.weights[:, start:stop] @ b[:, start:stop].T)
            for _, _, start, stop in a.columns
        ]
        return np.stack(found).reshape(len(self.maps), self.tiles**2, *found[0].shape)

    def on_device(self) -> DeviceKernel | None:
        """Return the GPU half."""
        return ExplainedKernel(self)


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


class ExplainedKernel(MapSimilarityKernel):
    """The GPU half of the share explained: the reals' inverses come from the CPU half."""

    def __init__(self, measure: Explained) -> None:
        super().__init__(measure)
        self._explained = measure
        self._columns: tuple[Columns, ...] = ()

    def prepare_rows(self, items: Tensor) -> Tensor:
        """Return what explains by all these reals, one row a real."""
        import torch

        rows = self._explained.prepare_rows(items.cpu().numpy())
        self._columns = rows.columns
        return torch.from_numpy(rows.weights).to(items.device)

    def compare(self, a: Tensor, b: Tensor, memory: int) -> Tensor:  # noqa: ARG002
        """Return the standardised coefficient of every real for every generated image."""
        fused: Tensor = self._explained.fused(_by_map(self._columns, a, b))
        return fused


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


def _explaining(rows: NDArray[np.float32], penalty: float) -> NDArray[np.float32]:
    """Return Q X over the square root of Q's diagonal, for the rows X of one tile."""
    from scipy.linalg import cho_factor, cho_solve

    kernel = (rows @ rows.T).astype(np.float64)
    kernel[np.diag_indices_from(kernel)] += penalty
    inverse = cho_solve(cho_factor(kernel, lower=True), np.eye(len(kernel)))
    inverse /= np.sqrt(np.diag(inverse))[:, np.newaxis]
    return inverse.astype(np.float32) @ rows


def _by_map(columns: Sequence[Columns], a: Any, b: Any) -> list[Any]:
    """Return the standardised sums over the tiles of each map, of arrays or tensors."""
    each: dict[int, Any] = {}
    for of_map, _, start, stop in columns:
        z = _standardised(a[:, start:stop] @ b[:, start:stop].T)
        each[of_map] = each[of_map] + z if of_map in each else z
    return [_standardised(z) for z in each.values()]


def _standardised(z: Any) -> Any:
    """Return each column less its mean over its standard deviation; 0 where all are alike."""
    centred = z - z.mean(0)
    spread = (centred * centred).mean(0) ** 0.5
    return centred * ((spread > EVEN) / (spread + (spread <= EVEN)))
