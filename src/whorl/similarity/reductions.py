"""What may be kept of an all-pairs comparison, without keeping the matrix.

A reduction is fed the (n, m) similarities of all n candidates with m generated images at a time,
from the first generated image to the last. Minus infinity marks a pair that does not count (an
image with itself).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Tile = NDArray[np.float32]


class Reduction(ABC):
    """Something accumulated over the generated images, for each candidate."""

    @abstractmethod
    def begin(self, rows: int, columns: int) -> None:
        """Forget everything; `rows` candidates and `columns` generated images will come."""

    @abstractmethod
    def add(self, tile: Tile, first: int) -> None:
        """Take in the similarities with the generated images from position `first` on."""

    @abstractmethod
    def result(self) -> Any:
        """Return what was accumulated."""


class Largest(NamedTuple):
    """The k largest similarities of each candidate, largest first, and where they were found.

    Attributes
    ----------
    similarity : ndarray of float32, shape (n, k)
    position : ndarray of intp, shape (n, k)
    """

    similarity: NDArray[np.float32]
    position: NDArray[np.intp]


def largest(similarity: NDArray[np.float32], position: NDArray[np.intp], k: int) -> Largest:
    """Return the k largest of each row, of equals the one that stands first.

    Examples
    --------
    >>> largest(np.float32([[0.5, 0.9, 0.9]]), np.array([[7, 8, 9]]), 2).position
    array([[8, 9]])
    """
    order = np.argsort(-similarity, axis=1, kind="stable")[:, :k]
    return Largest(np.take_along_axis(similarity, order, 1), np.take_along_axis(position, order, 1))


class TopK(Reduction):
    """The k largest similarities and their positions; of equals the earlier comes first.

    With k = 1 these are the maximum and the argmax.

    Parameters
    ----------
    k : int
        At least 1; fewer are returned where there are fewer generated images.
    """

    def __init__(self, k: int = 1) -> None:
        self.k = k

    def begin(self, rows: int, columns: int) -> None:  # noqa: ARG002
        """Start with nothing found."""
        self._best = Largest(np.empty((rows, 0), np.float32), np.empty((rows, 0), np.intp))

    def add(self, tile: Tile, first: int) -> None:
        """Merge the tile with the best so far; once there are k, only what passes the worst."""
        if self._best.similarity.shape[1] < self.k:
            position = np.broadcast_to(np.arange(first, first + tile.shape[1]), tile.shape)
            similarity = np.concatenate([self._best.similarity, tile], axis=1)
            position = np.concatenate([self._best.position, position], axis=1)
            self._best = largest(similarity, position, self.k)
        else:
            worst = self._best.similarity[:, -1]
            rows = np.flatnonzero(np.fmax.reduce(tile, axis=1) > worst)
            self._improve(rows, tile[rows], first)

    def _improve(self, rows: NDArray[np.intp], tile: Tile, first: int) -> None:
        """Put what passes these rows' worst among their best; the tile holds these rows alone."""
        best = Largest(self._best.similarity[rows], self._best.position[rows])
        passes = tile > best.similarity[:, -1:]
        row, column = np.unravel_index(np.flatnonzero(passes), passes.shape)
        row_of = np.concatenate([np.repeat(np.arange(len(rows)), self.k), row])
        similarity = np.concatenate([best.similarity.ravel(), tile[row, column]])
        position = np.concatenate([best.position.ravel(), first + column])
        order = np.lexsort((position, -similarity, row_of))
        starts = np.searchsorted(row_of[order], np.arange(len(rows)))
        kept = order[starts[:, np.newaxis] + np.arange(self.k)]
        self._best.similarity[rows] = similarity[kept]
        self._best.position[rows] = position[kept]

    def result(self) -> Largest:
        """Return similarities and positions, each of shape (n, k)."""
        return self._best


class Mean(Reduction):
    """The mean similarity: float64, shape (n,); NaN where no pair counts."""

    def begin(self, rows: int, columns: int) -> None:  # noqa: ARG002
        """Start at nothing."""
        self._sum = np.zeros(rows)
        self._count = np.zeros(rows)

    def add(self, tile: Tile, first: int) -> None:  # noqa: ARG002
        """Add the tile's finite similarities."""
        finite = np.isfinite(tile)
        self._sum += np.where(finite, tile, 0).sum(axis=1, dtype=np.float64)
        self._count += finite.sum(axis=1)

    def result(self) -> NDArray[np.float64]:
        """Return the means."""
        return np.divide(
            self._sum, self._count, out=np.full_like(self._sum, np.nan), where=self._count > 0
        )


class Powers(NamedTuple):
    """Sums of powers of what lies above 0, for each candidate and group of generated images.

    Their power mean, (mean of max(s, 0)^p)^(1/p), with a small p gathers what is spread thin over
    many generated images; with a large one it goes by the best.

    Attributes
    ----------
    sums : ndarray of float64, shape (n, groups)
    counts : ndarray of float64, shape (n, groups)
        How many pairs counted.
    power : float
    """

    sums: NDArray[np.float64]
    counts: NDArray[np.float64]
    power: float

    def means(self) -> NDArray[np.float64]:
        """Return the power means over all groups together: shape (n,); NaN where no pair counts.

        Examples
        --------
        >>> Powers(np.array([[9.0, 16.0]]), np.array([[1.0, 1.0]]), 2.0).means().round(3)
        array([3.536])
        """
        total, count = self.sums.sum(axis=1), self.counts.sum(axis=1)
        means = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
        roots: NDArray[np.float64] = means ** (1 / self.power)
        return roots


class PowerSums(Reduction):
    """The sums that power means are made of, by groups of generated images: :class:`Powers`.

    Whatever is taken of the groups, a part of the generated images or all of them, its power mean
    follows without another comparison.

    Parameters
    ----------
    power : float
        p, at least 1.
    groups : ndarray of int, shape (generated,)
        The group of each generated image: 0, 1, …
    """

    def __init__(self, power: float, groups: NDArray[np.intp]) -> None:
        self.power = power
        self._member = np.eye(int(groups.max()) + 1)[groups]

    def begin(self, rows: int, columns: int) -> None:  # noqa: ARG002
        """Start at nothing."""
        self._sums = np.zeros((rows, self._member.shape[1]))
        self._counts = np.zeros((rows, self._member.shape[1]))

    def add(self, tile: Tile, first: int) -> None:
        """Add the tile's powers."""
        member = self._member[first : first + tile.shape[1]]
        finite = np.isfinite(tile)
        above = np.maximum(np.where(finite, tile, 0), 0).astype(np.float64)
        self._sums += above**self.power @ member
        self._counts += finite.astype(np.float64) @ member

    def result(self) -> Powers:
        """Return the sums and the counts."""
        return Powers(self._sums, self._counts, self.power)


class Wins(Reduction):
    """For how many generated images each candidate is the most alike of all: intp, shape (n,).

    Candidates that tie for a generated image all win it, so the order of files does not matter.
    """

    def begin(self, rows: int, columns: int) -> None:  # noqa: ARG002
        """Start at zero."""
        self._wins = np.zeros(rows, np.intp)

    def add(self, tile: Tile, first: int) -> None:  # noqa: ARG002
        """Count each column's winners."""
        best = tile.max(axis=0)
        self._wins += np.count_nonzero((tile == best) & np.isfinite(best), axis=1)

    def result(self) -> NDArray[np.intp]:
        """Return the counts."""
        return self._wins


class MeanRank(Reduction):
    """Mean rank among the candidates, over the generated images: float64, shape (n,).

    For each generated image the candidates are ranked by similarity; ties share their mean rank.
    Ranks are scaled to 0 (the most alike) … 1 (the least), so that sets of different size can be
    compared. NaN where no pair counts.
    """

    def begin(self, rows: int, columns: int) -> None:  # noqa: ARG002
        """Start at nothing."""
        self._sum = np.zeros(rows)
        self._count = np.zeros(rows)

    def add(self, tile: Tile, first: int) -> None:  # noqa: ARG002
        """Rank each column."""
        from scipy.stats import rankdata

        counts = np.isfinite(tile)
        ranked = counts.sum(axis=0)
        ranks = (rankdata(-tile, axis=0) - 1) / np.maximum(ranked - 1, 1)
        self._sum += np.where(counts, ranks, 0).sum(axis=1)
        self._count += counts.sum(axis=1)

    def result(self) -> NDArray[np.float64]:
        """Return the mean scaled ranks."""
        return np.divide(
            self._sum, self._count, out=np.full_like(self._sum, np.nan), where=self._count > 0
        )


class Matrix(Reduction):
    """All similarities: float32, shape (n, m). Keeps what the others spare."""

    def begin(self, rows: int, columns: int) -> None:
        """Make room."""
        self._matrix = np.empty((rows, columns), np.float32)

    def add(self, tile: Tile, first: int) -> None:
        """Keep the tile."""
        self._matrix[:, first : first + tile.shape[1]] = tile

    def result(self) -> NDArray[np.float32]:
        """Return the matrix."""
        return self._matrix
