"""Nearest vectors, with faiss and without, against the whole matrix in double precision."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from whorl.errors import WhorlError
from whorl.similarity import Largest
from whorl.similarity.neighbours import nearest_vectors

RNG = np.random.default_rng(0)
A = RNG.normal(size=(30, 24)).astype(np.float32)
B = RNG.normal(size=(500, 24)).astype(np.float32)


@pytest.fixture(params=["faiss", "pairs"], autouse=True)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Search through faiss, and as if it were not installed."""
    if request.param == "faiss":
        pytest.importorskip("faiss")
        monkeypatch.setattr("whorl.similarity.neighbours.BLOCK_BYTES", 4 * 24 * 64)
    else:
        monkeypatch.setattr("whorl.similarity.neighbours.find_spec", lambda _: None)
        monkeypatch.setattr("whorl.similarity.pairs.TILE_BYTES", 4 * 24 * 64)


def expected(a: NDArray[np.float32], b: NDArray[np.float32], k: int) -> Largest:
    similarity = (1 - cdist(a.astype(float), b.astype(float), "cosine")).astype(np.float32)
    order = np.argsort(-similarity, axis=1, kind="stable")[:, :k]
    return Largest(np.take_along_axis(similarity, order, 1), order)


@pytest.mark.parametrize("k", [1, 5])
def test_equals_the_whole_matrix(k: int) -> None:
    found = nearest_vectors(A, B, k)
    similarity, position = expected(A, B, k)
    np.testing.assert_array_equal(found.position, position)
    np.testing.assert_allclose(found.similarity, similarity, atol=1e-7)
    assert found.similarity.dtype == np.float32


def test_by_hand() -> None:
    """To (1, 0): (2, 0) at 1, (1, 1) at √½, (0, 3) at 0."""
    b = np.array([[0, 3], [1, 1], [2, 0]], np.float32)
    found = nearest_vectors(np.array([[1, 0]], np.float32), b, 3)
    np.testing.assert_array_equal(found.position, [[2, 1, 0]])
    np.testing.assert_allclose(found.similarity, [[1, 0.5**0.5, 0]], atol=1e-7)


def test_of_equal_vectors_the_earlier_comes_first() -> None:
    """Copies, also scaled ones, whose products differ in the last bit."""
    b = B.copy()
    copies = [17, 63, 64, 200, 499]
    b[copies] = A[3] * np.array([[1], [3], [0.7], [11], [1]], np.float32)
    np.testing.assert_array_equal(nearest_vectors(A, b, 4).position[3], copies[:4])
    np.testing.assert_array_equal(nearest_vectors(A, b).position[3], copies[:1])


def test_zero_vectors_are_like_nothing() -> None:
    b = np.concatenate([np.zeros((2, 24), np.float32), -A[:1]])
    found = nearest_vectors(A[:1], b, 3)
    np.testing.assert_array_equal(found.position, [[0, 1, 2]])
    np.testing.assert_allclose(found.similarity, [[0, 0, -1]], atol=1e-7)
    np.testing.assert_array_equal(nearest_vectors(b[:1], B, 1).similarity, [[0]])


def test_fewer_than_k_are_returned_where_there_are_fewer() -> None:
    assert nearest_vectors(A, B[:3], 5).position.shape == (30, 3)


def test_reads_a_memory_mapped_file(tmp_path: Path) -> None:
    np.save(tmp_path / "b.npy", B)
    mapped = np.load(tmp_path / "b.npy", mmap_mode="r")
    np.testing.assert_array_equal(
        nearest_vectors(A, mapped, 2).position, expected(A, B, 2).position
    )


def test_leaves_the_threads_of_faiss_as_they_were() -> None:
    faiss = pytest.importorskip("faiss")
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(3)
    try:
        nearest_vectors(A, B)
        assert faiss.omp_get_max_threads() == 3
    finally:
        faiss.omp_set_num_threads(before)


def test_what_is_no_set_of_vectors_is_refused() -> None:
    with pytest.raises(ValueError, match="differ in length: 24 and 9"):
        nearest_vectors(A, B[:, :9])
    b = B.copy()
    b[100, 1] = np.nan
    with pytest.raises(WhorlError, match="not a number"):
        nearest_vectors(A, b)
