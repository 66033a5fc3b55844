"""The tile distance, by hand and against the plain definition."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.similarity import TileDistance, similarity_matrix


def test_the_tile_that_differs_most_counts() -> None:
    black = np.zeros((1, 8, 8), np.uint8)
    other = np.full((1, 8, 8), 3, np.uint8)
    other[0, 4:, 4:] = 51
    assert similarity_matrix(TileDistance(2), black, other)[0, 0] == np.float32(0.8)
    whole = np.sqrt((48 * 3**2 + 16 * 51**2) / 64) / 255
    assert similarity_matrix(TileDistance(1), black, other)[0, 0] == np.float32(1 - whole)


@pytest.mark.parametrize("shape", [(9, 31), (2, 3)])
def test_equals_the_definition_where_tiles_are_uneven(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, *shape), np.uint8)
    found = similarity_matrix(TileDistance(4), pixels[:2], pixels[2:])
    for i in range(2):
        for j in range(2):
            squares = (pixels[i].astype(float) - pixels[2 + j]) ** 2
            parts = [
                np.mean(tile)
                for row in np.array_split(squares, min(4, shape[0]), axis=0)
                for tile in np.array_split(row, min(4, shape[1]), axis=1)
            ]
            assert found[i, j] == pytest.approx(1 - np.sqrt(max(parts)) / 255, abs=1e-6)


def test_an_image_is_exactly_like_itself() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (3, 40, 40), np.uint8)
    np.testing.assert_array_equal(similarity_matrix(TileDistance(), pixels, pixels).diagonal(), 1)


def test_an_image_has_at_least_one_tile() -> None:
    with pytest.raises(ValueError, match="at least one tile, not 0"):
        TileDistance(0)
