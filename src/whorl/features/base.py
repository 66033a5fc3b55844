"""What a feature is, and how it is computed: in parallel, and once for each image content."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.compute import available_cores, computing, current
from whorl.images import ImageSet
from whorl.images.storage import release
from whorl.progress import track

MIXED = "the cache holds values of several shapes; they are computed again"

Values = NDArray[Any] | list[NDArray[Any]]
"""What describes n images: an array of shape (n, …), or a list of n arrays whose shapes differ."""


class Feature(ABC):
    """A description of one image by numbers: a grey one, unless `colour` is set.

    Subclasses are frozen dataclasses whose fields are the parameters; ``repr`` of a feature is
    part of the key under which its values are cached. An image's values depend on that image
    alone.
    """

    name: ClassVar[str]
    colour: ClassVar[bool] = False  # `compute` takes (n, height, width, 3) too
    most_at_once: ClassVar[int] = 32  # images in one call of `compute`
    one_caller: ClassVar[bool] = False  # `compute` is called from the caller's thread alone

    @abstractmethod
    def compute(self, pixels: NDArray[np.uint8]) -> Values:
        """Describe images; called from several threads at once, unless the class forbids it.

        Parameters
        ----------
        pixels : ndarray of uint8, shape (n, height, width)
            Grey images, not to be changed; with three channels behind, where the class takes
            colour and the images have it.

        Returns
        -------
        ndarray or list of ndarray
            Usually one float32 array of shape (n, …); a list where shapes differ from image to
            image. Subclasses say shape, type and range.

        Raises
        ------
        ImageError
            If the images are too small.
        """


@dataclass(frozen=True)
class Joined(Feature):
    """Several features side by side; each of shape (n, …) becomes (n, its number of values).

    Attributes
    ----------
    parts : tuple of Feature
        In the order of their columns.

    Examples
    --------
    >>> from whorl.features import GreyLevels, LBPHistogram
    >>> Joined((GreyLevels((0.5,)), LBPHistogram())).compute(np.zeros((2, 8, 8), np.uint8)).shape
    (2, 13)
    """

    parts: tuple[Feature, ...]

    name: ClassVar[str] = "joined features"

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Describe images."""
        columns = [np.asarray(part.compute(pixels), np.float32) for part in self.parts]
        return np.hstack([values.reshape(len(pixels), -1) for values in columns])


def extract(feature: Feature, images: ImageSet) -> NDArray[Any]:
    """Return a feature of every image, as one array.

    Computed on the threads, and kept in the cache, that :func:`whorl.compute.computing` set;
    neither changes the result.

    Parameters
    ----------
    feature : Feature
        One whose values have the same shape for all images of a size.
    images : ImageSet
        What to describe.

    Returns
    -------
    ndarray, shape (n, …)
        In the images' order; of the type that the feature gives, usually float32.

    Raises
    ------
    ImageError
        If the images are too small for the feature.

    Examples
    --------
    >>> from whorl.features import GreyLevels
    >>> images = ImageSet(("a", "b"), np.arange(2 * 64, dtype=np.uint8).reshape(2, 8, 8))
    >>> extract(GreyLevels(), images)[:, 0]
    array([31.5, 95.5], dtype=float32)
    """
    values = extract_each(feature, images)
    if len({(value.shape, value.dtype) for value in values}) > 1:
        warnings.warn(f"{feature.name}: {MIXED}", stacklevel=2)
        with computing(replace(current(), cache=None)):
            values = extract_each(feature, images)
    return np.stack(values)


def extract_each(feature: Feature, images: ImageSet) -> list[NDArray[Any]]:
    """Return a feature of every image, one array for each; their shapes may differ.

    As :func:`extract` otherwise.
    """
    from threadpoolctl import threadpool_limits

    settings = current()
    found = _kept(feature, images)
    missing = [i for i in range(len(images)) if i not in found]
    if not missing:
        return [found[i] for i in range(len(images))]
    step = feature.most_at_once
    pixels = images.shown if feature.colour else images.pixels
    chunks = [missing[first : first + step] for first in range(0, len(missing), step)]

    def computed(chunk: list[int]) -> Values:
        return feature.compute(pixels[chunk])

    threads = settings.threads or available_cores()
    with (
        track(f"{feature.name} of {images.name}", len(missing)) as advance,
        threadpool_limits(1),
        ThreadPoolExecutor(threads, "whorl-features") as pool,
    ):
        try:
            each = map if feature.one_caller else pool.map
            for chunk, values in zip(chunks, each(computed, chunks), strict=True):
                for i, value in zip(chunk, values, strict=True):
                    found[i] = value
                    if settings.cache is not None:
                        settings.cache.put(_key(feature, images, i), value)
                advance(len(chunk))
                release(pixels)
        finally:
            pool.shutdown(cancel_futures=True)
    return [found[i] for i in range(len(images))]


def _kept(feature: Feature, images: ImageSet) -> dict[int, NDArray[Any]]:
    """Return what the cache in force holds: position → values."""
    cache = current().cache
    if cache is None:
        return {}
    kept = ((i, cache.get(_key(feature, images, i))) for i in range(len(images)))
    return {i: value for i, value in kept if value is not None}


def _key(feature: Feature, images: ImageSet, i: int) -> str:
    """Return all that the values of an image depend on."""
    return f"{feature!r} {images.hashes[i]}"
