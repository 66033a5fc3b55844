"""Small matrices that stand for linear steps, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.similarity.operators import area_matrix, gaussian_matrix, grid_of


def test_areas_are_averaged() -> None:
    np.testing.assert_allclose(area_matrix(4, 2), [[0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]])
    np.testing.assert_allclose(area_matrix(7, 3).sum(axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("order", [0, 1, 2])
def test_a_derivative_at_every_second_pixel_is_every_second_value(order: int) -> None:
    whole, every = (gaussian_matrix(20, 1.5, step, order) for step in (1, 2))
    np.testing.assert_array_equal(every, whole[::2])


@pytest.mark.parametrize(
    ("shape", "grid"),
    [
        ((256, 256), (128, 128, 1)),
        ((1024, 512), (256, 128, 1)),
        ((128, 200), (128, 200, 1)),
        ((64, 64), (64, 64, 0.5)),
        ((16, 16), (16, 16, 0.25)),
    ],
)
def test_the_grid_of_a_size(shape: tuple[int, int], grid: tuple[int, int, float]) -> None:
    assert tuple(grid_of(shape)) == grid
