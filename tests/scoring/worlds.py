"""Small sets to score: one that copies its training images, and one that knows neither side."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from whorl.images import ImageSet
from whorl.testing.worlds import image_set, noisy, smooth_images

EACH = 3  # images of a patient
SIDE = 64  # pixels: with fewer, images of nobody are near to some by chance


class World(NamedTuple):
    """Three sets whose real images know their patients."""

    generated: ImageSet
    training: ImageSet
    holdout: ImageSet


def world(seed: int, *, patients: int = 8, copies: float = 1.0, made: int = 40) -> World:
    """Draw patients with three like images each, and copies of some share of training images.

    What is no copy is a fresh image, of nobody.
    """
    rng = np.random.default_rng(seed)
    reals = []
    for _ in ("training", "holdout"):
        people = np.repeat(smooth_images(patients, rng, SIDE), EACH, axis=0)
        reals.append(noisy(people, rng, 25))
    fresh = noisy(smooth_images(made, rng, SIDE), rng, 25)
    copied = noisy(reals[0][rng.integers(len(reals[0]), size=made)], rng, 8)
    generated = np.where((np.arange(made) < copies * made)[:, None, None], copied, fresh)
    names = [[f"{side}{k // EACH:02}" for k in range(patients * EACH)] for side in ("Abel", "Roth")]
    training, holdout = (
        image_set(pixels, name).with_patients(whose)
        for pixels, name, whose in zip(reals, ("training", "holdout"), names, strict=True)
    )
    return World(image_set(generated, "generated"), training, holdout)
