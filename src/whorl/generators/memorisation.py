"""How much of its training set a generator repeats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError

COPY_RATIO = 1.0 / 3.0

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
    distances, between = _distances(samples, training)
    np.fill_diagonal(between, np.inf)
    apart = between.min(axis=1)[distances.argmin(axis=1)]
    return float(np.mean(distances.min(axis=1) < apart))


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
    distances, _ = _distances(samples, training)
    nearest = np.sort(distances, axis=1)
    return float(np.mean(nearest[:, 0] < COPY_RATIO * nearest[:, 1]))


def _distances(
    samples: NDArray[np.uint8], training: NDArray[np.uint8]
) -> tuple[Distances, Distances]:
    """Return the distances of samples to different training images, and of these to each other."""
    from scipy.spatial.distance import cdist

    known = np.unique(training.reshape(len(training), -1), axis=0).astype(np.float64)
    if len(known) < 2:
        raise ImageError("memorisation is measured against at least two different training images")
    rows = samples.reshape(len(samples), -1).astype(np.float64)
    return cdist(rows, known), cdist(known, known)
