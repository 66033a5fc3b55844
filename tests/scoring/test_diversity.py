"""Near duplicates within a set."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.images import ImageSet
from whorl.scoring.diversity import find_repeats
from whorl.similarity import find_duplicates
from whorl.testing.worlds import image_set, noisy, smooth_images


def test_equal_and_nearly_equal_images_count_once_a_pair() -> None:
    rng = np.random.default_rng(0)
    pixels = smooth_images(5, rng)
    near = noisy(pixels[:1], rng, 1)
    found = find_repeats(image_set(np.concatenate([pixels, near, pixels[1:2]]), "made"))
    assert found is not None
    assert found.repeated.tolist() == [True, True, False, False, False, True, True]
    assert found.pairs == pytest.approx(2 / 21)
    assert found.images == pytest.approx(4 / 7)


def test_pairs_are_those_of_find_duplicates() -> None:
    pixels = smooth_images(12, np.random.default_rng(1))[np.arange(20) % 12]
    images = image_set(pixels, "made")
    listed, found = find_duplicates(images), find_repeats(images)
    assert found is not None
    assert found.pairs == (listed.exact_count + listed.near_count) / 190


def test_a_single_image_repeats_nothing() -> None:
    assert find_repeats(ImageSet(("a",), smooth_images(1, np.random.default_rng(0)))) is None
