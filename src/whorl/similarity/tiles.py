"""Largest difference of two images over square tiles: alike only where they match everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.similarity.device_kernels import DeviceKernel, ProductKernel
from whorl.similarity.measures import Measure

if TYPE_CHECKING:
    from torch import Tensor

WHITE = 255.0

Rows = NDArray[np.float64]


@dataclass(frozen=True)
class TileDistance(Measure):
    r"""One minus the root mean squared difference of grey values in the tile where it is largest.

    .. math:: 1 - \max_t \frac{1}{255} \sqrt{\frac{1}{|t|} \sum_{k \in t} (x_k - y_k)^2}

    Range 0 to 1. With one tile it is the Euclidean distance of the images, turned into a
    similarity; with several, a shared background no longer makes up for what differs elsewhere.

    Attributes
    ----------
    tiles : int
        In each direction, at least 1; in small images a tile has at least one pixel.

    References
    ----------
    Carlini et al. Extracting training data from diffusion models. USENIX Security 2023
    (section 4.2.2, with 16 tiles).

    Examples
    --------
    >>> black = np.zeros((1, 8, 8), np.uint8)
    >>> spot = black.copy()
    >>> spot[0, :4, :4] = 51
    >>> for measure in (TileDistance(1), TileDistance(2)):
    ...     print(measure.compare(measure.prepare(black), measure.prepare(spot)))
    [[0.9]]
    [[0.8]]
    """

    tiles: int = 4

    name: ClassVar[str] = "1 − tile distance"

    def __post_init__(self) -> None:
        if self.tiles < 1:
            raise ValueError(f"an image is cut into at least one tile, not {self.tiles}")

    def prepared_bytes(self, shape: tuple[int, ...]) -> int:
        """Return the bytes of one prepared image: 8 a pixel, and 8 a tile."""
        return 8 * (shape[0] * shape[1] + self.tiles**2)

    def prepare(self, pixels: NDArray[np.uint8]) -> list[Rows]:
        """Return for each tile one row an image: its grey values, and their sum of squares.

        They are integers, and so are all sums of products: exact in double precision, so that
        similarities do not depend on what else is compared, and an image is 1 like itself.
        """
        rows = []
        for down, right in tiles_of(pixels.shape[1:], self.tiles):
            grey = pixels[:, down, right].reshape(len(pixels), -1).astype(np.float64)
            rows.append(np.column_stack([grey, np.einsum("ij,ij->i", grey, grey)]))
        return rows

    def compare(self, a: list[Rows], b: list[Rows]) -> NDArray[np.float32]:
        """Return the similarity of every pair, within 0 to 1."""
        largest = np.zeros((len(a[0]), len(b[0])))
        for x, y in zip(a, b, strict=True):
            squares = x[:, -1:] + y[:, -1] - 2 * (x[:, :-1] @ y[:, :-1].T)
            np.maximum(largest, squares / (x.shape[1] - 1), out=largest)
        similarities: NDArray[np.float32] = (1 - np.sqrt(largest) / WHITE).astype(np.float32)
        return similarities

    def on_device(self) -> DeviceKernel:
        """Return the GPU half."""
        return TileDistanceKernel(self.tiles)


class TileDistanceKernel(ProductKernel):
    """The GPU half of the tile distance, in double precision.

    Parameters
    ----------
    tiles : int
        In each direction.
    """

    def __init__(self, tiles: int) -> None:
        self.tiles = tiles

    def prepare(self, items: Tensor) -> Tensor:
        """Return the grey values."""
        return items.double()

    def compare(self, a: Tensor, b: Tensor, memory: int) -> Tensor:  # noqa: ARG002
        """Return the similarity of every pair."""
        largest = a.new_zeros(len(a), len(b))
        for down, right in tiles_of(a.shape[1:], self.tiles):
            x, y = (part[:, down, right].flatten(1) for part in (a, b))
            squares = x.square().sum(dim=1).unsqueeze(1) + y.square().sum(dim=1)
            largest = largest.maximum(squares.addmm(x, y.T, alpha=-2) / x.shape[1])
        return (1 - largest.sqrt() / WHITE).float()


def tiles_of(shape: tuple[int, ...], tiles: int) -> list[tuple[slice, slice]]:
    """Return the rows and columns of each tile of an image: as equal in size as can be.

    Examples
    --------
    >>> tiles_of((2, 3), 2)[:2]
    [(slice(0, 1, None), slice(0, 2, None)), (slice(0, 1, None), slice(2, 3, None))]
    """
    parts = []
    for side in shape:
        pixels = np.array_split(np.arange(side), min(tiles, side))
        parts.append([slice(int(part[0]), int(part[-1]) + 1) for part in pixels])
    return [(down, right) for down in parts[0] for right in parts[1]]
