"""Copies that came by another road: mirrored, turned, moved, stretched, brighter, compressed.

Two stages. Every image is sketched as it would look mirrored or turned, moved a little or stretched
a little, and all sketches are compared with those of all others: one matrix product. The few most
alike are then laid over the image itself (:mod:`whorl.features.alignment`), which tells copies from
what only looks alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.features import extract
from whorl.features.alignment import Frame, Padded, Template
from whorl.features.sketch import MARGIN, SIDE, Sketch, as_sketches
from whorl.images import ImageSet
from whorl.images.orientations import orientations_of, oriented
from whorl.images.storage import release
from whorl.progress import track
from whorl.similarity import TopK

BAR = 0.85
"""From this similarity on, one of two images is called a copy of the other.

Of 1,653 slices of chest CT, those of different patients reach 0.84, 99 % of them less than 0.7;
copies that were compressed, rescaled, moved or made brighter reach 0.9. Neighbouring slices of one
patient lie on either side of the bar.
"""

MOST = 5  # of the most alike sketches, how many are laid over the image
WORTH = 0.6  # below this, only the most alike sketch is worth it: copies reach 0.8
SHIFTS = (-3 / 128, 0.0, 3 / 128)
STRETCHES = (-0.1, -0.05, 0.05, 0.1)
FRAMES = (
    *(Frame(right, down) for down in SHIFTS for right in SHIFTS),
    *(Frame(wide=by, tall=by) for by in STRETCHES),
)
SMALL = 5 * SIDE  # sketches of moved images are made of the image at this size
ROWS, COLUMNS = 8, 2048  # images, and others, that are compared at once

Sketches = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Lookalikes:
    """The image of another set that is most like each image, laid over it.

    Attributes
    ----------
    similarity : ndarray of float64, shape (n,)
        The correlation of the two pictures' local contrast, −1 to 1.
    position : ndarray of intp, shape (n,)
        Which one it is.
    orientation : ndarray of intp, shape (n,)
        How this image has to be laid down to become that one: a place in
        :data:`whorl.images.orientations.ORIENTATIONS`.
    frame : tuple of Frame
        Where, once laid down so, its content has gone.
    """

    similarity: NDArray[np.float64]
    position: NDArray[np.intp]
    orientation: NDArray[np.intp]
    frame: tuple[Frame, ...]

    def part(self, taken: slice) -> Lookalikes:
        """Return those of some of the images."""
        return Lookalikes(
            self.similarity[taken],
            self.position[taken],
            self.orientation[taken],
            self.frame[taken],
        )


def find_lookalikes(images: ImageSet, others: ImageSet) -> Lookalikes:
    """Find what is most like each image in another set, however it was laid down or moved.

    Parameters
    ----------
    images, others : ImageSet
        Images of one size.

    Examples
    --------
    >>> from whorl.testing.worlds import smooth_images
    >>> pixels = smooth_images(4, np.random.default_rng(0), 64)
    >>> made = np.roll(pixels[2:, :, ::-1], 3, axis=1) // 2 + 90
    >>> found = find_lookalikes(ImageSet(("x", "y"), pixels[1:3]), ImageSet(("a", "b"), made))
    >>> (found.similarity > BAR).tolist(), int(found.position[1]), int(found.orientation[1])
    ([False, True], 0, 1)
    """
    drawn = extract(Sketch(), others)
    found: list[tuple[float, int, int, Frame]] = []
    with track(f"looking for copies of {images.name} in {others.name}", len(images)) as advance:
        for first in range(0, len(images), ROWS):
            pixels = images.pixels[first : first + ROWS]
            views = [_views(image) for image in pixels]
            near = _nearest(np.stack([sketches for sketches, _ in views]), drawn)
            for image, (sketches, starts), positions in zip(pixels, views, near, strict=True):
                best = sketches @ drawn[positions].T
                worth = best.max(axis=0) >= WORTH
                worth[0] = True
                chosen = [starts[k] for k in best.argmax(axis=0)[worth]]
                laid = _laid_over(image, others, positions[worth], chosen)
                found.append(max(laid, key=_similarity))
            advance(len(pixels))
            release(others.pixels)
    similarity, position, orientation, frames = zip(*found, strict=True)
    return Lookalikes(np.array(similarity), np.array(position), np.array(orientation), frames)


def _views(image: NDArray[np.uint8]) -> tuple[Sketches, list[tuple[int, Frame]]]:
    """Return sketches of an image moved and laid down in each way, and what was done for each."""
    small = Padded(Padded(image).cut(Frame(), SMALL))
    sketches = as_sketches(np.stack([small.cut(frame.inverse(), SIDE) for frame in FRAMES]))
    ways = orientations_of((image.shape[0], image.shape[1]))
    side = SIDE - 2 * MARGIN
    turned = [oriented(sketches.reshape(-1, side, side), way) for way in ways]
    starts = [(way, frame.oriented(way)) for way in ways for frame in FRAMES]
    return np.concatenate(turned).reshape(len(starts), -1), starts


def _nearest(views: Sketches, drawn: Sketches) -> NDArray[np.intp]:
    """Return the positions of the sketches most like any view of each image: shape (n, most)."""
    n, each, length = views.shape
    top = TopK(MOST)
    top.begin(n, len(drawn))
    for first in range(0, len(drawn), COLUMNS):
        products = views.reshape(n * each, length) @ drawn[first : first + COLUMNS].T
        top.add(products.reshape(n, each, -1).max(axis=1), first)
    return top.result().position


def _laid_over(
    image: NDArray[np.uint8],
    others: ImageSet,
    positions: NDArray[np.intp],
    starts: list[tuple[int, Frame]],
) -> Iterator[tuple[float, int, int, Frame]]:
    """Yield similarity, position, orientation and frame of each of the most alike."""
    templates: dict[int, Template] = {}
    for position, (orientation, start) in zip(positions.tolist(), starts, strict=True):
        if orientation not in templates:
            templates[orientation] = Template(np.ascontiguousarray(oriented(image, orientation)))
        similarity, frame = templates[orientation].fit(Padded(others.pixels[position]), start)
        yield similarity, position, orientation, frame


def _similarity(found: tuple[float, int, int, Frame]) -> float:
    """Return what the best is chosen by."""
    return found[0]
