"""Images on their principal axes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from tests.methods.greys import SCALE, grey_view
from whorl.errors import ScoreError
from whorl.methods.axes import nearest_distances, principal_axes
from whorl.similarity.duplicates import thumbnails
from whorl.tasks.view import View
from whorl.testing.worlds import image_set, smooth_images


@pytest.mark.parametrize("images", [20, 1100])  # fewer than pixels, and more
def test_enough_axes_keep_all_distances(images: int) -> None:
    pixels = smooth_images(images, np.random.default_rng(0))
    view = View(image_set(pixels[:5], "generated"), image_set(pixels[5:], "candidate"))
    reals, generated = principal_axes(view, 1024)
    rows = [
        thumbnails(s).reshape(len(s), -1).astype(float) for s in (view.candidates, view.generated)
    ]
    np.testing.assert_allclose(cdist(reals, generated), cdist(*rows), rtol=1e-4)
    few, _ = principal_axes(view, 3)
    np.testing.assert_allclose(np.abs(few), np.abs(reals[:, :3]), atol=0.01)


def test_equal_images_lie_at_one_place() -> None:
    reals, generated = principal_axes(grey_view((7, 7), (7,)), 4)
    np.testing.assert_array_equal(np.concatenate([reals, generated]), 0)


def test_nearest_come_first_and_an_image_is_not_its_own_neighbour() -> None:
    reals, generated = principal_axes(grey_view((0, 10, 30), (4, 12)), 4)
    distances, positions = nearest_distances(reals, generated, 5)
    np.testing.assert_allclose(distances / SCALE, [[4, 12], [2, 6], [18, 26]], rtol=1e-5)
    np.testing.assert_array_equal(positions, [[0, 1], [1, 0], [1, 0]])
    among, positions = nearest_distances(reals, reals, same=True)
    np.testing.assert_allclose(among[:, 0] / SCALE, [10, 10, 20], rtol=1e-5)
    np.testing.assert_array_equal(positions[:, 0], [1, 0, 1])
    with pytest.raises(ScoreError, match="at least two candidates, or a reference"):
        nearest_distances(reals[:1], reals[:1], same=True)
