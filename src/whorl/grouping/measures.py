"""What clusters are worth beside the truth: ARI, NMI and homogeneity, with intervals and chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.evaluation.intervals import LEVEL

RESAMPLES = 1_000
SHUFFLES = 999
AT_ONCE = 50
LABELS: Mapping[str, str] = {
    "ari": "adjusted Rand index",
    "nmi": "normalised mutual information",
    "homogeneity": "homogeneity",
}
LOWEST: Mapping[str, float] = {"ari": -0.5, "nmi": 0.0, "homogeneity": 0.0}

Tables = NDArray[np.float64]


@dataclass(frozen=True)
class Figure:
    """A measure's value.

    Attributes
    ----------
    value : float
        As scikit-learn gives it; 1 = as in the truth.
    low, high : float
        Its 95 % interval, by the bootstrap over images.
    chance : float
        What the same clusters give on average when images are shuffled among them.
    p : float
        Share of shuffles that give as much or more, the clusters as they are counted among them.
    """

    value: float
    low: float
    high: float
    chance: float
    p: float


def grouping_figures(
    truth: Sequence[str],
    clusters: Sequence[str],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    shuffles: int = SHUFFLES,
) -> dict[str, Figure]:
    """Compare clusters with the truth.

    The interval is the bootstrap's over images, its resamples moved so that their mean is the
    value: resampling makes entropies smaller. In the index, an image and its own copy are no pair,
    else every resample would agree more than the images do. An interval is of these generators: it
    says nothing of others.

    Parameters
    ----------
    truth, clusters : sequence of str
        The generator of each image, and the cluster it was put into; at least two images.
    seed : int
        Seeds resamples and shuffles.
    resamples, shuffles : int
        How many.

    Returns
    -------
    dict of str to Figure
        "ari" (Hubert and Arabie 1985; official in 2024), "nmi" (by the arithmetic mean of the
        entropies) and "homogeneity" (Rosenberg and Hirschberg 2007).

    Examples
    --------
    >>> figure = grouping_figures("aaabbb", "xxxyyy")["ari"]
    >>> figure.value, figure.low, figure.high
    (1.0, 1.0, 1.0)
    """
    from sklearn import metrics

    rows, columns = _coded(truth), _coded(clusters)
    values = {
        "ari": float(metrics.adjusted_rand_score(rows, columns)),
        "nmi": float(metrics.normalized_mutual_info_score(rows, columns)),
        "homogeneity": float(metrics.homogeneity_score(rows, columns)),
    }
    rng = np.random.default_rng(seed)
    resampled = _resampled(rows, columns, resamples, rng)
    shuffled = _shuffled(rows, columns, shuffles, rng)
    return {
        name: _figure(value, LOWEST[name], resampled[name], shuffled[name])
        for name, value in values.items()
    }


def rand_indices(tables: Tables, squares: Tables) -> NDArray[np.float64]:
    """Return the adjusted Rand index of weighted images, pairs of one image with itself left out.

    Parameters
    ----------
    tables : ndarray of float64, shape (m, rows, columns)
        Sum of the weights in each cell of m contingency tables.
    squares : ndarray of float64, shape (m, rows, columns)
        Sum of their squares: where all weights are 1, the same.

    Returns
    -------
    ndarray of float64, shape (m,)

    Examples
    --------
    >>> table = np.array([[[3.0, 0.0], [1.0, 2.0]]])
    >>> rand_indices(table, table).round(4)
    array([0.3243])
    """

    def pairs(axes: tuple[int, ...]) -> NDArray[np.float64]:
        kept = tuple(axis for axis in (1, 2) if axis not in axes)
        both: NDArray[np.float64] = (tables.sum(axis=axes) ** 2 - squares.sum(axis=axes)) / 2
        summed: NDArray[np.float64] = both.sum(axis=tuple(range(1, 1 + len(kept))))
        return summed

    together, in_rows, in_columns, all_pairs = pairs(()), pairs((2,)), pairs((1,)), pairs((1, 2))
    expected = in_rows * in_columns / np.maximum(all_pairs, 1)
    most = (in_rows + in_columns) / 2
    return _ratio(together - expected, most - expected)


def shared_information(tables: Tables) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the normalised mutual information, and the homogeneity, of contingency tables.

    Parameters
    ----------
    tables : ndarray of float64, shape (m, rows, columns)
        Rows are of the truth.

    Returns
    -------
    tuple of ndarray of float64, shape (m,)
        Each 0 to 1.

    Examples
    --------
    >>> nmi, homogeneity = shared_information(np.array([[[2.0, 0.0, 0.0], [0.0, 1.0, 1.0]]]))
    >>> nmi.round(4), homogeneity
    (array([0.8]), array([1.]))
    """
    shares = tables / tables.sum(axis=(1, 2), keepdims=True)
    of_rows, of_columns = _entropy(shares.sum(axis=2)), _entropy(shares.sum(axis=1))
    of_cells = _entropy(shares.reshape(len(shares), -1))
    shared = np.maximum(of_rows + of_columns - of_cells, 0)
    return _ratio(shared, (of_rows + of_columns) / 2), _ratio(shared, of_rows)


def _entropy(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the entropy of each row, in nats."""
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    entropies: NDArray[np.float64] = -(shares * logs).sum(axis=1)
    return entropies


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide; 1 where both are nothing, as there is nothing to get wrong."""
    there = np.abs(below) > np.finfo(np.float64).eps
    return np.divide(above, below, out=np.ones_like(above), where=there)


def _coded(names: Sequence[str]) -> NDArray[np.intp]:
    """Return a number for each name, from 0."""
    return np.unique(np.array(list(names), dtype=str), return_inverse=True)[1].astype(np.intp)


def _of_tables(tables: Tables, squares: Tables) -> dict[str, NDArray[np.float64]]:
    """Return all measures of contingency tables."""
    nmi, homogeneity = shared_information(tables)
    return {"ari": rand_indices(tables, squares), "nmi": nmi, "homogeneity": homogeneity}


def _in_parts(
    parts: Callable[[int], tuple[Tables, Tables]], n: int
) -> dict[str, NDArray[np.float64]]:
    """Return all measures of n tables that are drawn some at a time."""
    found = [_of_tables(*parts(min(AT_ONCE, n - first))) for first in range(0, n, AT_ONCE)]
    return {name: np.concatenate([one[name] for one in found]) for name in LABELS}


def _resampled(
    rows: NDArray[np.intp], columns: NDArray[np.intp], n: int, rng: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    """Return all measures of images drawn with replacement."""
    from scipy.sparse import csr_array

    shape = (int(rows.max()) + 1, int(columns.max()) + 1)
    images, cells = len(rows), shape[0] * shape[1]
    of_cell = csr_array(
        (np.ones(images), (np.arange(images), rows * shape[1] + columns)), shape=(images, cells)
    )
    even = np.full(images, 1 / images)

    def draw(some: int) -> tuple[Tables, Tables]:
        weights = rng.multinomial(images, even, some).astype(np.float64)
        sums, squares = (np.asarray(w @ of_cell) for w in (weights, weights**2))
        return sums.reshape(some, *shape), squares.reshape(some, *shape)

    return _in_parts(draw, n)


def _shuffled(
    rows: NDArray[np.intp], columns: NDArray[np.intp], n: int, rng: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    """Return all measures of images shuffled among the clusters."""
    shape = (int(rows.max()) + 1, int(columns.max()) + 1)

    def draw(some: int) -> tuple[Tables, Tables]:
        cells = (rows * shape[1] + rng.permutation(columns) for _ in range(some))
        counted = [np.bincount(cell, minlength=shape[0] * shape[1]) for cell in cells]
        tables = np.array(counted, np.float64).reshape(some, *shape)
        return tables, tables

    return _in_parts(draw, n)


def _figure(
    value: float, lowest: float, resampled: NDArray[np.float64], shuffled: NDArray[np.float64]
) -> Figure:
    """Sum a measure up."""
    tail = (1 - LEVEL) / 2
    moved = resampled - resampled.mean() + value
    low, high = np.clip(np.quantile(moved, (tail, 1 - tail)), lowest, 1.0)
    at_least = int((shuffled >= value - 1e-12).sum())
    p = (1 + at_least) / (1 + len(shuffled))
    return Figure(value, float(low), float(high), float(shuffled.mean()), p)
