"""The closest pairs against numpy on the whole matrix, fed tile by tile."""

from __future__ import annotations

import numpy as np
import pytest

from tests.similarity.tables import TABLE, fed
from whorl.similarity import ClosestPairs

ROWS, COLUMNS = [f"row {k}" for k in range(6)], [f"column {k}" for k in range(30)]


def closest(most: int, threshold: float = 0.5) -> list[tuple[int, int]]:
    """The first pairs of the table by the definition: most alike first, of equals row by row."""
    pairs = np.argwhere(np.float32(threshold) <= TABLE).tolist()
    return sorted(map(tuple, pairs), key=lambda pair: (-TABLE[pair], pair))[:most]


@pytest.mark.parametrize("most", [1, 7, 1000])
def test_closest_pairs_are_counted_and_the_first_of_them_kept(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("whorl.similarity.closest.PAIRS_AT_ONCE", 20)
    found = fed(ClosestPairs(0.5, most, ROWS, COLUMNS), TABLE)
    assert found.number == np.count_nonzero(TABLE >= 0.5)
    assert list(zip(found.rows.tolist(), found.columns.tolist(), strict=True)) == closest(most)
    np.testing.assert_array_equal(found.similarity, TABLE[found.rows, found.columns])


def test_closest_pairs_include_the_threshold_and_leave_out_what_holds_the_same() -> None:
    table = np.array([[0.5, 0.9], [0.4, 1.0]], np.float32)
    found = fed(ClosestPairs(0.5, 5, ["a", "b"], ["x", "b"]), table)
    assert (found.number, found.rows.tolist(), found.columns.tolist()) == (2, [0, 0], [1, 0])


def test_within_a_set_closest_pairs_count_once() -> None:
    found = fed(ClosestPairs(0.5, 5, ROWS, ROWS, within=True), np.ones((6, 6), np.float32), 4)
    assert (found.number, found.rows.tolist()) == (15, [0] * 5)
    assert found.columns.tolist() == [1, 2, 3, 4, 5]
