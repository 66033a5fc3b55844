"""The nearest perceptual hash."""

from __future__ import annotations

import imagehash
import numpy as np
import pytest
from PIL import Image

from whorl.runs import entry
from whorl.runs.teams.dmk.nearest_hash import NearestHash
from whorl.tasks.view import View
from whorl.testing.worlds import image_set, noisy, planted_task, smooth_images


@pytest.mark.parametrize("side", [5, 8, 16])
def test_score_is_minus_imagehash_s_smallest_distance(side: int) -> None:
    view = planted_task(0).view
    candidates, generated = (
        [imagehash.phash(Image.fromarray(image), side) for image in images.pixels]
        for images in (view.candidates, view.generated)
    )
    distances = np.array([[x - y for y in generated] for x in candidates])
    scores = NearestHash(side).score(view)
    np.testing.assert_array_equal(scores.values, -distances.min(axis=1))
    assert scores.nearest is not None
    np.testing.assert_array_equal(scores.nearest.index, distances.argmin(axis=1))


def test_copies_are_named_and_others_are_not() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (6, 64, 64), np.uint8)
    view = View(image_set(noisy(pixels[:3], rng, 4), "generated"), image_set(pixels, "candidate"))
    _, decisions = entry("dmk-phash").run(view)
    assert decisions.used.tolist() == [True] * 3 + [False] * 3


def test_fifty_bits_are_still_a_pair() -> None:
    assert entry("dmk-phash").rule.threshold(NearestHash().score(planted_task(0).view)) == -51


def test_a_copy_is_at_distance_0() -> None:
    pixels = smooth_images(2, np.random.default_rng(0))
    view = View(image_set(pixels, "generated"), image_set(pixels, "candidate"))
    assert NearestHash().score(view).values.tolist() == [0, 0]
