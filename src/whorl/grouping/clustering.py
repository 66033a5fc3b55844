"""Clusters of vectors, their number given or found."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

MOST = 10
RESTARTS = 5
REGULAR = 1e-6

Clustering = Literal["kmeans", "mixture"]
Labels = NDArray[np.intp]


def clustered(
    rows: NDArray[np.float64],
    clustering: Clustering,
    k: int | None = None,
    *,
    most: int = MOST,
    seed: int = 0,
) -> Labels:
    """Sort vectors into clusters.

    Parameters
    ----------
    rows : ndarray of float64, shape (n, d)
        At least four different ones.
    clustering : {"kmeans", "mixture"}
        k-means; or a mixture of Gaussian distributions, each with a covariance of its own.
    k : int or None
        How many clusters; None finds it: of 2 to `most` the one of the highest mean silhouette
        (Rousseeuw 1987) for k-means, of 1 to `most` that of the lowest BIC (Schwarz 1978) for the
        mixture. A silhouette cannot say that there is one cluster only.
    most : int
        The most clusters that are tried.
    seed : int
        Seeds the starts.

    Returns
    -------
    ndarray of intp, shape (n,)
        The cluster of each vector, by a number that means nothing.

    Examples
    --------
    >>> rows = np.array([[0.0], [0.1], [0.2], [9.0], [9.1], [9.2]])
    >>> in_order(clustered(rows, "kmeans")).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    different = len(np.unique(rows, axis=0))
    if k is not None:
        return _into(rows, clustering, min(k, different), seed)[0]
    first = 2 if clustering == "kmeans" else 1
    last = min(most, different - 1) if clustering == "kmeans" else min(most, different // 2)
    found = [_into(rows, clustering, tried, seed) for tried in range(first, max(first, last) + 1)]
    return max(found, key=lambda one: one[1])[0]


def _into(
    rows: NDArray[np.float64], clustering: Clustering, k: int, seed: int
) -> tuple[Labels, float]:
    """Return k clusters, and what speaks for that number: more is better."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score
    from sklearn.mixture import GaussianMixture

    if clustering == "kmeans":
        labels = KMeans(k, n_init=RESTARTS, random_state=seed).fit_predict(rows)
        several = 1 < len(np.unique(labels)) < len(rows)
        return labels, float(silhouette_score(rows, labels)) if several else -1.0
    scaled = rows / rows.std(axis=0).max()
    model = GaussianMixture(k, random_state=seed, reg_covar=REGULAR)
    labels = model.fit_predict(scaled)
    return labels, -float(model.bic(scaled))


def in_order(labels: Labels) -> Labels:
    """Return labels numbered in the order in which they appear: 0, 1 and so on.

    Examples
    --------
    >>> in_order(np.array([7, 7, 2, 7, 5])).tolist()
    [0, 0, 1, 0, 2]
    """
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse]
