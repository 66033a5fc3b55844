"""The closest pairs of an all-pairs comparison: how many there are, and the first few."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from whorl.similarity.reductions import Reduction, Tile

PAIRS_AT_ONCE = 2**18  # that are looked at together


class Closest(NamedTuple):
    """How many pairs reach a threshold, and the most alike of them, most alike first.

    Attributes
    ----------
    number : int
        Of all.
    rows, columns : ndarray of intp, shape (p,)
    similarity : ndarray of float32, shape (p,)
    """

    number: int
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    similarity: NDArray[np.float32]


class ClosestPairs(Reduction):
    """The pairs of different content at or above a threshold: their number, and the first of them.

    Memory does not grow with the number of pairs: of equals the one that stands first is kept, row
    by row.

    Parameters
    ----------
    threshold : float
        Inclusive.
    most : int
        How many pairs are kept.
    contents, others : sequence of str
        What rows and columns hold; pairs that hold the same do not count.
    within : bool
        Whether the columns are the rows, so that each pair counts once.
    """

    def __init__(
        self,
        threshold: float,
        most: int,
        contents: Sequence[str],
        others: Sequence[str],
        *,
        within: bool = False,
    ) -> None:
        self.threshold, self.most, self.within = np.float32(threshold), most, within
        codes = np.unique(np.array([*contents, *others]), return_inverse=True)[1]
        self._rows, self._columns = codes[: len(contents)], codes[len(contents) :]

    def begin(self, rows: int, columns: int) -> None:  # noqa: ARG002
        """Start with none."""
        none = np.empty(0, np.intp)
        self._width = columns
        self._found = Closest(0, none, none, np.empty(0, np.float32))

    def add(self, tile: Tile, first: int) -> None:
        """Count the tile's pairs, a few rows at a time, and keep the most alike."""
        step = max(1, PAIRS_AT_ONCE // tile.shape[1])
        for start in range(0, len(tile), step):
            part = tile[start : start + step]
            counts = part >= self.threshold
            if counts.any():
                self._take(part, counts, start, first)

    def _take(self, part: Tile, counts: NDArray[np.bool_], start: int, first: int) -> None:
        """Take in some rows from `start` on, of which those pairs reach the threshold."""
        rows = np.arange(start, start + len(part))[:, np.newaxis]
        columns = np.arange(first, first + part.shape[1])
        counts &= self._rows[rows] != self._columns[columns]
        if self.within:
            counts &= rows < columns
        found = self._found
        number = found.number + int(np.count_nonzero(counts))
        if len(found.rows) == self.most:
            worst, place = found.similarity[-1], found.rows[-1] * self._width + found.columns[-1]
            earlier = rows * self._width + columns < place
            counts &= (part > worst) | ((part == worst) & earlier)
        row, column = np.nonzero(counts)
        similarity = np.append(found.similarity, part[row, column])
        row, column = np.append(found.rows, row + start), np.append(found.columns, column + first)
        kept = np.lexsort((column, row, -similarity))[: self.most]
        self._found = Closest(number, row[kept], column[kept], similarity[kept])

    def result(self) -> Closest:
        """Return the number and the most alike."""
        return self._found
