"""Normalised correlation against numpy."""

from __future__ import annotations

import numpy as np

from whorl.similarity import Correlation, similarity_matrix


def test_equals_numpy() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 256, (4, 20, 30), np.uint8), rng.integers(0, 256, (5, 20, 30), np.uint8)
    expected = np.corrcoef(a.reshape(4, -1), b.reshape(5, -1))[:4, 4:]
    np.testing.assert_allclose(similarity_matrix(Correlation(), a, b), expected, atol=1e-6)


def test_is_blind_to_brightness_and_contrast() -> None:
    image = np.random.default_rng(0).integers(0, 100, (1, 16, 16)).astype(np.uint8)
    np.testing.assert_allclose(
        similarity_matrix(Correlation(), image, 2 * image + 30), [[1]], atol=1e-6
    )


def test_constant_images_correlate_with_nothing() -> None:
    image = np.random.default_rng(0).integers(0, 256, (1, 300, 300), np.uint8)
    flat = np.full((1, 300, 300), 77, np.uint8)
    assert similarity_matrix(Correlation(), flat, image) == 0
    assert similarity_matrix(Correlation(), flat, flat) == 0


def test_what_else_is_compared_changes_no_bit() -> None:
    """A matrix product adds up in another order where there are more rows."""
    measure, rng = Correlation(), np.random.default_rng(0)
    a, b = (rng.integers(0, 256, (n, 33, 31), dtype=np.uint8) for n in (50, 40))
    rows, columns = measure.prepare(a), measure.prepare(b)
    whole = measure.compare(rows, columns)
    for n in (1, 2, 7, 49):
        for m in (1, 5, 36):
            some = measure.compare(rows[:n], columns[:m])
            np.testing.assert_array_equal(some, whole[:n, :m])


def test_equal_images_are_exactly_one() -> None:
    images = np.random.default_rng(0).integers(0, 256, (20, 100, 90), dtype=np.uint8)
    np.testing.assert_array_equal(similarity_matrix(Correlation(), images, images).diagonal(), 1)
