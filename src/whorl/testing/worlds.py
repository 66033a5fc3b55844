"""Small made-up worlds to try an attack on: with planted copies, and with nothing to find."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whorl.images import ImageSet
from whorl.tasks.view import Development, Task, Truth, View

SIZE = 32
"""Height and width of the images in pixels, where nothing else is said."""


def smooth_images(n: int, rng: np.random.Generator, size: int = SIZE) -> NDArray[np.uint8]:
    """Draw images of soft random blobs, all from one distribution.

    Returns
    -------
    ndarray of uint8, shape (n, size, size)

    Examples
    --------
    >>> smooth_images(2, np.random.default_rng(0)).shape
    (2, 32, 32)
    """
    from scipy.ndimage import gaussian_filter

    blobs = gaussian_filter(rng.normal(size=(n, size, size)), (0, 3, 3))
    blobs /= blobs.std(axis=(1, 2), keepdims=True)
    return np.clip(128 + 40 * blobs, 0, 255).astype(np.uint8)


def noisy(pixels: NDArray[np.uint8], rng: np.random.Generator, sigma: float) -> NDArray[np.uint8]:
    """Return copies of images with Gaussian noise of standard deviation `sigma`."""
    return np.clip(pixels + rng.normal(0, sigma, pixels.shape), 0, 255).astype(np.uint8)


def image_set(pixels: NDArray[np.uint8], name: str) -> ImageSet:
    """Return pixels as a set whose ids are its name and a number.

    Examples
    --------
    >>> image_set(np.zeros((2, 8, 8), np.uint8), "candidate").ids
    ('candidate_000', 'candidate_001')
    """
    return ImageSet(tuple(f"{name}_{k:03}" for k in range(len(pixels))), pixels, name)


def planted_task(
    seed: int,
    *,
    used: int = 12,
    not_used: int = 12,
    reference: int = 0,
    evenly: bool = False,
) -> Task:
    """Make a task whose generated images are noisy copies of the used candidates.

    Parameters
    ----------
    seed : int
        Seeds every random draw.
    used, not_used : int
        Candidates of either kind, in random order. Three times as many images are generated as
        there are used ones.
    reference : int
        Images known not to have been used; 0 for a view without.
    evenly : bool
        Whether each used candidate is copied three times. Otherwise each copy is of one drawn at
        random, so that some are never copied and no attack can find them.

    Examples
    --------
    >>> task = planted_task(0)
    >>> len(task.view.candidates), len(task.view.generated), sum(task.truth.used.values())
    (24, 36, 12)
    """
    rng = np.random.default_rng(seed)
    pixels = smooth_images(used + not_used, rng)
    is_used = rng.permutation(np.arange(used + not_used) < used)
    members = np.flatnonzero(is_used)
    copies = np.repeat(members, 3) if evenly else rng.choice(members, 3 * used)
    candidates = image_set(pixels, "candidate")
    view = View(
        image_set(noisy(pixels[copies], rng, 12), "generated"),
        candidates,
        image_set(smooth_images(reference, rng), "reference") if reference else None,
        development(rng),
    )
    return Task(view, Truth(dict(zip(candidates.ids, is_used.tolist(), strict=True))))


def null_view(seed: int, *, candidates: int, reference: int, generated: int = 12) -> View:
    """Make a view in which candidates and reference are exchangeable: nothing was used.

    Parameters
    ----------
    seed : int
        Seeds every random draw.
    candidates, reference, generated : int
        Images of each set; no `reference` (0) for a view without.

    Examples
    --------
    >>> null_view(0, candidates=5, reference=9).reference
    ImageSet('reference', 9 images, 32×32)
    """
    rng = np.random.default_rng(seed)
    return View(
        image_set(smooth_images(generated, rng), "generated"),
        image_set(smooth_images(candidates, rng), "candidate"),
        image_set(smooth_images(reference, rng), "reference") if reference else None,
        development(rng),
    )


def development(rng: np.random.Generator, n: int = 10) -> Development:
    """Make a labelled set, `n` used and `n` not used, whose generated images copy its used ones."""
    used = smooth_images(n, rng)
    return Development(
        image_set(noisy(used[rng.integers(0, n, 2 * n)], rng, 12), "generated"),
        image_set(used, "used"),
        image_set(smooth_images(n, rng), "not_used"),
    )
