"""What is left of a grey image when its anatomy is taken out: maps at a stated scale.

All scales are stated in pixels of an image whose shorter side has 128. A larger image is first
reduced to that by averaging areas; in a smaller one the scales shrink with it. Every linear step is
a product with a small matrix from either side, so that one image's map depends on that image alone,
and NumPy and torch compute it by the same lines.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Any, ClassVar, NamedTuple

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


class ImageMap(ABC):
    """A map of grey images. Subclasses are frozen dataclasses whose fields are the parameters."""

    name: ClassVar[str]

    @abstractmethod
    def compute(self, images: Any, use: Operators) -> list[Any]:
        """Return the map's channels.

        Parameters
        ----------
        images : ndarray or tensor of float32, shape (n, height, width)
            Grey values 0 to 255, on the grid of `use`.
        use : Operators
            For that grid.

        Returns
        -------
        list of ndarray or tensor, each of shape (n, rows, columns)
        """


@dataclass(frozen=True)
class Orientation(ImageMap):
    r"""The direction of the gradient without its strength, in two channels.

    .. math:: (\partial_x b, \partial_y b) / \sqrt{|\nabla b|^2 + c^2}, \quad b = G_\sigma a

    Attributes
    ----------
    sigma : float
        Scale in pixels at 128.
    c : float
        Grey levels by pixel below which a gradient counts as none.
    step : int
        Every so many pixels are kept: no finer than the scale has detail.
    """

    sigma: float = 2.0
    c: float = 2.0
    step: int = 2

    name: ClassVar[str] = "orientation"

    def compute(self, images: Any, use: Operators) -> list[Any]:
        """Return both components."""
        x = use.gaussian(self.sigma, self.step, (0, 1)).of(images)
        y = use.gaussian(self.sigma, self.step, (1, 0)).of(images)
        length = (x * x + y * y + self.c**2) ** 0.5
        return [x / length, y / length]


@dataclass(frozen=True)
class Curvature(ImageMap):
    r"""The shape of the second derivative without its strength, in three channels.

    .. math:: (\partial_{xx} b, \partial_{yy} b, \sqrt 2\, \partial_{xy} b) /
        \sqrt{\|H b\|_F^2 + c^2}, \quad b = G_\sigma a

    Attributes
    ----------
    sigma, c, step
        As of :class:`Orientation`; c in grey levels by pixel squared.
    """

    sigma: float = 2.0
    c: float = 1.0
    step: int = 2

    name: ClassVar[str] = "curvature"

    def compute(self, images: Any, use: Operators) -> list[Any]:
        """Return the three components."""
        xx = use.gaussian(self.sigma, self.step, (0, 2)).of(images)
        yy = use.gaussian(self.sigma, self.step, (2, 0)).of(images)
        xy = use.gaussian(self.sigma, self.step, (1, 1)).of(images) * 2**0.5
        length = (xx * xx + yy * yy + xy * xy + self.c**2) ** 0.5
        return [xx / length, yy / length, xy / length]


@dataclass(frozen=True)
class Band(ImageMap):
    """What lies between two scales, in grey levels: one Gaussian less a wider one.

    Attributes
    ----------
    fine, coarse : float
        Standard deviations in pixels at 128.
    """

    fine: float = 0.7
    coarse: float = 2.0

    name: ClassVar[str] = "band"

    def compute(self, images: Any, use: Operators) -> list[Any]:
        """Return the difference."""
        return [use.gaussian(self.fine).of(images) - use.gaussian(self.coarse).of(images)]


@dataclass(frozen=True)
class Contrast(ImageMap):
    r"""Local contrast, normalised by how much there is around it.

    .. math:: (b - G_\sigma b) / \sqrt{G_\sigma (b - G_\sigma b)^2 + c^2}, \quad b = G_s a

    Attributes
    ----------
    smooth, sigma : float
        s and σ in pixels at 128.
    c : float
        Grey levels below which there is no contrast.
    step : int
        b is kept at every so many pixels.
    """

    smooth: float = 1.0
    sigma: float = 4.0
    c: float = 8.0
    step: int = 2

    name: ClassVar[str] = "contrast"

    def compute(self, images: Any, use: Operators) -> list[Any]:
        """Return the map."""
        b = use.gaussian(self.smooth, self.step).of(images)
        every = use.grid.step(self.step)
        coarse = Operators(Grid(b.shape[-2], b.shape[-1], use.grid.scale / every), use.convert)
        around = coarse.gaussian(self.sigma)
        away = b - around.of(b)
        return [away / (around.of(away * away) + self.c**2) ** 0.5]


@dataclass(frozen=True)
class Detail(Contrast):
    """Contrast of the finest detail, within two pixels."""

    smooth: float = 0.0
    sigma: float = 2.0
    c: float = 8.0
    step: int = 1

    name: ClassVar[str] = "detail"
