"""The all-pairs engine: its result does not depend on how the work is cut up."""

from __future__ import annotations

import numpy as np
import pytest

from tests.worlds import smooth_images
from whorl.similarity import (
    SSIM,
    Compute,
    Correlation,
    Matrix,
    Measure,
    computing,
    pairs,
    reduce_pairs,
    similarity_matrix,
    ssim_matrix,
    threads,
)

A = smooth_images(7, np.random.default_rng(0))
B = smooth_images(23, np.random.default_rng(1))


@pytest.mark.parametrize("measure", [SSIM(), Correlation()], ids=lambda m: m.name)
def test_cutting_up_changes_nothing(measure: Measure, monkeypatch: pytest.MonkeyPatch) -> None:
    with computing(Compute(threads=1)):
        whole = similarity_matrix(measure, A, B)
    some = 3 * measure.prepared_bytes((32, 32))
    monkeypatch.setattr(pairs, "TILE_BYTES", some)
    monkeypatch.setattr(threads, "BLOCK_BYTES", some)
    for kept in (0, 2**30):
        monkeypatch.setattr(threads, "KEPT_BYTES", kept)
        for count in (1, 3):
            with computing(Compute(threads=count)):
                cut = similarity_matrix(measure, A, B)
            np.testing.assert_allclose(cut, whole, atol=1e-6)


def test_prepared_bytes_are_what_preparing_takes() -> None:
    prepared = SSIM().prepare(A)
    assert sum(part.nbytes for part in prepared) <= len(A) * SSIM().prepared_bytes((32, 32))
    assert Correlation().prepare(A).nbytes == len(A) * Correlation().prepared_bytes((32, 32))


def test_same_leaves_out_an_image_with_itself() -> None:
    matrix = reduce_pairs(SSIM(), A, A, {"all": Matrix()}, same=True)["all"]
    assert np.isneginf(matrix.diagonal()).all()
    assert np.isfinite(matrix[~np.eye(len(A), dtype=bool)]).all()


def test_reads_memory_mapped_images(tmp_path) -> None:
    mapped = np.memmap(tmp_path / "b", np.uint8, "w+", shape=B.shape)
    mapped[:] = B
    np.testing.assert_array_equal(ssim_matrix(A, mapped), ssim_matrix(A, B))


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (A.astype(float), B, "a must be uint8"),
        (A, B[0], "b must be uint8 of shape"),
        (A, B[:0], "n ≥ 1"),
        (A, B[:, :20], "differ in size"),
    ],
)
def test_wrong_stacks_are_named(a, b, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ssim_matrix(a, b)


def test_an_error_in_a_worker_reaches_the_caller() -> None:
    class Broken(Correlation):
        def compare(self, a, b):  # noqa: ARG002
            raise RuntimeError("worker broke")

    with pytest.raises(RuntimeError, match="worker broke"):
        similarity_matrix(Broken(), A, B)
