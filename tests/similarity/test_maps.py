"""Maps against OpenCV and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.similarity.maps import Band, Contrast, Curvature, Detail, ImageMap, Orientation
from whorl.similarity.operators import Operators, grid_of
from whorl.testing.worlds import smooth_images

cv2 = pytest.importorskip("cv2")

MAPS = [Orientation(), Curvature(), Band(), Contrast(), Detail()]
BY_MAP = pytest.mark.parametrize("each", MAPS, ids=lambda each: each.name)


def mapped(each: ImageMap, image: np.ndarray) -> list[np.ndarray]:
    use = Operators(grid_of(image.shape))
    return [channel[0] for channel in each.compute(image[np.newaxis].astype(np.float32), use)]


def blurred(image: np.ndarray, sigma: float) -> np.ndarray:
    side = 2 * int(np.ceil(3 * sigma)) + 1
    return cv2.GaussianBlur(
        image.astype(np.float32), (side, side), sigma, borderType=cv2.BORDER_REPLICATE
    )


IMAGE = smooth_images(1, np.random.default_rng(3), 128)[0]


def test_band_is_the_difference_of_opencvs_blurs() -> None:
    expected = blurred(IMAGE, 0.7) - blurred(IMAGE, 2)
    np.testing.assert_allclose(mapped(Band(), IMAGE)[0], expected, atol=2e-3)


def test_contrast_is_as_opencv_has_it() -> None:
    b = blurred(IMAGE, 1)[::2, ::2]
    away = b - blurred(b, 2)
    expected = away / np.sqrt(blurred(away**2, 2) + 64)
    np.testing.assert_allclose(mapped(Contrast(), IMAGE)[0], expected, atol=2e-3)


def test_detail_is_contrast_at_the_finest_scale() -> None:
    grey = IMAGE.astype(np.float32)
    away = grey - blurred(grey, 2)
    expected = away / np.sqrt(blurred(away**2, 2) + 64)
    np.testing.assert_allclose(mapped(Detail(), IMAGE)[0], expected, atol=2e-3)


def test_orientation_of_a_slope_is_its_direction() -> None:
    """Rising by 3 a pixel across and 4 down: (3, 4) over √(25 + c²), away from the edges."""
    down, across = np.indices((128, 128))
    slope = (3 * across + 4 * down).astype(np.float32)
    x, y = mapped(Orientation(c=12), slope)
    np.testing.assert_allclose(x[8:-8, 8:-8], 3 / 13, atol=1e-4)
    np.testing.assert_allclose(y[8:-8, 8:-8], 4 / 13, atol=1e-4)


def test_curvature_of_a_bowl_is_the_same_everywhere() -> None:
    """x² + y² + xy has second derivatives 2, 2 and 1, with √2 for the mixed one."""
    down, across = np.indices((128, 128)) - 64.0
    bowl = (across**2 + down**2 + across * down).astype(np.float32)
    length = np.sqrt(4 + 4 + 2 + 1)
    for channel, value in zip(mapped(Curvature(), bowl), (2, 2, 2**0.5), strict=True):
        np.testing.assert_allclose(channel[8:-8, 8:-8], value / length, atol=2e-3)


@BY_MAP
def test_a_flat_image_has_an_empty_map(each: ImageMap) -> None:
    for channel in mapped(each, np.full((40, 40), 200, np.uint8)):
        np.testing.assert_allclose(channel, 0, atol=1e-4)


@BY_MAP
def test_scales_follow_the_size_of_the_image(each: ImageMap) -> None:
    """An image and its half, by areas, look alike in every map."""
    large = np.kron(smooth_images(1, np.random.default_rng(5), 64)[0], np.ones((2, 2)))
    half = large[::2, ::2]
    for whole, small in zip(mapped(each, large), mapped(each, half), strict=True):
        rows, columns = small.shape
        shrunk = whole.reshape(rows, len(whole) // rows, columns, -1).mean(axis=(1, 3))
        assert np.corrcoef(shrunk.ravel(), small.ravel())[0, 1] > 0.9


@BY_MAP
def test_numpy_and_torch_agree(each: ImageMap) -> None:
    torch = pytest.importorskip("torch")
    use = Operators(grid_of(IMAGE.shape), lambda matrix: torch.from_numpy(matrix.copy()))
    tensors = each.compute(torch.from_numpy(IMAGE[np.newaxis].astype(np.float32)), use)
    for tensor, channel in zip(tensors, mapped(each, IMAGE), strict=True):
        np.testing.assert_allclose(tensor[0].numpy(), channel, atol=1e-3)
