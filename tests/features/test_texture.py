"""Texture by hand, and against a plain reading of the papers."""

from __future__ import annotations

import numpy as np

from whorl.features import CoOccurrence, LBPHistogram
from whorl.testing.worlds import smooth_images


def test_local_binary_patterns_by_hand() -> None:
    """A bright dot: it has no neighbour as bright; the 8 pixels around it all have a darker one.

    Code 8 is "all neighbours at least as bright". Outside of the image all is black.
    """
    image = np.full((1, 5, 5), 50, np.uint8)
    image[0, 2, 2] = 200
    counts = LBPHistogram().compute(image)[0] * 25
    expected = np.zeros(10)
    expected[0] = 1  # the dot
    expected[8] = 8  # its neighbours: the rest is flat and the dot is brighter
    expected[5] = 12  # on a side, 3 neighbours lie outside and are darker
    expected[3] = 4  # in a corner, 5 do
    np.testing.assert_allclose(counts, expected, atol=1e-5)


def test_patterns_that_are_no_arc_have_the_last_code() -> None:
    image = np.zeros((1, 3, 3), np.uint8)
    image[0] = [[0, 9, 0], [0, 5, 0], [0, 9, 0]]  # above and below brighter, left and right darker
    counts = LBPHistogram().compute(image)[0] * 9
    assert counts[9] >= 1


def test_patterns_ignore_brightness_and_contrast() -> None:
    image = smooth_images(2, np.random.default_rng(0)) // 2
    inner = image[:, 4:-4, 4:-4]
    brighter = (inner * 2).astype(np.uint8)
    np.testing.assert_allclose(
        LBPHistogram().compute(brighter), LBPHistogram().compute(inner), atol=1e-6
    )


def test_co_occurrence_of_a_checkerboard_by_hand() -> None:
    """Beside or below lies the other grey (contrast 31²), diagonally the same one (contrast 0)."""
    board = (np.indices((8, 8)).sum(axis=0) % 2 * 255).astype(np.uint8)[None]
    contrast, homogeneity, energy, correlation = CoOccurrence((1,), 32).compute(board)[0]
    assert contrast == 31**2 / 2
    np.testing.assert_allclose(homogeneity, (1 + 1 / (1 + 31**2)) / 2, rtol=1e-6)
    np.testing.assert_allclose(energy, np.sqrt(0.5), rtol=1e-3)
    np.testing.assert_allclose(correlation, 0, atol=1e-3)


def test_co_occurrence_has_four_values_a_distance() -> None:
    values = CoOccurrence((1, 3), 8).compute(smooth_images(3, np.random.default_rng(0)))
    assert values.shape == (3, 8)
    assert values.dtype == np.float32
    assert np.isfinite(values).all()
