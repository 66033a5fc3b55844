import numpy as np
import pytest
from scipy.signal import wiener

from whorl.features import NoiseResidual


def test_the_residual_is_that_of_scipys_wiener_filter_away_from_the_border():
    image = np.random.default_rng(0).integers(0, 256, (24, 24)).astype(np.uint8)
    (found,) = NoiseResidual().compute(image[None])
    grey = image.astype(np.float64)
    mean = np.lib.stride_tricks.sliding_window_view(np.pad(grey, 1, "symmetric"), (3, 3))
    noise = mean.var(axis=(2, 3)).mean()
    theirs = grey - wiener(grey, (3, 3), noise)
    inner = np.s_[1:-1, 1:-1]
    ours = found.reshape(24, 24)
    slope = (ours[inner] * theirs[inner]).sum() / (theirs[inner] ** 2).sum()
    offset = (ours[inner] - slope * theirs[inner]).mean()
    assert ours[inner] == pytest.approx(slope * theirs[inner] + offset, abs=2e-3)


def test_a_pattern_that_images_share_shows_in_their_correlation():
    rng = np.random.default_rng(1)
    pattern = rng.normal(0, 6, (32, 32))
    smooth = 128 + 60 * np.cumsum(rng.normal(0, 0.02, (4, 32, 32)), axis=2)
    images = smooth + rng.normal(0, 6, (4, 32, 32))
    images[:2] += pattern
    rows = NoiseResidual().compute(np.clip(images, 0, 255).astype(np.uint8))
    assert rows[0] @ rows[1] > 0.25
    assert abs(rows[2] @ rows[3]) < 0.1


def test_only_the_middle_of_large_images_is_looked_at():
    image = np.random.default_rng(2).integers(0, 256, (1, 40, 30)).astype(np.uint8)
    rows = NoiseResidual(most=20).compute(image)
    assert np.array_equal(rows, NoiseResidual(most=20).compute(image[:, 10:30, 5:25]))


def test_an_image_of_one_grey_has_no_residual():
    assert not NoiseResidual().compute(np.full((1, 16, 16), 7, np.uint8)).any()
