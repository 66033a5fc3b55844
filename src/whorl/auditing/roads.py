"""How a picture became another: what was done to it, in words."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from whorl.features.alignment import Frame, Padded
from whorl.images.orientations import ORIENTATIONS, oriented

QUALITIES = (10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 95)
FACTORS = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4)
LEAST_STRETCH = 0.012
EDGE = 8  # one part in so many, at each edge, is not looked at: nobody knows what came in there
ROUNDING = 1.0  # mean squared difference up to which two pictures are the same but for rounding
EXPLAINED = 0.5  # share of the squared difference that an explanation may leave
LEAST_GAIN, LEAST_OFFSET = 0.03, 2.0

Grey = NDArray[np.uint8]


def road_of(image: Grey, other: Grey, orientation: int, frame: Frame) -> str:
    """Tell what was done to an image to make another of it.

    Whether it was mirrored, turned, moved or stretched is known from how the two were laid over
    each other. For the rest it is tried which of JPEG compression and of a loss of size explains
    best what is left, once brightness and contrast are made equal.

    Parameters
    ----------
    image, other : ndarray of uint8, shape (height, width)
        Grey images.
    orientation : int
        How the first lies in the second: a place in `ORIENTATIONS`.
    frame : Frame
        Where, laid down so, its content is in the second.

    Returns
    -------
    str
        Such as "mirrored left to right, moved by 3 pixels to the right, JPEG compressed".

    Examples
    --------
    >>> pixels = np.random.default_rng(0).integers(0, 200, (32, 32), np.uint8)
    >>> road_of(pixels, pixels[::-1] + np.uint8(20), 2, Frame())
    'mirrored top to bottom, brightness changed'
    """
    laid = np.ascontiguousarray(oriented(image, orientation))
    stretched = max(abs(frame.wide), abs(frame.tall)) >= LEAST_STRETCH
    done = [ORIENTATIONS[orientation]] if orientation else []
    if stretched:
        drawn = Padded(laid).cut(frame.inverse(), laid.shape)
        shift = (round(frame.right * laid.shape[1]), round(frame.down * laid.shape[0]))
    else:
        drawn, shift = _moved(laid, other, frame)
    done += [*_shifts(*shift), *_stretches(frame)] if stretched else [*_shifts(*shift)]
    done += _greys(_inner(drawn), _inner(other))
    if not stretched:
        done += _details(drawn, other)
    return ", ".join(done) or "as it is"


def _moved(image: Grey, other: Grey, frame: Frame) -> tuple[Grey, tuple[int, int]]:
    """Return the image moved by whole pixels, as it fits the other best, and by how many."""
    height, width = image.shape
    across = [int(np.floor(frame.right * width)) + k for k in (0, 1)]
    down = [int(np.floor(frame.down * height)) + k for k in (0, 1)]
    goal = _inner(other)

    def misfit(shift: tuple[int, int]) -> tuple[float, tuple[int, int]]:
        return _misfit(_inner(_shifted(image, shift)), goal), shift

    shift = min({(0, 0), *product(across, down)}, key=misfit)
    return _shifted(image, shift), shift


def _shifted(image: Grey, shift: tuple[int, int]) -> Grey:
    """Return the image moved by whole pixels to the right and down, its edges drawn out."""
    rows = np.clip(np.arange(image.shape[0]) - shift[1], 0, image.shape[0] - 1)
    columns = np.clip(np.arange(image.shape[1]) - shift[0], 0, image.shape[1] - 1)
    return image[np.ix_(rows, columns)]


def _inner(image: Grey) -> Grey:
    """Return an image without its edges."""
    tall, wide = (side // EDGE for side in image.shape)
    return image[tall : image.shape[0] - tall, wide : image.shape[1] - wide]


def _curve(image: Grey, goal: Grey) -> NDArray[np.float64]:
    """Return the curve of grey values, of degree 3, that brings an image nearest to another.

    By the grey value: shape (256,), 0 to 255. The flattest of several that do as well.
    """
    powers = (np.arange(256)[:, np.newaxis] / 255) ** np.arange(4)
    count = np.bincount(image.ravel(), minlength=256)
    total = np.bincount(image.ravel(), goal.ravel(), minlength=256)
    weighted = powers.T * count
    weights = np.linalg.lstsq(weighted @ powers, powers.T @ total, rcond=1e-12)[0]
    return np.clip(powers @ weights, 0, 255)


def _misfit(image: Grey, goal: Grey) -> float:
    """Return the mean squared difference of two images once their grey values are made equal."""
    return float(((_curve(image, goal)[image] - goal) ** 2).mean())


def _shifts(right: int, down: int) -> Iterator[str]:
    """Say how far it was moved."""
    moves = [
        f"{abs(by)} pixel{'' if abs(by) == 1 else 's'} {ways[by < 0]}"
        for by, ways in ((right, ("to the right", "to the left")), (down, ("down", "up")))
        if by
    ]
    if moves:
        yield f"moved by {' and '.join(moves)}"


def _stretches(frame: Frame) -> Iterator[str]:
    """Say by how much it was enlarged or made smaller."""
    if abs(frame.wide - frame.tall) < LEAST_STRETCH:
        by = (frame.wide + frame.tall) / 2
        yield f"{'enlarged' if by > 0 else 'made smaller'} by {100 * abs(by):.0f} %"
        return
    for by, what in ((frame.wide, "wider"), (frame.tall, "taller")):
        if abs(by) >= LEAST_STRETCH:
            less = {"wider": "narrower", "taller": "flatter"}[what]
            yield f"made {what if by > 0 else less} by {100 * abs(by):.0f} %"


def _greys(image: Grey, other: Grey) -> Iterator[str]:
    """Say whether brightness or contrast are other ones.

    The true factor lies between those of the two regressions, of either picture on the other:
    noise and a loss of detail alone do not look like another contrast.
    """
    x, y = image.ravel().astype(np.float64), other.ravel().astype(np.float64)
    shared = ((x - x.mean()) * (y - y.mean())).mean()
    if shared > 0 and (
        shared / x.var() >= 1 + LEAST_GAIN or y.var() / shared <= 1 / (1 + LEAST_GAIN)
    ):
        yield "brightness and contrast changed"
    elif abs(y.mean() - x.mean()) >= LEAST_OFFSET:
        yield "brightness changed"


def _details(image: Grey, other: Grey) -> Iterator[str]:
    """Say what explains the fine details: compression, a loss of size, or neither."""
    goal = _inner(other)
    left = _misfit(_inner(image), goal)
    if left <= ROUNDING:
        return
    curve = np.rint(_curve(_inner(image), goal)).astype(np.uint8)[image]
    tried = {"JPEG compressed": _compressed(curve), "made at a smaller size": _rescaled(curve)}
    errors = {
        what: min(float(((_inner(each).astype(float) - goal) ** 2).mean()) for each in pictures)
        for what, pictures in tried.items()
    }
    best = min(errors, key=lambda what: errors[what])
    yield best if errors[best] <= EXPLAINED * left else "other noise or detail"


def _compressed(image: Grey) -> Iterator[Grey]:
    """Yield the image after JPEG compression, from the coarsest on."""
    from PIL import Image

    for quality in QUALITIES:
        stream = io.BytesIO()
        Image.fromarray(image).save(stream, "JPEG", quality=quality)
        yield np.asarray(Image.open(stream))


def _rescaled(image: Grey) -> Iterator[Grey]:
    """Yield the image made smaller and brought back to its size."""
    from PIL import Image

    height, width = image.shape
    methods = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.BOX)
    for factor, method in product(FACTORS, methods):
        small = (max(1, round(width * factor)), max(1, round(height * factor)))
        back = Image.Resampling.BICUBIC if method is Image.Resampling.BOX else method
        yield np.asarray(Image.fromarray(image).resize(small, method).resize((width, height), back))
