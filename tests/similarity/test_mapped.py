"""Similarity of maps: made in blocks, in bounded memory."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from whorl.similarity import MapSimilarity


def test_maps_made_in_blocks_are_the_same_to_the_last_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (7, 40, 48), dtype=np.uint8)
    whole = MapSimilarity().prepare(pixels)
    monkeypatch.setattr("whorl.similarity.mapped.MAPPED_AT_ONCE", 2 * 40 * 48)
    np.testing.assert_array_equal(MapSimilarity().prepare(pixels), whole)


def test_maps_are_made_in_little_more_memory_than_they_take() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (3000, 48, 48), dtype=np.uint8)
    measure = MapSimilarity()
    measure.columns(pixels.shape[1:])
    tracemalloc.start()
    rows = measure.prepare(pixels)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < rows.nbytes + 60e6
