"""What is left of a grey image when its anatomy is taken out: maps at a stated scale.

Scales are stated in pixels of an image whose shorter side has 128
(:mod:`whorl.similarity.operators`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from whorl.similarity.operators import Grid, Operators


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
    step : int
        Every so many pixels are kept.
    """

    fine: float = 0.7
    coarse: float = 2.0
    step: int = 1

    name: ClassVar[str] = "band"

    def compute(self, images: Any, use: Operators) -> list[Any]:
        """Return the difference."""
        near, far = (use.gaussian(sigma, self.step) for sigma in (self.fine, self.coarse))
        return [near.of(images) - far.of(images)]


@dataclass(frozen=True)
class Coarse(Band):
    """The coarse shape of what is shown, which a copy keeps when it is moved by a few pixels."""

    fine: float = 3.0
    coarse: float = 12.0
    step: int = 4

    name: ClassVar[str] = "coarse"


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
