"""The GPU half of SSIM, taken on the CPU, against scikit-image."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from whorl.errors import ImageError
from whorl.similarity import SSIM
from whorl.testing.worlds import smooth_images

torch = pytest.importorskip("torch")

RNG = np.random.default_rng(0)
BOARD = (np.indices((40, 24)).sum(axis=0) % 2 * 255).astype(np.uint8)
EXTREMES = np.stack([0 * BOARD, 0 * BOARD + 255, BOARD, 255 - BOARD, 0 * BOARD + 1, BOARD // 255])
NOISE = RNG.integers(0, 256, (4, 40, 24), np.uint8)
SMOOTH = smooth_images(4, RNG, 40)[:, :, :24]
IMAGES = np.concatenate([EXTREMES, NOISE, SMOOTH])


@pytest.mark.parametrize(
    ("window", "options"),
    [
        ("uniform", {}),
        ("gaussian", {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}),
    ],
)
def test_both_windows_equal_scikit_image(window: Any, options: dict[str, Any]) -> None:
    torch.set_num_threads(1)
    expected = [[structural_similarity(x, y, **options) for y in IMAGES] for x in IMAGES]
    images = torch.tensor(IMAGES)
    found = SSIM(window).on_device().compare(images, images, 2**20)
    np.testing.assert_allclose(found.numpy(), expected, atol=2e-5)


@pytest.mark.parametrize(("window", "side"), [("uniform", 7), ("gaussian", 11)])
def test_images_smaller_than_the_window_are_named(window: Any, side: int) -> None:
    images = torch.zeros((1, side - 1, 24), dtype=torch.uint8)
    with pytest.raises(ImageError, match=f"{window} .* at least {side}×{side} pixels, not 24×"):
        SSIM(window).on_device().prepare(images)
