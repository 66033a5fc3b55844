"""What networks are given of image sets: grey values, in an order that names have no part in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.images import ImageSet, digest_of
from whorl.images.storage import BLOCK_BYTES, allocate, release
from whorl.networks.runtime import computed_in_batches, device

if TYPE_CHECKING:
    from torch import nn

Positions = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Pictures:
    """The images of one or several sets, in the order of their contents.

    Whatever is drawn, trained and computed in this order is the same however the sets are ordered
    and named.

    Attributes
    ----------
    pixels : ndarray of uint8, shape (n, height, width)
        Grey values 0 to 255; memory-mapped when large.
    hashes : tuple of str
        The images' content hashes, before they were resized.
    places : tuple of ndarray of intp
        For each set, where its images lie here, in the set's own order.
    """

    pixels: NDArray[np.uint8]
    hashes: tuple[str, ...]
    places: tuple[Positions, ...]

    def __len__(self) -> int:
        return len(self.hashes)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.pixels.shape[1], self.pixels.shape[2]

    def batch(self, rows: Positions) -> NDArray[np.uint8]:
        """Return a copy of the images at these places."""
        chosen: NDArray[np.uint8] = np.ascontiguousarray(self.pixels[rows])
        release(self.pixels)
        return chosen

    def within(self, part: int) -> Positions:
        """Return where the images of a set lie, in the order of their contents."""
        return np.sort(self.places[part])

    def own(self, part: int, rows: Positions) -> Positions:
        """Return which images of a set lie at these places, by their positions in the set."""
        order = np.argsort(self.places[part])
        positions: Positions = order[np.searchsorted(self.places[part], rows, sorter=order)]
        return positions

    def digest(self, rows: Positions | None = None) -> str:
        """Return one hash over the contents at these places, or over all: a part of cache keys."""
        hashes = self.hashes if rows is None else [self.hashes[row] for row in rows]
        return digest_of(hashes)

    def apart(self, values: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        """Return values of the images here as one array for each set, in the set's own order."""
        return tuple(values[places] for places in self.places)


def pictures_of(*sets: ImageSet, side: int | None = None) -> Pictures:
    """Put the images of some sets into the order of their contents.

    Parameters
    ----------
    *sets : ImageSet
        Of one size.
    side : int or None
        Resize every image to side × side, as reading images does (Lanczos); None leaves them.

    Returns
    -------
    Pictures

    Examples
    --------
    >>> images = ImageSet(("a", "b"), np.arange(2 * 64, dtype=np.uint8).reshape(2, 8, 8))
    >>> both = pictures_of(images, images.take([1]), side=4)
    >>> both.pixels.shape, [len(places) for places in both.places]
    ((3, 4, 4), [2, 1])
    >>> bool((both.pixels[both.places[0][1]] == both.pixels[both.places[1][0]]).all())
    True
    """
    hashes = [content for images in sets for content in images.hashes]
    order = np.argsort(np.array(hashes), kind="stable")
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(order))
    places = np.split(ranks, np.cumsum([len(images) for images in sets])[:-1])
    pixels = allocate((len(order), *((side, side) if side else sets[0].size)))
    for images, its_places in zip(sets, places, strict=True):
        _copy(images, pixels, its_places, side)
    return Pictures(pixels, tuple(hashes[i] for i in order), tuple(places))


def _copy(images: ImageSet, pixels: NDArray[np.uint8], places: Positions, side: int | None) -> None:
    """Write the images to their places, block by block."""
    step = max(1, BLOCK_BYTES // images.pixels[0].nbytes)
    for first in range(0, len(images), step):
        block = images.pixels[first : first + step]
        pixels[places[first : first + step]] = block if side is None else _resized(block, side)
        release(images.pixels)
        release(pixels)


def _resized(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Return images brought to side × side."""
    from PIL import Image

    if pixels.shape[1:] == (side, side):
        return pixels
    small = [
        Image.fromarray(np.ascontiguousarray(image)).resize((side, side), Image.Resampling.LANCZOS)
        for image in pixels
    ]
    return np.stack([np.asarray(image) for image in small])


def computed_on_images(
    network: nn.Module, images: ImageSet, *, side: int | None = None
) -> NDArray[np.float32]:
    """Return what a network makes of images.

    Parameters
    ----------
    network : torch.nn.Module
        Takes grey values, uint8, shape (n, h, w); moved to the device in force.
    images : ImageSet
        What it is given, in the order of contents.
    side : int or None
        Resize every image to side × side first.

    Returns
    -------
    ndarray of float32, shape (n, …)
        In the images' own order.
    """
    pictures = pictures_of(images, side=side)
    made = computed_in_batches(network.to(device()), pictures.pixels)
    return pictures.apart(made)[0]


def chosen_at_random(places: Positions, at_most: int | None, seed: int) -> Positions:
    """Return a seeded choice of places, in ascending order; all, where there are no more.

    Examples
    --------
    >>> chosen_at_random(np.arange(100), 3, seed=0).shape, chosen_at_random(np.arange(2), 3, seed=0)
    ((3,), array([0, 1]))
    """
    if at_most is None or len(places) <= at_most:
        return places
    chosen = np.random.default_rng(seed).choice(len(places), at_most, replace=False)
    return places[np.sort(chosen)]


def require_at_least(n: int, places: Positions, what: str) -> None:
    """Raise an error unless there are at least so many images.

    Raises
    ------
    ImageError
        Saying how many there are and how many are needed.
    """
    if len(places) < n:
        raise ImageError(f"too few {what} to train a network on: {len(places)}, and {n} is least")
