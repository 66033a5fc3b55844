"""Attacks by density: where generated images crowd more than real ones do.

What an attacker knows of the real images, the papers take from a reference of non-members. Here it
is candidates and reference together but for the image itself, so that both are scored alike and
p-values hold: a choice of ours. It costs power where many candidates are members. All densities are
of Gaussian kernels of one width on common principal axes; that a kernel reaches as far as the
median real image's nearest other lies is a choice of ours too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ScoreError
from whorl.methods.axes import Vectors, nearest_distances, principal_axes
from whorl.methods.base import Method, Scores
from whorl.similarity import MeanSquaredError, Reduction, reduce_pairs, similarity_matrix
from whorl.tasks.view import View

BLOCK = 1_024  # generated images whose distances to all reals are held at once

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DensityRatio(Method):
    r"""Score = log density of the generated images at x, minus that of the other real images.

    .. math:: \log p_G(x) - \log p_R(x)

    Attributes
    ----------
    axes : int
        Principal axes on which densities are estimated.

    References
    ----------
    Van Breugel, Sun, Qian, van der Schaar. Membership inference attacks against synthetic data
    through overfitting detection (DOMIAS). AISTATS 2023.

    Examples
    --------
    >>> from whorl.tasks.sample import sample_task
    >>> DensityRatio().score(sample_task().view).values.shape
    (60,)
    """

    axes: int = 32

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        reals, generated = principal_axes(view, self.axes)
        width = kernel_width(reals)
        made, real = (
            log_density(reals, other, width, same=other is reals) for other in (generated, reals)
        )
        return Scores(view.candidates.ids, made - real)


@dataclass(frozen=True)
class LikelihoodGain(Method):
    r"""Score = how much more likely x makes the generated images around it.

    .. math:: \frac{1}{k} \sum_{g \in N_k(x)} \log p_{R \cup x}(g) - \log p_{R \setminus x}(g)

    over the k generated images nearest to x.

    Attributes
    ----------
    neighbours : int
        k; all, where there are fewer.
    axes : int
        Principal axes on which densities are estimated.

    References
    ----------
    Ward, Wang, Cheng. Privacy auditing synthetic data release through local likelihood attacks
    (Gen-LRA). 2025.

    Examples
    --------
    >>> from whorl.tasks.sample import sample_task
    >>> LikelihoodGain().score(sample_task().view).values.shape
    (60,)
    """

    neighbours: int = 20
    axes: int = 32

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        reals, generated = principal_axes(view, self.axes)
        width = kernel_width(reals)
        _, near = nearest_distances(reals, generated, self.neighbours)
        used, place = np.unique(near, return_inverse=True)
        gains = np.zeros(len(reals))
        for first in range(0, len(used), BLOCK):
            block = gains_of(generated[used[first : first + BLOCK]], reals, width)
            row, column = np.nonzero((place >= first) & (place < first + BLOCK))
            np.add.at(gains, row, block[place[row, column] - first, row])
        return Scores(view.candidates.ids, gains / near.shape[1])


class LogKernelSum(Reduction):
    """The log of the sum of kernels exp(−w · (1 − similarity)): float64, shape (n,).

    Parameters
    ----------
    weight : float
        w.
    """

    def __init__(self, weight: float) -> None:
        self.weight = weight

    def begin(self, rows: int, columns: int) -> None:  # noqa: ARG002
        """Start at the log of nothing."""
        self._log = np.full(rows, -np.inf)

    def add(self, tile: NDArray[np.float32], first: int) -> None:  # noqa: ARG002
        """Add the tile's kernels."""
        from scipy.special import logsumexp

        exponents = self.weight * (tile.astype(np.float64) - 1)
        self._log = np.logaddexp(self._log, logsumexp(exponents, axis=1))

    def result(self) -> Floats:
        """Return the logs."""
        return self._log


def kernel_width(reals: Vectors) -> float:
    """Return the standard deviation whose typical radius is the usual distance of real images.

    That is the median of their distances to the nearest other, over the root of the dimensions: in
    many of them, a Gaussian has hardly anything near its centre.

    Raises
    ------
    ScoreError
        If there is only one image, or if half of them have a twin.

    Examples
    --------
    >>> kernel_width(np.float32([[0, 0, 0, 0], [1, 0, 0, 0], [3, 0, 0, 0]]))
    0.5
    """
    usual = float(np.median(nearest_distances(reals, reals, same=True)[0]))
    if not usual > 0:
        raise ScoreError(
            "half of the real images have an exact twin among them, so that no density can be "
            "estimated: leave the twins out"
        )
    return usual / float(np.sqrt(reals.shape[1]))


def log_density(a: Vectors, b: Vectors, width: float, *, same: bool = False) -> Floats:
    """Return the log of the mean kernel of `b` at each of `a`, up to a constant of the width.

    Parameters
    ----------
    a, b : ndarray of float32, shapes (n, d) and (m, d)
        Where the density is asked for, and of what.
    width : float
        The kernels' standard deviation.
    same : bool
        True where `b` is `a`: each is left out of its own density.

    Returns
    -------
    ndarray of float64, shape (n,)

    Examples
    --------
    >>> line = np.float32([[0], [1]])
    >>> log_density(line[:1], line, 1.0).round(3)  # log((1 + exp(-1/2)) / 2)
    array([-0.219])
    """
    total = LogKernelSum(weight(a, width))
    logs: Floats = reduce_pairs(MeanSquaredError(), a, b, {"kernels": total}, same=same)["kernels"]
    logs -= np.log(len(b) - same)
    return logs


def gains_of(generated: Vectors, reals: Vectors, width: float) -> Floats:
    """Return the gain in each generated image's log density that each real image brings.

    Without x the sum of kernels is what is left when x's is taken out. Where x has most of it, that
    would be rounding, and the rest is summed by itself: of one real image alone, for each generated
    one.

    Returns
    -------
    ndarray of float64, shape (generated, reals)

    Examples
    --------
    >>> line = np.float32([[0], [1]])
    >>> gains_of(line[:1], line, 1.0).round(3)  # log((1 + e) / 2) less log e or 0; e = exp(-1/2)
    array([[ 0.281, -0.219]])
    """
    from scipy.special import logsumexp

    kernels = weight(reals, width) * (
        similarity_matrix(MeanSquaredError(), generated, reals).astype(np.float64) - 1
    )
    rows, top = np.arange(len(kernels)), kernels.argmax(axis=1)
    whole = logsumexp(kernels, axis=1)
    share = np.exp(kernels - whole[:, np.newaxis])
    share[rows, top] = 0  # seen to below
    gains: Floats = -np.log1p(-share)
    kernels[rows, top] = -np.inf
    gains[rows, top] = whole - logsumexp(kernels, axis=1)
    gains += np.log((len(reals) - 1) / len(reals))
    return gains


def weight(vectors: Vectors, width: float) -> float:
    """Return what a mean squared difference is to be multiplied with in a kernel's exponent."""
    return float(vectors.shape[1] / (2 * width**2))
