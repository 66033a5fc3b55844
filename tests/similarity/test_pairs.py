"""The all-pairs engine: its result does not depend on how the work is cut up."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from whorl.cache import Cache
from whorl.compute import Compute, computing
from whorl.similarity import (
    SSIM,
    Correlation,
    Matrix,
    Mean,
    Measure,
    pairs,
    reduce_pairs,
    similarity_matrix,
    ssim_matrix,
    threads,
)
from whorl.testing.worlds import image_set, smooth_images

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


class Counted(Correlation):
    """A correlation that counts how often it compares."""

    calls = 0

    def compare(self, a, b):
        type(self).calls += 1
        return super().compare(a, b)


def test_a_killed_run_resumes_with_the_same_result(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairs, "TILE_BYTES", 5 * Counted().prepared_bytes((32, 32)))
    a, b = image_set(A, "a"), image_set(B, "b")
    whole = similarity_matrix(Counted(), a, b)
    spans = -(-len(B) // 5)

    class Killed(Mean):
        def add(self, tile, first: int) -> None:
            if first >= 10:
                raise KeyboardInterrupt
            super().add(tile, first)

    with computing(Compute(threads=1, cache=Cache(tmp_path))):
        with pytest.raises(KeyboardInterrupt):
            reduce_pairs(Counted(), a, b, {"mean": Killed()})
        kept = Cache(tmp_path).usage().files
        assert 2 <= kept < spans
        Counted.calls = 0
        resumed = similarity_matrix(Counted(), a, b)
        assert Counted.calls == spans - kept
        np.testing.assert_array_equal(resumed, whole)
        again = similarity_matrix(Counted(), a, b)
        assert Counted.calls == spans - kept
        np.testing.assert_array_equal(again, whole)


def test_a_damaged_tile_is_computed_again(tmp_path) -> None:
    a, b = image_set(A, "a"), image_set(B, "b")
    with computing(Compute(cache=Cache(tmp_path))):
        whole = similarity_matrix(SSIM(), a, b)
        for file in tmp_path.rglob("*.array"):
            file.write_bytes(file.read_bytes()[:-50])
        with pytest.warns(UserWarning, match="damaged"):
            np.testing.assert_array_equal(similarity_matrix(SSIM(), a, b), whole)
        np.testing.assert_array_equal(similarity_matrix(SSIM(), a, b), whole)


def test_a_tile_of_another_shape_is_computed_again(tmp_path) -> None:
    a, b = image_set(A, "a"), image_set(B, "b")
    with computing(Compute(cache=Cache(tmp_path))):
        whole = similarity_matrix(SSIM(), a, b)
        small = np.zeros((2, 2), np.float32)
        Cache(tmp_path).put("another", small)
        (other,) = (f for f in tmp_path.rglob("*.array") if f.stat().st_size == 128 + 16 + 32)
        for file in tmp_path.rglob("*.array"):
            file.write_bytes(other.read_bytes())
        with pytest.warns(UserWarning, match="damaged"):
            np.testing.assert_array_equal(similarity_matrix(SSIM(), a, b), whole)


def test_tiles_of_other_images_or_measures_are_not_taken(tmp_path) -> None:
    a, b = image_set(A, "a"), image_set(B, "b")
    with computing(Compute(cache=Cache(tmp_path))):
        similarity_matrix(SSIM(), a, b)
        np.testing.assert_array_equal(
            similarity_matrix(SSIM(), b, a), similarity_matrix(SSIM(), B, A)
        )
        np.testing.assert_array_equal(
            similarity_matrix(Correlation(), a, b), similarity_matrix(Correlation(), A, B)
        )


def test_two_processes_share_a_cache(tmp_path) -> None:
    code = (
        "import sys, numpy as np\n"
        "from whorl.testing.worlds import image_set, smooth_images\n"
        "from whorl.cache import Cache\n"
        "from whorl.compute import Compute, computing\n"
        "from whorl.similarity import SSIM, similarity_matrix\n"
        "from pathlib import Path\n"
        "a = image_set(smooth_images(7, np.random.default_rng(0)), 'a')\n"
        "for _ in range(20):\n"
        "    with computing(Compute(cache=Cache(Path(sys.argv[1])))):\n"
        "        m = similarity_matrix(SSIM(), a, a)\n"
        "    Cache(Path(sys.argv[1])).clear()\n"
        "print(m.sum())\n"
    )
    words = [sys.executable, "-W", "error", "-c", code, str(tmp_path)]
    running = [
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)
    ]
    ended = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0, 0], ended
    expected = f"{ssim_matrix(A, A).sum()!s}\n".encode()
    assert [out for out, _ in ended] == [expected, expected]
