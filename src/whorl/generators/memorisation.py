"""How much of its training set a generator repeats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.images.hashing import content_hash

COPY_RATIO = 1.0 / 3.0
VALUES_AT_ONCE = 2**24  # grey values of either set that are held as float64: 128 MiB

Distances = NDArray[np.float64]


def memorised_share(samples: NDArray[np.uint8], training: NDArray[np.uint8]) -> float:
    """Return the share of samples nearer to the training images than these are to each other.

    A sample counts when its Euclidean distance to the nearest training image is smaller than the
    distance from that training image to the nearest other one. Blends of training images count as
    well as copies; see :func:`copied_share` for copies alone.

    Parameters
    ----------
    samples : ndarray of uint8, shape (n, height, width)
        Generated images.
    training : ndarray of uint8, shape (m, height, width)
        The images that the generator was trained on; repeated ones count once.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ImageError
        If there are no two different training images.

    Examples
    --------
    >>> training = np.array([[[0, 0]], [[0, 100]]], np.uint8)
    >>> memorised_share(np.array([[[0, 40]], [[200, 200]]], np.uint8), training)
    0.5
    """
    known = _different(training)
    distances, nearest = _nearest(samples, known)
    hit = np.unique(nearest[:, 0])
    between, _ = _nearest(known[hit], known)
    apart = between[np.searchsorted(hit, nearest[:, 0]), 1]  # the nearest of all is itself
    return float(np.mean(distances[:, 0] < apart))


def copied_share(samples: NDArray[np.uint8], training: NDArray[np.uint8]) -> float:
    """Return the share of samples that all but repeat one training image.

    A sample counts when its Euclidean distance to the nearest training image is less than a third
    of that to the second nearest (Yoon et al. 2023, "Diffusion probabilistic models generalize
    when they fail to memorize").

    Parameters
    ----------
    samples : ndarray of uint8, shape (n, height, width)
        Generated images.
    training : ndarray of uint8, shape (m, height, width)
        The images that the generator was trained on; repeated ones count once.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ImageError
        If there are no two different training images.

    Examples
    --------
    >>> training = np.array([[[0, 0]], [[0, 100]]], np.uint8)
    >>> copied_share(np.array([[[0, 10]], [[0, 40]]], np.uint8), training)
    0.5
    """
    distances, _ = _nearest(samples, _different(training))
    return float(np.mean(distances[:, 0] < COPY_RATIO * distances[:, 1]))


def _different(training: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the different training images, at least two."""
    first = {content_hash(image): place for place, image in reversed(list(enumerate(training)))}
    if len(first) < 2:
        raise ImageError("memorisation is measured against at least two different training images")
    return training[sorted(first.values())]


def _nearest(
    images: NDArray[np.uint8], known: NDArray[np.uint8]
) -> tuple[Distances, NDArray[np.intp]]:
    """Return the two smallest distances to known images, and to which; a few images at a time."""
    from scipy.spatial.distance import cdist

    distances, nearest = np.empty((len(images), 2)), np.empty((len(images), 2), np.intp)
    rows = max(1, VALUES_AT_ONCE // images[0].size)
    for first in range(0, len(images), rows):
        block = images[first : first + rows].reshape(-1, images[0].size).astype(np.float64)
        to_all = np.hstack(
            [
                cdist(block, part.reshape(len(part), -1).astype(np.float64))
                for part in np.array_split(known, -(-len(known) // rows))
            ]
        )
        two = np.argsort(to_all, axis=1, kind="stable")[:, :2]
        nearest[first : first + rows] = two
        distances[first : first + rows] = np.take_along_axis(to_all, two, axis=1)
    return distances, nearest
