"""SSIM against scikit-image."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from whorl.errors import ImageError
from whorl.similarity import ssim_matrix
from whorl.testing.worlds import smooth_images


def reference(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.float64]:
    return np.array([[structural_similarity(x, y) for y in b] for x in a])


@pytest.mark.parametrize("shape", [(7, 7), (8, 70), (64, 64), (71, 33), (150, 20), (256, 256)])
def test_equals_scikit_image_on_noise(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    a, b = (rng.integers(0, 256, (3, *shape), np.uint8) for _ in range(2))
    np.testing.assert_allclose(ssim_matrix(a, b), reference(a, b), atol=1e-5)


def test_equals_scikit_image_on_smooth_images() -> None:
    images = smooth_images(6, np.random.default_rng(0), 96)
    np.testing.assert_allclose(ssim_matrix(images, images), reference(images, images), atol=1e-5)


def test_equals_scikit_image_at_the_ends_of_the_range() -> None:
    """Black, white and a checkerboard reach the largest sums that the integers must hold."""
    board = (np.indices((40, 40)).sum(axis=0) % 2 * 255).astype(np.uint8)
    images = np.stack([np.zeros_like(board), np.full_like(board, 255), board, 255 - board])
    np.testing.assert_allclose(ssim_matrix(images, images), reference(images, images), atol=1e-5)


def test_hand_computed_value_of_one_window() -> None:
    """Two constant 7×7 images: only luminance counts, (2·10·20 + C1) / (10² + 20² + C1)."""
    a, b = np.full((1, 7, 7), 10, np.uint8), np.full((1, 7, 7), 20, np.uint8)
    c1 = (0.01 * 255) ** 2
    np.testing.assert_allclose(ssim_matrix(a, b), [[(400 + c1) / (500 + c1)]], atol=1e-6)


def test_is_symmetric_and_one_with_itself() -> None:
    images = smooth_images(5, np.random.default_rng(1))
    matrix = ssim_matrix(images, images)
    assert matrix.dtype == np.float32
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-7)
    np.testing.assert_allclose(matrix.diagonal(), 1, atol=1e-7)


def test_images_smaller_than_the_window_are_named() -> None:
    images = np.zeros((1, 6, 20), np.uint8)
    with pytest.raises(ImageError, match="at least 7×7 pixels, not 20×6"):
        ssim_matrix(images, images)


@pytest.mark.real
def test_equals_scikit_image_on_real_ct(real_data) -> None:
    from PIL import Image

    files = sorted((real_data / "data" / "ct_slices" / "images").glob("*.png"))[:6]
    images = np.stack([np.asarray(Image.open(f).convert("L")) for f in files])
    np.testing.assert_allclose(ssim_matrix(images, images), reference(images, images), atol=1e-5)
