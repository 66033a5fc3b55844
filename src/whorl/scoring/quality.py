"""Quality: FID and KID of embeddings.

FID compares two normal distributions, and of few images it comes out too high: by how much depends
on their number and on the network. KID has no such bias, and its standard error is given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.extras import imported
from whorl.networks.torchvision_operators import torchvision

Floats = NDArray[np.float64]

EXTRA = "quality"
BLOCK = 1_024  # rows of a kernel matrix that are held at once
DEGREE = 3


@dataclass(frozen=True)
class Kid:
    """A kernel inception distance, and its standard error.

    Attributes
    ----------
    value : float
        The squared maximum mean discrepancy, without bias: 0 on average where both sets are drawn
        alike, and so below 0 at times.
    error : float
        Its standard error.
    """

    value: float
    error: float


def fid(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """Return the Fréchet distance of two sets of embeddings, as torchmetrics computes it.

    Parameters
    ----------
    a, b : ndarray of float, shapes (n, d) and (m, d)
        At least two of each.

    Returns
    -------
    float
        0 for equal means and covariances, up to rounding; without upper bound.

    Raises
    ------
    NeedError
        If torchmetrics or torch is not installed.

    References
    ----------
    Heusel, Ramsauer, Unterthiner, Nessler, Hochreiter. GANs trained by a two time-scale update rule
    converge to a local Nash equilibrium. NeurIPS 2017. On the bias: Chong, Forsyth. Effectively
    unbiased FID and Inception Score and where to find them. CVPR 2020.
    """
    torch = imported("torch", EXTRA, "FID")
    torchvision()  # in a state that torchmetrics can import
    metrics = imported("torchmetrics.image.fid", EXTRA, "FID")
    given = torch.nn.Identity()
    given.num_features = a.shape[1]
    distance = metrics.FrechetInceptionDistance(feature=given)
    for values, real in ((a, True), (b, False)):
        distance.update(torch.from_numpy(np.asarray(values, np.float64)), real=real)
    return max(0.0, float(distance.compute()))


def kid(a: NDArray[np.floating], b: NDArray[np.floating], patients: NDArray[np.intp]) -> Kid:
    """Return the kernel inception distance of generated and real embeddings.

    The kernel is (xᵀy / d + 1)³. The standard error is the jackknife's: one patient at a time is
    left out of the real images, one image of the generated ones.

    Parameters
    ----------
    a : ndarray of float, shape (n, d)
        Of generated images, at least three.
    b : ndarray of float, shape (m, d)
        Of real images, of at least two patients; at least two are left without any one of them.
    patients : ndarray of intp, shape (m,)
        Whose each real image is.

    References
    ----------
    Bińkowski, Sutherland, Arbel, Gretton. Demystifying MMD GANs. ICLR 2018. Efron, Stein. The
    jackknife estimate of variance. Annals of Statistics, 1981.

    Examples
    --------
    >>> a, b = np.array([[0.0], [0.0], [0.0]]), np.array([[1.0], [1.0], [1.0]])
    >>> kid(a, b, np.arange(3))
    Kid(value=7.0, error=0.0)
    """
    x, y = np.asarray(a, np.float64), np.asarray(b, np.float64)
    codes = np.unique(patients, return_inverse=True)[1]
    within_x, within_y = _row_sums(x, x) - _diagonal(x), _row_sums(y, y) - _diagonal(y)
    between, across = _row_sums(x, y), _row_sums(y, x)
    n, m = len(x), len(y)
    own_x, own_y = _pair_mean(within_x.sum(), n), _pair_mean(within_y.sum(), m)
    value = own_x + own_y - 2 * between.sum() / (n * m)
    left_x = (
        _pair_mean(within_x.sum() - 2 * within_x, n - 1)
        + own_y
        - 2 * (between.sum() - between) / ((n - 1) * m)
    )
    size = np.bincount(codes).astype(np.float64)
    inner = np.array([_pair_sum(y[codes == k]) for k in range(len(size))])
    outer = np.bincount(codes, within_y)
    left_y = (
        _pair_mean(within_y.sum() - 2 * outer + inner, m - size)
        + own_x
        - 2 * (across.sum() - np.bincount(codes, across)) / (n * (m - size))
    )
    return Kid(float(value), float(np.sqrt(_jackknife(left_x) + _jackknife(left_y))))


def _row_sums(x: Floats, y: Floats) -> Floats:
    """Return the sums of the kernel's rows, a block of rows at a time."""
    blocks = (x[k : k + BLOCK] for k in range(0, len(x), BLOCK))
    return np.concatenate([((r @ y.T / x.shape[1] + 1) ** DEGREE).sum(axis=1) for r in blocks])


def _diagonal(x: Floats) -> Floats:
    """Return the kernel of each embedding with itself."""
    values: Floats = ((x**2).sum(axis=1) / x.shape[1] + 1) ** DEGREE
    return values


def _pair_sum(x: Floats) -> float:
    """Return the sum of the kernel over ordered pairs of different embeddings."""
    return float((_row_sums(x, x) - _diagonal(x)).sum())


def _pair_mean(total: Floats | np.float64, n: Floats | int) -> Floats:
    """Return the mean over ordered pairs of different images, of their sum."""
    return np.asarray(total / (n * (n - 1)))


def _jackknife(left: Floats) -> float:
    """Return the jackknife's variance of an estimate from its values with one left out."""
    g = len(left)
    return float((g - 1) / g * ((left - left.mean()) ** 2).sum())
