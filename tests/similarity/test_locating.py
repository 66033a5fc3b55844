from __future__ import annotations

import numpy as np
import pytest

from whorl.similarity import Explained
from whorl.similarity.locating import explained_where, smoothed
from whorl.testing.worlds import smooth_images


@pytest.mark.parametrize("shape", [(32, 32), (33, 47), (150, 131), (256, 200)])
def test_all_pixels_together_give_the_share(shape: tuple[int, int]) -> None:
    images = np.random.default_rng(0).integers(0, 256, (7, *shape), np.uint8)
    reals, made, measure = images[:5], images[4:], Explained(weights=(1, 0, 2, 1, 1.5, 0.5))
    shares = measure.compare(measure.prepare_rows(reals), measure.prepare(made))
    pairs = [(4, 0), (0, 2), (3, 1)]
    where = explained_where(measure, reals, made, pairs)
    expected = [shares[pair] for pair in pairs]
    np.testing.assert_allclose(where.sum(axis=(1, 2)), expected, atol=1e-3)


def test_what_a_part_adds_lies_in_that_part() -> None:
    """The generated image is flat but for one corner, which is a real's."""
    reals = smooth_images(6, np.random.default_rng(0), 64)
    made = np.full((1, 64, 64), 128, np.uint8)
    made[0, :20, 44:] = reals[2, :20, 44:]
    where = smoothed(explained_where(Explained(), reals, made, [(2, 0)])[0])
    assert where[:24, 40:].sum() > 0.5 * where.sum()  # of 14 % of the area


def test_reals_that_are_all_alike_explain_nothing() -> None:
    images = np.repeat(smooth_images(1, np.random.default_rng(0), 32), 3, axis=0)
    assert not explained_where(Explained(), images, images[:1], [(0, 0)]).any()


def test_smoothing_leaves_nothing_below_nothing() -> None:
    assert not smoothed(np.full((16, 16), -1, np.float32)).any()
