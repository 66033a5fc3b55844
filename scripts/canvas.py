"""A picture drawn from signed distances: shapes with soft edges, random textures, strokes.

Lengths are in half image widths, x to the right and y downwards, the origin in the middle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

Field = NDArray[np.float64]


@dataclass(frozen=True)
class Canvas:
    """The slice being drawn.

    Attributes
    ----------
    hu : ndarray of float64, shape (size, size)
        Hounsfield units drawn so far; changed in place.
    x, y : ndarray of float64, shape (size, size)
        Coordinates of the pixels, bent a little so that no outline is a perfect ellipse.
    rng : numpy.random.Generator
        Source of all that differs from patient to patient.
    """

    hu: Field
    x: Field
    y: Field
    rng: np.random.Generator

    @classmethod
    def blank(cls, rng: np.random.Generator, size: int, value: float) -> Canvas:
        """Return a slice of one value on a slightly bent and shifted grid."""
        axis = (np.arange(size) + 0.5) * 2.0 / size - 1.0
        y, x = np.meshgrid(axis, axis, indexing="ij")
        bent = []
        for place in (x, y):
            waves, phases = rng.uniform(-3.2, 3.2, (3, 2)), rng.uniform(0.0, 2.0 * np.pi, 3)
            shift = sum(np.sin(a * x + b * y + p) for (a, b), p in zip(waves, phases, strict=True))
            bent.append(place + 0.016 * shift)
        return cls(np.full((size, size), value), bent[0], bent[1], rng)

    @property
    def pixel(self) -> float:
        """Width of a pixel."""
        return 2.0 / len(self.hu)

    def around(self, value: float, spread: float) -> float:
        """Draw a number within `value` ± `spread`."""
        return value + spread * float(self.rng.uniform(-1.0, 1.0))

    def texture(self, scale: float) -> Field:
        """Return smooth noise of mean 0 and standard deviation 1, `scale` pixels wide."""
        noise = gaussian_filter(self.rng.standard_normal(self.hu.shape), scale)
        return np.asarray(noise / noise.std())

    def mask(self, distance: Field, softness: float = 1.0) -> Field:
        """Turn a signed distance (negative inside) into coverage 0 to 1 with a smooth edge."""
        return np.clip(0.5 - distance / (1.5 * softness * self.pixel), 0.0, 1.0)

    def fill(self, distance: Field, value: Field | float, softness: float = 1.0) -> None:
        """Draw `value` where `distance` is negative, over what is there."""
        self.hu[:] += self.mask(distance, softness) * (value - self.hu)

    def ellipse(
        self, centre: tuple[float, float], radii: tuple[float, float], angle: float = 0.0
    ) -> Field:
        """Return the signed distance to an ellipse (first-order, exact on the outline)."""
        dx, dy = self.x - centre[0], self.y - centre[1]
        cos, sin = np.cos(angle), np.sin(angle)
        u, v = (cos * dx + sin * dy) / radii[0], (cos * dy - sin * dx) / radii[1]
        k = np.maximum(np.hypot(u, v), 1e-3)
        slope = np.maximum(np.hypot(u / radii[0], v / radii[1]), 1e-3)
        return np.asarray(k * (k - 1.0) / slope)

    def rounded_box(self, half: tuple[float, float], power: float) -> Field:
        """Return the signed distance to a superellipse: power 2 is an ellipse, more is boxier."""
        u, v = np.abs(self.x) / half[0], np.abs(self.y) / half[1]
        k = np.maximum((u**power + v**power) ** (1.0 / power), 1e-3)
        slope = np.hypot((u / k) ** (power - 1.0) / half[0], (v / k) ** (power - 1.0) / half[1])
        return np.asarray((k - 1.0) / np.maximum(slope, 0.5))

    def stroke(self, cover: Field, start: Field, stop: Field, radii: tuple[float, float]) -> None:
        """Draw a tapering stroke between two points (x, y) into `cover`, keeping the brightest."""
        margin = max(radii) + 2.0 * self.pixel
        low = np.floor((np.minimum(start, stop) - margin + 1.0) / self.pixel).astype(int)
        high = np.ceil((np.maximum(start, stop) + margin + 1.0) / self.pixel).astype(int)
        (left, top), (right, bottom) = low.clip(0, len(cover)), high.clip(0, len(cover))
        x = (np.arange(left, right) + 0.5) * self.pixel - 1.0 - start[0]
        y = (np.arange(top, bottom) + 0.5)[:, None] * self.pixel - 1.0 - start[1]
        along = stop - start
        share = np.clip((x * along[0] + y * along[1]) / max(along @ along, 1e-9), 0.0, 1.0)
        radius = radii[0] + share * (radii[1] - radii[0])
        distance = np.hypot(x - share * along[0], y - share * along[1])
        edge = np.clip(0.5 + (radius - distance) / self.pixel, 0.0, 1.0)
        bright = edge * np.minimum(1.0, 1.15 * radius / self.pixel) * self.around(0.85, 0.15)
        part = cover[top:bottom, left:right]
        np.maximum(part, bright, out=part)


def union(a: Field, b: Field, blend: float) -> Field:
    """Return the union of two shapes, its inner corner rounded over a length of `blend`."""
    h = np.clip(0.5 + 0.5 * (b - a) / blend, 0.0, 1.0)
    return np.asarray(b + h * (a - b) - blend * h * (1.0 - h))
