"""SSIM with the Gaussian window against scikit-image."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from whorl.errors import ImageError
from whorl.similarity import SSIM, similarity_matrix
from whorl.testing.worlds import smooth_images

GAUSSIAN = SSIM(window="gaussian")
LEVELS = (0, 1, 60, 80, 128, 201, 254, 255)


def reference(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.float64]:
    settings = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    return np.array([[structural_similarity(x, y, **settings) for y in b] for x in a])


def assert_equals_scikit_image(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> None:
    np.testing.assert_allclose(similarity_matrix(GAUSSIAN, a, b), reference(a, b), atol=1e-5)


@pytest.mark.parametrize(
    "shape",
    [(11, 11), (12, 70), (64, 64), (75, 33), (150, 20), (13, 266), (20, 267), (80, 601)],
)
def test_equals_scikit_image_on_noise(shape: tuple[int, int]) -> None:
    """Sizes around the strips of 64 rows and the panels of 256 columns."""
    rng = np.random.default_rng(0)
    a, b = (rng.integers(0, 256, (3, *shape), np.uint8) for _ in range(2))
    assert_equals_scikit_image(a, b)


def test_equals_scikit_image_on_smooth_images() -> None:
    images = smooth_images(6, np.random.default_rng(0), 96)
    assert_equals_scikit_image(images, images)


def test_equals_scikit_image_on_flat_images() -> None:
    """Where a window is flat in both images, the constants C1 and C2 leave rounding no cover."""
    images = np.stack([np.full((30, 30), level, np.uint8) for level in LEVELS])
    assert_equals_scikit_image(images, images)


def test_equals_scikit_image_on_two_levels() -> None:
    left = np.arange(40) < 20
    halves = [np.where(left, p, q) for p in LEVELS for q in LEVELS if p != q]
    images = np.stack([np.broadcast_to(half, (12, 40)) for half in halves]).astype(np.uint8)
    assert_equals_scikit_image(images, images)


def test_is_close_to_scikit_image_on_flat_images_with_specks() -> None:
    """The hardest case for single precision."""
    specks = np.random.default_rng(0).random((60, 60)) < 0.03
    images = np.stack([np.where(specks, level + 1, level) for level in (80, 128, 201, 254)])
    images = images.astype(np.uint8)
    a = images[:, ::-1]
    matrix = similarity_matrix(GAUSSIAN, a, images)
    np.testing.assert_allclose(matrix, reference(a, images), atol=2e-5)


def test_equals_scikit_image_at_the_ends_of_the_range() -> None:
    board = (np.indices((40, 40)).sum(axis=0) % 2 * 255).astype(np.uint8)
    images = np.stack([np.zeros_like(board), np.full_like(board, 255), board, 255 - board])
    assert_equals_scikit_image(images, images)


def test_hand_computed_value_of_one_window() -> None:
    """Two constant 11×11 images: only luminance counts, (2·10·20 + C1) / (10² + 20² + C1)."""
    a, b = np.full((1, 11, 11), 10, np.uint8), np.full((1, 11, 11), 20, np.uint8)
    c1 = (0.01 * 255) ** 2
    value = similarity_matrix(GAUSSIAN, a, b)
    np.testing.assert_allclose(value, [[(400 + c1) / (500 + c1)]], atol=1e-6)


def test_is_symmetric_and_exactly_one_with_itself() -> None:
    images = smooth_images(5, np.random.default_rng(1))
    matrix = similarity_matrix(GAUSSIAN, images, images)
    assert matrix.dtype == np.float32
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-7)
    np.testing.assert_array_equal(matrix.diagonal(), 1)


def test_prepared_bytes_are_an_upper_bound() -> None:
    for shape in [(11, 11), (12, 19), (64, 64)]:
        prepared = GAUSSIAN.prepare(np.zeros((3, *shape), np.uint8))
        assert sum(part.nbytes for part in prepared) <= 3 * GAUSSIAN.prepared_bytes(shape)


def test_images_smaller_than_the_window_are_named() -> None:
    images = np.zeros((1, 10, 20), np.uint8)
    with pytest.raises(ImageError, match=r"gaussian window .* at least 11×11 pixels, not 20×10"):
        similarity_matrix(GAUSSIAN, images, images)


def test_an_unknown_window_is_named() -> None:
    with pytest.raises(ValueError, match="'uniform' or 'gaussian', not 'hann'"):
        SSIM(window="hann")  # type: ignore[arg-type]


@pytest.mark.real
def test_equals_scikit_image_on_real_ct(real_data) -> None:
    from PIL import Image

    files = sorted((real_data / "data" / "ct_slices" / "images").glob("*.png"))[:6]
    images = np.stack([np.asarray(Image.open(f).convert("L")) for f in files])
    assert_equals_scikit_image(images, images)
