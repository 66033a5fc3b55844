"""A generated image laid over a candidate: mirrored, turned, moved, with its grey values.

A small search for the few pairs that a report shows: the orientations that keep the size, each at
the shift at which details of the two correlate most.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.images.orientations import ORIENTATIONS, orientations_of, oriented
from whorl.similarity.maps import Band
from whorl.similarity.operators import Operators, grid_of

DETAIL = Band(1.0, 4.0)
LARGEST_SHIFT = 0.1  # of a side
LEAST_GAIN = 0.1  # of the correlation, by which another position must be better than as it is
LEAST_CORRELATION = 0.3  # that it must reach, and from which grey values are adapted
CONTRAST, BRIGHTNESS = 1.15, 12.0  # from which on grey values are adapted: a factor; grey levels

Grey = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Aligned:
    """A generated image as it fits a candidate best.

    Attributes
    ----------
    pixels : ndarray of uint8, shape (height, width)
        The image so laid; what came in at the edge repeats it.
    done : tuple of str
        What was done, in words; empty where nothing was.
    correlation : float
        Of the details of the two, so laid.
    before : float
        The same, as the image was.
    """

    pixels: Grey
    done: tuple[str, ...]
    correlation: float
    before: float


def details(image: Grey) -> NDArray[np.float32]:
    """Return an image's details on the grid of maps, of mean 0 and length 1 (all 0 if flat).

    Examples
    --------
    >>> float((details(np.eye(16, dtype=np.uint8) * 255) ** 2).sum().round(4))
    1.0
    """
    use = Operators(grid_of(image.shape))
    grey = np.ascontiguousarray(image)[np.newaxis].astype(np.float32)
    if use.grid[:2] != image.shape:
        grey = use.reducing(image.shape).of(grey)
    (detail,) = DETAIL.compute(grey, use)
    away: NDArray[np.float32] = detail[0] - detail[0].mean()
    length = float(np.sqrt((away * away).sum()))
    return away / length if length > 1e-3 else np.zeros_like(away)


def aligned(candidate: Grey, generated: Grey) -> Aligned:
    """Lay a generated image over a candidate.

    Parameters
    ----------
    candidate, generated : ndarray of uint8, shape (height, width)
        Grey images of one size.

    Examples
    --------
    >>> image = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)
    >>> found = aligned(image, np.roll(image[:, ::-1], 3, axis=0))
    >>> found.done
    ('mirrored left to right', 'moved by 3 pixels up')
    """
    height, width = candidate.shape
    goal = details(candidate)
    detail: Any = details(generated)
    before, best = -1.0, (-1.0, 0, 0, 0)
    for k in orientations_of((height, width)):
        found = _correlations(goal, oriented(detail, k))
        if k == 0:
            before = float(found[0, 0])
            best = (before + LEAST_GAIN, 0, 0, 0)
        at = np.unravel_index(int(np.argmax(found)), found.shape)
        if found[at] > max(best[0], LEAST_CORRELATION):
            best = (float(found[at]), k, int(at[0]), int(at[1]))
    correlation, orientation, down, across = best
    by = (_signed(down, goal.shape[0], height), _signed(across, goal.shape[1], width))
    laid = _shifted(oriented(generated, orientation), *by)
    if not (orientation or any(by)):
        correlation = before
    alike = correlation >= LEAST_CORRELATION
    pixels, greys = _adapted(laid, candidate) if alike else (laid, ())
    done = (*([ORIENTATIONS[orientation]] if orientation else []), *_moves(*by), *greys)
    return Aligned(pixels, done, correlation, before)


def _correlations(goal: NDArray[np.float32], other: NDArray[Any]) -> NDArray[np.float64]:
    """Return the correlation at each shift down and across; −1 where it is too far."""
    product = np.fft.rfft2(goal) * np.conj(np.fft.rfft2(other))
    found = np.fft.irfft2(product, goal.shape)
    for axis, side in enumerate(goal.shape):
        shifts = np.minimum(np.arange(side), side - np.arange(side))
        far = shifts > LARGEST_SHIFT * side
        found[far if axis == 0 else (slice(None), far)] = -1
    return np.asarray(found)


def _signed(shift: int, side: int, pixels: int) -> int:
    """Return a shift on the grid, which goes round, as one of so many pixels."""
    return round((shift if shift <= side // 2 else shift - side) * pixels / side)


def _shifted(image: Grey, down: int, across: int) -> Grey:
    """Return an image moved by whole pixels, its edge repeated."""
    rows = np.clip(np.arange(image.shape[0]) - down, 0, image.shape[0] - 1)
    columns = np.clip(np.arange(image.shape[1]) - across, 0, image.shape[1] - 1)
    return image[np.ix_(rows, columns)]


def _adapted(image: Grey, goal: Grey) -> tuple[Grey, tuple[str, ...]]:
    """Return an image with another's mean and spread of grey values, where its own are far off."""
    mean, spread = float(image.mean()), float(image.std())
    factor = float(goal.std()) / spread if spread > 0 else 1.0
    contrast = not 1 / CONTRAST <= factor <= CONTRAST
    if not contrast and abs(goal.mean() - mean) < BRIGHTNESS:
        return image, ()
    grey = (image - mean) * (factor if contrast else 1.0) + float(goal.mean())
    what = "brightness and contrast" if contrast else "brightness"
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8), (f"{what} adapted",)


def _moves(down: int, across: int) -> Iterator[str]:
    """Say how far it was moved."""
    moves = [
        f"{abs(by)} pixel{'' if abs(by) == 1 else 's'} {ways[by < 0]}"
        for by, ways in ((across, ("to the right", "to the left")), (down, ("down", "up")))
        if by
    ]
    if moves:
        yield f"moved by {' and '.join(moves)}"
