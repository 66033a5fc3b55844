"""The warning light: reals told apart without a look at a generated image."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from whorl.features import GreyLevels
from whorl.methods.blind import Blind
from whorl.methods.classifiers import NearestNeighbours
from whorl.tasks.view import Development, View
from whorl.testing.worlds import image_set, noisy, planted_task, smooth_images


def sets(rng: np.random.Generator) -> Development:
    """Used images are grainier than those not used: a flawed benchmark."""
    return Development(
        image_set(smooth_images(10, rng), "generated"),
        image_set(noisy(smooth_images(20, rng), rng, 15), "used"),
        image_set(smooth_images(20, rng), "not_used"),
    )


def test_a_flaw_of_the_benchmark_is_seen() -> None:
    rng = np.random.default_rng(0)
    grainy = noisy(smooth_images(5, rng), rng, 15)
    candidates = image_set(np.concatenate([grainy, smooth_images(5, rng)]), "candidate")
    scores = Blind().score(View(candidates, candidates, development=sets(rng)))
    np.testing.assert_array_equal(scores.values > 0, np.arange(10) < 5)


def test_generated_images_are_not_looked_at() -> None:
    view = planted_task(0).view
    other = image_set(255 - view.generated.pixels, "generated")
    development = view.development
    assert development is not None
    changed = replace(
        view,
        generated=other,
        development=Development(
            image_set(other.pixels, "x"), development.used, development.not_used
        ),
    )
    np.testing.assert_array_equal(Blind().score(view).values, Blind().score(changed).values)


def test_by_hand_on_mean_brightness() -> None:
    """Used images are dark: the nearest neighbour of a dark candidate is used."""
    grey = {"generated": [0, 9], "used": [10, 20], "not_used": [200, 210]}
    development = Development(
        *(
            image_set(np.repeat(np.uint8(levels), 4).reshape(2, 2, 2), name)
            for name, levels in grey.items()
        )
    )
    candidates = image_set(np.repeat(np.uint8([15, 190]), 4).reshape(2, 2, 2), "candidate")
    method = Blind(GreyLevels((0.5,)), NearestNeighbours(1))
    scores = method.fit(development).score(View(candidates, candidates))
    np.testing.assert_array_equal(scores.values, [0.5, -0.5])
