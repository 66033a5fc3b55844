"""Measures on vectors against values by hand and scipy's distances."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from whorl.errors import WhorlError
from whorl.similarity import Matrix, Measure, TopK, reduce_pairs, similarity_matrix
from whorl.similarity.vectors import Cosine, Hamming, MeanSquaredError

RNG = np.random.default_rng(0)
A = RNG.normal(size=(7, 33)).astype(np.float32)
B = RNG.normal(size=(50, 33)).astype(np.float32)
BITS = RNG.integers(0, 256, (7, 9), np.uint8), RNG.integers(0, 256, (50, 9), np.uint8)


def test_cosine_by_hand() -> None:
    """(3, 4)·(4, 3) = 24 over lengths 5 and 5; a zero vector is like nothing, itself included."""
    a = np.array([[3, 4], [0, 0]], np.float32)
    b = np.array([[4, 3], [-6, -8], [0, 0]], np.float32)
    np.testing.assert_allclose(
        similarity_matrix(Cosine(), a, b), [[0.96, -1, 0], [0, 0, 0]], atol=1e-7
    )


def test_cosine_equals_scipy() -> None:
    expected = 1 - cdist(A.astype(float), B.astype(float), "cosine")
    np.testing.assert_allclose(similarity_matrix(Cosine(), A, B), expected, atol=1e-6)


@pytest.mark.parametrize("scale", [1e-38, 1e-20, 1e20, 1e38])
def test_cosine_does_not_depend_on_the_scale(scale: float) -> None:
    a = np.array([[1, 2, 3]], np.float32)
    b = a * np.float32(scale)
    np.testing.assert_allclose(similarity_matrix(Cosine(), a, b), [[1]], atol=1e-6)


def test_mean_squared_error_by_hand() -> None:
    """Differences (1, 3) and (0, 0): mean squares 5 and 0."""
    a, b = np.array([[1, 2]], np.float32), np.array([[2, 5], [1, 2]], np.float32)
    np.testing.assert_array_equal(similarity_matrix(MeanSquaredError(), a, b), [[-4, 1]])


@pytest.mark.parametrize("offset", [0, 1000])
def test_mean_squared_error_equals_scipy(offset: float) -> None:
    """Also far from zero, where the expanded product in single precision would be off by 0.1."""
    a, b = A + np.float32(offset), B + np.float32(offset)
    expected = 1 - cdist(a.astype(float), b.astype(float), "sqeuclidean") / 33
    np.testing.assert_allclose(similarity_matrix(MeanSquaredError(), a, b), expected, atol=1e-6)


def test_mean_squared_error_never_passes_one() -> None:
    own = similarity_matrix(MeanSquaredError(), B + 1000, B + 1000)
    assert own.max() <= 1
    np.testing.assert_allclose(own.diagonal(), 1, atol=1e-7)


def test_hamming_by_hand() -> None:
    """10101010 and 11111111 share 4 bits; all 8 with itself, none with its complement."""
    a = np.array([[0b1010_1010]], np.uint8)
    b = np.array([[0b1111_1111], [0b1010_1010], [0b0101_0101]], np.uint8)
    np.testing.assert_array_equal(similarity_matrix(Hamming(), a, b), [[0.5, 1, 0]])


def test_hamming_equals_scipy() -> None:
    a, b = (np.unpackbits(bits, axis=1) for bits in BITS)
    np.testing.assert_allclose(
        similarity_matrix(Hamming(), *BITS), 1 - cdist(a, b, "hamming"), atol=1e-7
    )


@pytest.mark.parametrize(
    ("measure", "a", "b"), [(Cosine(), A, B), (MeanSquaredError(), A, B), (Hamming(), *BITS)]
)
def test_many_vectors_need_several_tiles(measure, a, b, monkeypatch) -> None:
    whole = similarity_matrix(measure, a, b)
    monkeypatch.setattr(
        "whorl.similarity.pairs.TILE_BYTES", 4 * measure.prepared_bytes(a.shape[1:])
    )
    monkeypatch.setattr("whorl.similarity.threads.BLOCK_BYTES", 1)
    monkeypatch.setattr("whorl.similarity.threads.KEPT_BYTES", 0)
    kept = reduce_pairs(measure, a, b, {"all": Matrix(), "nearest": TopK(2)})
    np.testing.assert_allclose(kept["all"], whole, atol=1e-6)
    np.testing.assert_array_equal(kept["nearest"].position[:, 0], whole.argmax(axis=1))


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (A.astype(float), B, r"a must be float32 .* not float64 of shape \(7, 33\)"),
        (A, B[0], r"b must be float32 .* not float32 of shape \(33,\)"),
        (A, B[:0], r"b must be .* not float32 of shape \(0, 33\)"),
        (A, B[:, :9], r"differ in length: 33 and 9"),
    ],
)
def test_what_is_no_set_of_vectors_is_named(a, b, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        similarity_matrix(Cosine(), a, b)


def test_hashes_must_be_packed() -> None:
    with pytest.raises(ValueError, match="a must be uint8"):
        similarity_matrix(Hamming(), np.zeros((2, 8), bool), BITS[1])


@pytest.mark.parametrize("measure", [Cosine(), MeanSquaredError()])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_refused(measure: Measure, value: float) -> None:
    b = B.copy()
    b[3, 4] = value
    with pytest.raises(WhorlError, match="infinite or not a number"):
        similarity_matrix(measure, A, b)
