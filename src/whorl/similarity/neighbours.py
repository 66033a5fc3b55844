"""The nearest of very many vectors, through faiss where it is installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.compute import available_cores, current
from whorl.progress import track
from whorl.similarity.pairs import reduce_pairs
from whorl.similarity.reductions import Largest, TopK, largest
from whorl.similarity.vectors import Cosine

BLOCK_BYTES = 64 * 2**20  # vectors handed to faiss at once
SPARE = 8  # neighbours looked for beyond those asked, as rounding may swap near-ties

_COSINE = Cosine()


def nearest_vectors(a: NDArray[Any], b: NDArray[Any], k: int = 1) -> Largest:
    """Find the k vectors of `b` that are nearest to each of `a` by cosine.

    Exact. Memory stays bounded: `b` may be a memory-mapped file, and is read in blocks. Faiss is
    used where it is installed, else :func:`whorl.similarity.reduce_pairs`, with one result: the
    similarities of the k + 8 nearest are computed anew in double precision, and of equal ones the
    earlier comes first. (Where more than 8 beyond the k tie to single precision, which of them
    are found is left to the search.)

    Parameters
    ----------
    a, b : ndarray of float32, shapes (n, length) and (m, length)
        Embeddings.
    k : int
        At least 1; fewer are returned where `b` has fewer.

    Returns
    -------
    Largest
        Similarities (−1 to 1) and positions in `b`, each of shape (n, k), nearest first.

    Raises
    ------
    ValueError
        If the arrays are not float32 of shape (n, length) with one length.
    WhorlError
        If a value is infinite or not a number.

    Examples
    --------
    >>> b = np.array([[1, 0], [1, 1], [0, 2]], np.float32)
    >>> nearest_vectors(b[:2] * 3, b, k=2).position
    array([[0, 1],
           [1, 0]])
    """
    _COSINE.require(a, b)
    on_cpu = current().place == "cpu"
    search = _by_faiss if on_cpu and find_spec("faiss") else _by_pairs
    return _settled(a, b, search(a, b, k + SPARE), k)


def _by_pairs(a: NDArray[Any], b: NDArray[Any], k: int) -> NDArray[np.intp]:
    """Return the positions of the k nearest, by matrix products."""
    found: Largest = reduce_pairs(_COSINE, a, b, {"nearest": TopK(k)})["nearest"]
    return found.position


def _by_faiss(a: NDArray[Any], b: NDArray[Any], k: int) -> NDArray[np.intp]:
    """Return the positions of the k nearest, by faiss."""
    import faiss

    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(current().threads or available_cores())
    try:
        rows = _COSINE.prepare(a)
        best = Largest(np.empty((len(a), 0), np.float32), np.empty((len(a), 0), np.intp))
        step = max(1, BLOCK_BYTES // _COSINE.prepared_bytes(b.shape[1:]))
        with track("cosine of all pairs", len(a) * len(b)) as advance:
            for first in range(0, len(b), step):
                block = _COSINE.prepare(b[first : first + step])
                found = faiss.knn(rows, block, min(k, len(block)), faiss.METRIC_INNER_PRODUCT)
                similarity = np.concatenate([best.similarity, found[0]], axis=1)
                position = np.concatenate([best.position, first + found[1]], axis=1)
                best = largest(similarity, position, k)
                advance(len(a) * len(block))
    finally:
        faiss.omp_set_num_threads(threads)
    return best.position


def _settled(a: NDArray[Any], b: NDArray[Any], position: NDArray[np.intp], k: int) -> Largest:
    """Return the k nearest of those found, by their cosine in double precision."""
    position = np.sort(position, axis=1)
    similarity = np.empty(position.shape, np.float32)
    for row, columns in enumerate(position):
        similarity[row] = _cosines(a[row].astype(np.float64), b[columns].astype(np.float64))
    order = np.lexsort((position, -similarity), axis=1)[:, :k]
    return Largest(np.take_along_axis(similarity, order, 1), np.take_along_axis(position, order, 1))


def _cosines(x: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cosine of a vector with each of the others; 0 where one of them is zero."""
    lengths = np.linalg.norm(x) * np.linalg.norm(others, axis=1)
    products = np.einsum("j,ij->i", x, others)
    cosines: NDArray[np.float64] = np.zeros(len(others))
    np.divide(products, lengths, out=cosines, where=lengths > 0)
    return np.clip(cosines, -1, 1, out=cosines)
