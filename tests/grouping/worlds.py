"""Images of made-up generators, each with a grain of its own."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from whorl.images import ImageSet


def generated(n: int, grain: float, seed: int, name: str = "g") -> ImageSet:
    """Draw n images of 24×24 of one generator: smooth shapes, and noise of a grain."""
    rng = np.random.default_rng(seed)
    shapes = gaussian_filter(rng.normal(size=(n, 24, 24)), (0, 4, 4)) * 300
    noise = gaussian_filter(rng.normal(size=(n, 24, 24)), (0, grain, grain))
    noise *= 8 / noise.std()
    pixels = np.clip(128 + shapes + noise, 0, 255).astype(np.uint8)
    return ImageSet(tuple(f"{name}_{k}" for k in range(1, n + 1)), pixels, name=name)


def mixed(*sets: ImageSet, seed: int = 0) -> tuple[ImageSet, tuple[str, ...]]:
    """Shuffle sets into one, and return which set each image is of."""
    truth = np.repeat(np.arange(len(sets)), [len(s) for s in sets])
    order = np.random.default_rng(seed).permutation(len(truth))
    pixels = np.concatenate([s.pixels for s in sets])[order]
    ids = tuple(f"generated_{k}" for k in range(1, len(truth) + 1))
    return ImageSet(ids, pixels, name="generated"), tuple(str(t) for t in truth[order])
