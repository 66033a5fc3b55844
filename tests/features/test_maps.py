"""Texture maps against scikit-image and values by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.feature import graycomatrix, graycoprops, local_binary_pattern
from skimage.filters import gabor as skimage_gabor
from skimage.filters import sobel
from skimage.measure import shannon_entropy

from whorl.errors import ImageError
from whorl.features.maps import (
    DIRECTIONS,
    FAMILIES,
    FREQUENCIES,
    LEVELS,
    TextureCDFs,
    TextureMap,
    binary_pattern,
    binned_cdf,
    co_occurrence,
    first_order,
    gabor,
    gradient,
)
from whorl.features.window_kernels import local_entropy
from whorl.testing.worlds import smooth_images


@pytest.fixture(params=["smooth", "noise", "half flat"])
def image(request: pytest.FixtureRequest) -> NDArray[np.uint8]:
    rng = np.random.default_rng(0)
    if request.param == "smooth":
        return smooth_images(1, rng)[0, :24]
    pixels = rng.integers(0, 256, (24, 32), np.uint8)
    if request.param == "half flat":
        pixels[:, :20] = 9
    return pixels


PROPERTIES = ("contrast", "homogeneity", "energy", "correlation")


def test_first_order_maps_describe_each_window(image: NDArray[np.uint8]) -> None:
    intensity, mean, deviation, entropy = first_order(image)
    np.testing.assert_array_equal(intensity, image)
    assert entropy.shape == (18, 26)
    for i, j in [*np.ndindex(entropy.shape)][::7]:
        patch = image[i : i + 7, j : j + 7]
        assert mean[i, j] == pytest.approx(patch.mean(), rel=1e-5)
        assert deviation[i, j] == pytest.approx(patch.std(), abs=1e-4)
        assert entropy[i, j] == pytest.approx(shannon_entropy(patch), abs=1e-5)


def test_co_occurrence_is_that_of_scikit_image(image: NDArray[np.uint8]) -> None:
    maps = co_occurrence(image)
    assert maps[0].shape == (18, 26)
    for i, j in [*np.ndindex(maps[0].shape)][::7]:
        coarse = image[i : i + 7, j : j + 7] // (256 // LEVELS)
        both = graycomatrix(coarse, [1], [0, np.pi / 2], LEVELS, symmetric=True)
        pooled = both.sum(axis=3, keepdims=True) / both.sum()
        for name, values in zip(PROPERTIES, maps, strict=True):
            wanted = graycoprops(pooled, name)[0, 0]
            assert values[i, j] == pytest.approx(wanted, rel=1e-5, abs=1e-6), name


def test_co_occurrence_of_a_flat_image() -> None:
    flat = co_occurrence(np.full((7, 7), 200, np.uint8))
    assert [values.item() for values in flat] == [0, 1, 1, 1]


def test_gabor_magnitudes_are_those_of_scikit_image(image: NDArray[np.uint8]) -> None:
    wanted = [
        np.hypot(*skimage_gabor(image.astype(float), frequency, math.radians(degrees)))
        for frequency in FREQUENCIES
        for degrees in DIRECTIONS
    ]
    np.testing.assert_allclose(gabor(image), wanted, atol=2e-3)


def test_gradient_maps_of_a_ramp(image: NDArray[np.uint8]) -> None:
    magnitude, laplacian = gradient(np.tile(np.arange(64, dtype=np.uint8) * 3, (64, 1)))
    assert magnitude[30, 30] == pytest.approx(
        2 * 3 / math.sqrt(2)
    )  # two pixels apart, one direction
    assert laplacian[30, 30] == pytest.approx(0, abs=0.1)  # a truncated kernel
    np.testing.assert_allclose(gradient(image)[0], sobel(image.astype(np.float32)), rtol=1e-5)


def test_laplacian_keeps_its_range() -> None:
    inside = np.hypot(*np.mgrid[-20:21, -20:21]) < 2 * math.sqrt(2)
    extreme = gradient((255 * inside).astype(np.uint8))[1].min()
    assert extreme == pytest.approx(-2 * 255 / math.e, rel=0.05)


def test_binary_pattern_is_that_of_scikit_image(image: NDArray[np.uint8]) -> None:
    np.testing.assert_array_equal(
        binary_pattern(image)[0], local_binary_pattern(image, 8, 1, "uniform")
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_values_keep_the_stated_range(family: str, image: NDArray[np.uint8]) -> None:
    extremes = [image, 255 * (image > 127).astype(np.uint8), np.zeros_like(image)]
    for each in extremes:
        computed = FAMILIES[family].compute(each)
        for of, values in zip(FAMILIES[family].maps, computed, strict=True):
            slack = 1e-3 * (of.high - of.low)
            assert values.dtype == np.float32
            assert of.low - slack <= values.min(), of
            assert values.max() <= of.high + slack, of


def test_cdf_by_hand() -> None:
    values = np.array([[0.0, 0.5, 0.5, 1.0]], np.float32)
    cdf = binned_cdf(values, TextureMap("unit", 0, 1))
    assert cdf[[0, 127, 128, 254, 255]].tolist() == [0.25, 0.25, 0.75, 0.75, 1]


def test_values_beyond_the_range_count_at_its_ends() -> None:
    values = np.array([-5.0, 7.0], np.float32)
    assert binned_cdf(values, TextureMap("unit", 0, 1))[[0, 254, 255]].tolist() == [0.5, 0.5, 1]


@pytest.mark.parametrize("family", FAMILIES)
def test_cdfs_rise_to_one(family: str) -> None:
    cdfs = TextureCDFs(family).compute(smooth_images(3, np.random.default_rng(1)))
    assert cdfs.shape == (3, len(FAMILIES[family].maps), 256)
    assert cdfs.dtype == np.float32
    assert (np.diff(cdfs, axis=2) >= 0).all()
    assert (cdfs[:, :, -1] == 1).all()


def test_images_too_small_are_named() -> None:
    with pytest.raises(ImageError, match="at least 7×7 pixels, not 9×6"):
        TextureCDFs("gabor").compute(np.zeros((1, 6, 9), np.uint8))


def test_entropy_counts_no_more_than_a_window_holds() -> None:
    """Uncompiled, as compiled code would read beyond its table without a word."""
    flat = np.full((8, 12), 3, np.uint8)
    np.testing.assert_allclose(local_entropy.py_func(flat), np.zeros((2, 6)), atol=1e-12)
