"""Sketches and the local contrast they are made of."""

from __future__ import annotations

import numpy as np

from whorl.features.sketch import NOISE, Sketch, local_contrast
from whorl.testing.worlds import smooth_images

PIXELS = smooth_images(3, np.random.default_rng(0), 64)


def test_local_contrast_by_hand() -> None:
    """One bright pixel: the window's mean is a, and the squares' mean sums nine windows' values."""
    image = np.zeros((1, 9, 9))
    image[0, 4, 4] = 90
    mean = np.zeros((9, 9))
    mean[3:6, 3:6] = 10
    centred = image[0] - mean
    squares = np.pad(centred**2, 1, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(squares, (3, 3)).mean(axis=(2, 3))
    expected = centred / np.sqrt(windows + NOISE**2)
    np.testing.assert_allclose(local_contrast(image, 1)[0], expected, atol=1e-5)


def test_a_sketch_has_unit_length_and_forgets_brightness_and_contrast() -> None:
    sketches = Sketch().compute(PIXELS)
    assert (sketches.shape, sketches.dtype) == ((3, 196), np.float32)
    np.testing.assert_allclose(np.linalg.norm(sketches, axis=1), 1, rtol=1e-5)
    darker = Sketch().compute((PIXELS * 0.7 + 10).astype(np.uint8))
    assert (sketches * darker).sum(axis=1).min() > 0.99
    assert (sketches @ sketches.T)[np.triu_indices(3, 1)].max() < 0.5


def test_a_constant_image_has_an_empty_sketch() -> None:
    assert not Sketch().compute(np.full((1, 20, 30), 9, np.uint8)).any()
