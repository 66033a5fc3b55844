"""The trivial rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from whorl.methods.trivial import Brightness, Constant, Random
from whorl.testing.worlds import null_view

VIEW = null_view(0, candidates=400, reference=0)


def test_constant_is_constant() -> None:
    np.testing.assert_array_equal(Constant(1).score(VIEW).values, np.ones(400))


def test_brightness_is_the_mean_grey_value() -> None:
    pixels = VIEW.candidates.pixels
    np.testing.assert_allclose(Brightness().score(VIEW).values, pixels.mean(axis=(1, 2)))


def test_random_calls_the_development_share_used() -> None:
    """Half of the development reals are used; with 3 of 13, a share of 0.23."""
    assert VIEW.development is not None
    few = replace(VIEW.development, used=VIEW.development.used.take([0, 1, 2]))
    for development, share in ((None, 0.5), (VIEW.development, 0.5), (few, 3 / 13)):
        values = Random().score(replace(VIEW, development=development), seed=1).values
        assert abs(np.mean(values > 1) - share) < 4 * np.sqrt(share * (1 - share) / 400)


def test_random_depends_on_the_seed() -> None:
    first, second = (Random().score(VIEW, seed=seed).values for seed in (0, 1))
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.2
