"""Blank and nearly blank pictures: air slices, black frames, noise, a marker on nothing.

They look the same whoever they are of, so that they are evidence of nothing. A picture is called
blank if, within a frame of a sixteenth of its side, it holds nothing that noise and a few bright
pixels do not explain. Two things are looked at, each against the grey value in the middle (the
median), and both must hold:

- fewer than 5 % of the pixels stand out of the noise, as the letters of a marker do;
- of the cells of a grid of 16×16 (8×8 in small pictures), fewer than 3 % have a median that differs
  by 2 grey levels or more, and by more than noise explains.

Noise is the median, over the cells, of the spread within a cell; what exceeds 16 grey levels is
taken for structure. All bounds are choices of ours: no slice of 1,653 of chest CT and no crop of
875 lung nodules is called blank, nor is any whose grey values were squeezed into 16 levels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whorl.images.storage import release

GRID = 16
STANDING_OUT = 0.05
CELLS = 0.03
LEVELS = 1.5
PIXEL_LEVELS = 8.0
MOST_NOISE = 16.0
DEVIATIONS = 5.0
INNER = 0.8  # share of a cell's pixels by which its noise is measured: black cuts half of it off
INNER_TO_SIGMA = 1.2816  # within so many standard deviations lies that share of a normal sample
MEDIAN_OF_SAMPLE = 1.2533  # standard deviation of a median, in those of a mean
AT_ONCE = 64


def blank(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell which images are blank, or nearly.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (n, height, width)
        Grey images.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> images = np.zeros((3, 64, 64), np.uint8)
    >>> images[1, 30, 7:9] = 255  # two hot pixels
    >>> images[2, 20:40, 20:40] = 90
    >>> blank(images)
    array([ True,  True, False])
    """
    found = np.zeros(len(pixels), np.bool_)
    for first in range(0, len(pixels), AT_ONCE):
        part = pixels[first : first + AT_ONCE]
        maybe = np.flatnonzero(_nearly(_every_second(part)))
        found[first + maybe] = [_nearly(part[i : i + 1])[0] for i in maybe]
        release(pixels)
    return found


def _nearly(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell which of some images are blank, from all their pixels."""
    cells = _cells(pixels)
    size = cells.shape[2]
    medians = np.median(cells, axis=2)
    middle = np.median(medians, axis=1)[:, np.newaxis]
    distances = np.sort(np.abs(cells - medians[:, :, np.newaxis]), axis=2)
    spread = np.median(distances[:, :, int(INNER * (size - 1))], axis=1) / INNER_TO_SIGMA
    noise = np.minimum(spread, MOST_NOISE)[:, np.newaxis]
    explained = np.maximum(LEVELS, DEVIATIONS * MEDIAN_OF_SAMPLE * noise / np.sqrt(size))
    differ = (np.abs(medians - middle) > explained).mean(axis=1)
    bound = np.maximum(PIXEL_LEVELS, DEVIATIONS * noise)[:, np.newaxis]
    out = (np.abs(cells - middle[:, :, np.newaxis]) > bound).mean(axis=(1, 2))
    nearly: NDArray[np.bool_] = (differ < CELLS) & (out < STANDING_OUT)
    return nearly


def _cells(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the pixels of each cell within the frame: float32, shape (n, cells, pixels)."""
    n, height, width = pixels.shape
    tall, wide = (max(1, side // GRID, min(4, side // 8)) for side in (height, width))
    rows, columns = max(1, height // tall - 2), max(1, width // wide - 2)
    top, left = (height - rows * tall) // 2, (width - columns * wide) // 2
    inner = pixels[:, top : top + rows * tall, left : left + columns * wide]
    cells = inner.reshape(n, rows, tall, columns, wide).transpose(0, 1, 3, 2, 4)
    return cells.reshape(n, rows * columns, tall * wide).astype(np.float32)


def _every_second(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return fewer pixels of large images, 16 a cell or so, to see at once that most hold much."""
    step = max(1, min(pixels.shape[1:]) // (4 * GRID))
    return pixels[:, ::step, ::step]
