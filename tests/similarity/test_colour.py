"""Measures of images in colour, against scikit-image and NumPy; all others take luma."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.metrics import structural_similarity

from whorl.cache import Cache
from whorl.compute import Compute, computing
from whorl.features import Feature, GreyLevels
from whorl.features.base import extract
from whorl.images import ImageSet, load
from whorl.similarity import SSIM, Correlation, MeanSquaredError, similarity_matrix
from whorl.similarity.cluster import _part


def coloured(n: int, seed: int, name: str = "images") -> ImageSet:
    noise = np.random.default_rng(seed).normal(size=(n, 20, 24, 3)).cumsum(axis=1).cumsum(axis=2)
    scaled = (noise - noise.min()) / np.ptp(noise) * 255
    return load(scaled.astype(np.uint8), colour=True, name=name)


A, B = coloured(3, 0), coloured(2, 1)


@pytest.mark.parametrize("window", ["uniform", "gaussian"])
def test_ssim_is_scikit_image_s_mean_over_channels(window: str) -> None:
    options = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    expected = [
        [
            structural_similarity(
                x, y, channel_axis=-1, data_range=255, **(options if window == "gaussian" else {})
            )
            for y in B.colour
        ]
        for x in A.colour
    ]
    found = similarity_matrix(SSIM(window), A, B)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    grey = similarity_matrix(SSIM(window), A.pixels, B.pixels)
    assert np.abs(found - grey).max() > 1e-3


def test_correlation_is_over_the_values_of_all_channels() -> None:
    expected = np.corrcoef(A.colour.reshape(3, -1), B.colour.reshape(2, -1))[:3, 3:]
    np.testing.assert_allclose(similarity_matrix(Correlation(), A, B), expected, atol=1e-6)


@pytest.mark.parametrize("measure", [SSIM(), SSIM("gaussian"), Correlation()])
def test_the_gpu_half_agrees_in_colour(measure: SSIM | Correlation) -> None:
    pytest.importorskip("torch")
    from whorl.similarity.devices import tiles_by_device

    (tile,) = tiles_by_device(measure, A.colour, B.colour, [(0, 2)], "cpu")
    np.testing.assert_allclose(tile, similarity_matrix(measure, A, B), atol=1e-4)


@pytest.mark.parametrize("measure", [SSIM(), Correlation()])
def test_grey_in_three_channels_gives_what_grey_gives(measure: SSIM | Correlation) -> None:
    pixels = A.pixels.copy()
    three = load(np.repeat(pixels[..., np.newaxis], 3, axis=3), colour=True)
    np.testing.assert_allclose(
        similarity_matrix(measure, three, three),
        similarity_matrix(measure, pixels, pixels),
        atol=1e-6,
    )


def test_the_cache_keeps_colour_and_grey_apart(tmp_path: Path) -> None:
    plain = ImageSet(A.ids, A.pixels), ImageSet(B.ids, B.pixels)
    with computing(Compute(1, Cache(tmp_path))):
        first = similarity_matrix(SSIM(), A, B)
        grey = similarity_matrix(SSIM(), *plain)
        np.testing.assert_array_equal(similarity_matrix(SSIM(), A, B), first)
    np.testing.assert_array_equal(grey, similarity_matrix(SSIM(), A.pixels, B.pixels))
    assert (first != grey).any()


def test_a_feature_that_takes_no_colour_gets_luma_and_one_that_does_gets_channels() -> None:
    np.testing.assert_array_equal(
        extract(GreyLevels(), A), extract(GreyLevels(), ImageSet(A.ids, A.pixels))
    )

    class Reds(Feature):
        name = "reds"
        colour = True

        def compute(self, pixels: np.ndarray) -> np.ndarray:
            return pixels[..., 0].mean(axis=(1, 2))

    np.testing.assert_allclose(extract(Reds(), A), A.colour[..., 0].mean(axis=(1, 2)))


def test_workers_read_colour_where_the_measure_takes_it(tmp_path: Path) -> None:
    for image_id, image in zip(A.ids, A.colour, strict=True):
        Image.fromarray(image).save(tmp_path / f"{image_id}.png")
    images = load(tmp_path, colour=True)
    np.testing.assert_array_equal(_part(SSIM(), images, 1, 3).fetch(), A.colour[1:3])
    np.testing.assert_array_equal(_part(MeanSquaredError(), images, 1, 3).fetch(), A.pixels[1:3])
    np.testing.assert_array_equal(_part(SSIM(), A, 1, 3).fetch(), A.colour[1:3])


def test_colour_beside_grey_is_refused() -> None:
    with pytest.raises(ValueError, match="the images differ in size"):
        similarity_matrix(SSIM(), A, ImageSet(B.ids, B.pixels))
