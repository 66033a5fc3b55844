"""Attacks that count generated images around a candidate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.methods.axes import LEAST, nearest_distances, principal_axes
from whorl.methods.base import Method, Scores
from whorl.similarity import MeanSquaredError, Reduction, reduce_pairs
from whorl.tasks.view import View


@dataclass(frozen=True)
class MonteCarlo(Method):
    r"""Score = how many generated images lie within a radius of x, the nearer the more.

    .. math:: \frac{1}{|G|} \sum_{g \in G} \max(0, \log (\varepsilon / d(x, g)))

    The radius ε is the median, over the real images, of the distance to the nearest generated one.
    Where none lies within it, the score is log(ε / d) of the nearest, which is below 0, so that
    half of the images do not tie: a choice of ours.

    Attributes
    ----------
    axes : int
        Principal axes on which distances are taken.

    References
    ----------
    Hilprecht, Härterich, Bernau. Monte Carlo and reconstruction membership inference attacks
    against generative models. PoPETs 2019 (with PCA, distances in the sum, the median as radius).

    Examples
    --------
    >>> from whorl.tasks.sample import sample_task
    >>> MonteCarlo().score(sample_task().view).values.shape
    (60,)
    """

    axes: int = 40

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        reals, generated = principal_axes(view, self.axes)
        nearest = nearest_distances(reals, generated)[0][:, 0]
        radius = float(np.median(nearest))
        within = LogsWithin(radius**2 / reals.shape[1])
        sums = reduce_pairs(MeanSquaredError(), reals, generated, {"within": within})["within"]
        beyond = np.log(max(radius, LEAST)) - np.log(np.maximum(nearest, LEAST))
        inside = nearest < radius
        return Scores(view.candidates.ids, np.where(inside, sums / len(generated), beyond))


class LogsWithin(Reduction):
    """The sum of log(ε / d) over the images within ε: float64, shape (n,).

    Of an exact copy the logarithm is bounded, at that of one 32-bit step.

    Parameters
    ----------
    square : float
        ε², as a mean squared difference.
    """

    def __init__(self, square: float) -> None:
        self.square = square

    def begin(self, rows: int, columns: int) -> None:  # noqa: ARG002
        """Start at nothing."""
        self._sum = np.zeros(rows)

    def add(self, tile: NDArray[np.float32], first: int) -> None:  # noqa: ARG002
        """Add the tile's logarithms."""
        squares = np.maximum(1 - tile.astype(np.float64), np.finfo(np.float32).eps)
        ratios = np.maximum(self.square / squares, 1)
        self._sum += 0.5 * np.log(ratios).sum(axis=1)

    def result(self) -> NDArray[np.float64]:
        """Return the sums."""
        return self._sum


@dataclass(frozen=True)
class NeighbourShare(Method):
    """Score = share of generated images among the k nearest of x, generated or real.

    The real ones are, in the paper, a reference of non-members. Here they are candidates and
    reference together but for x itself, so that both are scored alike: a choice of ours.

    Attributes
    ----------
    k : int
        Neighbours; all, where there are fewer.
    axes : int
        Principal axes on which distances are taken.

    References
    ----------
    Ward, Wang, Cheng. Data plagiarism index: characterizing the privacy risk of data-copying in
    tabular generative models. 2024.

    Examples
    --------
    >>> from whorl.tasks.sample import sample_task
    >>> NeighbourShare().score(sample_task().view).values.shape
    (60,)
    """

    k: int = 20
    axes: int = 64

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        reals, generated = principal_axes(view, self.axes)
        made, _ = nearest_distances(reals, generated, self.k)
        among, _ = nearest_distances(reals, reals, self.k, same=True)
        return Scores(view.candidates.ids, first_share(made, among, self.k))


def first_share(
    first: NDArray[np.float64], second: NDArray[np.float64], k: int
) -> NDArray[np.float64]:
    """Return, row by row, the share of the first among the k smallest of both.

    Parameters
    ----------
    first, second : ndarray of float64, shapes (n, a) and (n, b)
        Distances; the k smallest of either are enough. Of equal ones half are said to be first.
    k : int
        At most a + b.

    Returns
    -------
    ndarray of float64, shape (n,)
        0 to 1.

    Examples
    --------
    >>> first_share(np.array([[1.0, 4.0]]), np.array([[2.0, 3.0]]), 2)
    array([0.5])
    """
    both = np.concatenate([first, second], axis=1)
    k = min(k, both.shape[1])
    is_first = np.arange(both.shape[1]) < first.shape[1]
    order = np.argsort(both, axis=1, kind="stable")[:, :k]
    back = np.argsort(both[:, ::-1], axis=1, kind="stable")[:, :k]
    shares: NDArray[np.float64] = (
        is_first[order].mean(axis=1) + is_first[::-1][back].mean(axis=1)
    ) / 2
    return shares
