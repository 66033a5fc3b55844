"""Linear steps on images of one size, as products with small matrices from either side.

All scales are stated in pixels of an image whose shorter side has 128. A larger image is first
reduced to that by averaging areas; in a smaller one the scales shrink with it. One image's result
depends on that image alone, and NumPy and torch compute it by the same lines.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

SIDE = 128  # pixels of the shorter side, in which scales are stated
LEAST_SCALE = 0.25  # of a pixel of that image: smaller images keep the scales of 32 pixels
EDGE = 3  # standard deviations at which a Gaussian is cut

Matrix = NDArray[np.float32]


class Grid(NamedTuple):
    """The size that maps are computed at, and the pixels there to one of the 128.

    Examples
    --------
    >>> grid_of((256, 512)), grid_of((64, 64))
    (Grid(height=128, width=256, scale=1.0), Grid(height=64, width=64, scale=0.5))
    """

    height: int
    width: int
    scale: float

    def step(self, step: int) -> int:
        """Return a step in pixels of this grid, at least 1."""
        return max(1, round(step * self.scale))


def grid_of(shape: tuple[int, ...]) -> Grid:
    """Return the grid for images of a height and width."""
    height, width = shape[0], shape[1]
    side = min(height, width)
    if side <= SIDE:
        return Grid(height, width, max(side / SIDE, LEAST_SCALE))
    return Grid(round(height * SIDE / side), round(width * SIDE / side), 1.0)


class Pair(NamedTuple):
    """A separable linear step: one matrix for the columns of an image, one for its rows."""

    down: Any
    across: Any

    def of(self, images: Any) -> Any:
        """Return the step's result: (…, height, width) in, (…, rows, columns) out."""
        return self.down @ images @ self.across


class Operators:
    """The matrices that maps of images of one size are made with.

    Parameters
    ----------
    grid : Grid
        The size.
    convert : callable
        Makes of a NumPy matrix what the images are: itself, or a torch tensor.
    """

    def __init__(self, grid: Grid, convert: Any = None) -> None:
        self.grid = grid
        self.convert = convert or (lambda matrix: matrix)

    def gaussian(self, sigma: float, step: int = 1, orders: tuple[int, int] = (0, 0)) -> Pair:
        """Return a Gaussian, or its derivative, of a scale, at every `step`-th pixel.

        Parameters
        ----------
        sigma : float
            Standard deviation in pixels of an image of side 128.
        step : int
            In such pixels too.
        orders : (int, int)
            Of the derivative down and across, in grey levels by such pixels.
        """
        height, width, scale = self.grid
        every = self.grid.step(step)
        down, across = (
            gaussian_matrix(n, sigma * scale, every, order) * np.float32(scale**order)
            for n, order in zip((height, width), orders, strict=True)
        )
        return Pair(self.convert(down), self.convert(np.ascontiguousarray(across.T)))

    def reducing(self, shape: tuple[int, ...]) -> Pair:
        """Return what brings images of a shape to the grid, by averaging areas."""
        down = area_matrix(shape[0], self.grid.height)
        across = area_matrix(shape[1], self.grid.width)
        return Pair(self.convert(down), self.convert(np.ascontiguousarray(across.T)))


@lru_cache(maxsize=64)
def gaussian_matrix(n: int, sigma: float, step: int = 1, order: int = 0) -> Matrix:
    """Return a Gaussian along n pixels as a matrix: edges repeated, cut at 3σ.

    Parameters
    ----------
    n : int
        Pixels in.
    sigma : float
        Standard deviation in pixels; 0 leaves them as they are.
    step : int
        Every so many pixels one comes out.
    order : int
        0; or 1 or 2 for the central difference of that order.

    Returns
    -------
    ndarray of float32, shape (⌈n / step⌉, n)

    Examples
    --------
    >>> gaussian_matrix(3, 0, order=1).tolist()
    [[-0.5, 0.5, 0.0], [-0.5, 0.0, 0.5], [0.0, -0.5, 0.5]]
    >>> bool(abs(gaussian_matrix(9, 2.0).sum(axis=1) - 1).max() < 1e-6)
    True
    """
    radius = ceil(EDGE * sigma)
    offsets = np.arange(-radius, radius + 1)
    weights = np.exp(-0.5 * (offsets / sigma) ** 2) if sigma else np.ones(1)
    centres = np.arange(0, n, step)
    taps = {0: {0: 1.0}, 1: {-1: -0.5, 1: 0.5}, 2: {-1: 1.0, 0: -2.0, 1: 1.0}}[order]
    smooth = np.zeros((n, n))
    at = np.clip(np.arange(n)[:, np.newaxis] + offsets, 0, n - 1)
    np.add.at(smooth, (np.arange(n)[:, np.newaxis], at), weights / weights.sum())
    matrix = np.zeros((len(centres), n))
    for offset, weight in taps.items():
        matrix += weight * smooth[np.clip(centres + offset, 0, n - 1)]
    return matrix.astype(np.float32)


@lru_cache(maxsize=16)
def area_matrix(n: int, m: int) -> Matrix:
    """Return what averages n pixels into m of equal area, as a matrix of shape (m, n).

    Examples
    --------
    >>> area_matrix(4, 2).tolist()
    [[0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.5, 0.5]]
    """
    ends = np.linspace(0, n, m + 1)
    low, high = ends[:-1, np.newaxis], ends[1:, np.newaxis]
    pixels = np.arange(n)
    covered = np.clip(np.minimum(high, pixels + 1) - np.maximum(low, pixels), 0, None)
    shares: Matrix = (covered / (high - low)).astype(np.float32)
    return shares
