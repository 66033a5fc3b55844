"""The path to the GPU, taken on the CPU: against this machine's threads."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from whorl.errors import ImageError, WhorlError
from whorl.similarity import (
    SSIM,
    Correlation,
    Explained,
    MapSimilarity,
    Measure,
    TileDistance,
)
from whorl.similarity.device_kernels import DeviceKernel, ProductKernel
from whorl.similarity.devices import tiles_by_device
from whorl.similarity.threads import Span, tiles_by_threads
from whorl.similarity.vectors import Cosine, Hamming, MeanSquaredError
from whorl.testing.worlds import smooth_images

torch = pytest.importorskip("torch")

RNG = np.random.default_rng(0)
BOARD = (np.indices((40, 24)).sum(axis=0) % 2 * 255).astype(np.uint8)
EXTREMES = np.stack([0 * BOARD, 0 * BOARD + 255, BOARD, 255 - BOARD, 0 * BOARD + 1, BOARD // 255])
NOISE = RNG.integers(0, 256, (4, 40, 24), np.uint8)
SMOOTH = smooth_images(4, RNG, 40)[:, :, :24]
IMAGES = np.concatenate([EXTREMES, NOISE, SMOOTH])
VECTORS = RNG.normal(size=(14, 33)).astype(np.float32)
VECTORS[5] = 0
HASHES = RNG.integers(0, 256, (14, 9), np.uint8)
SPANS: list[Span] = [(0, 3), (3, 4), (6, 13)]
CASES = [
    (SSIM(), IMAGES),
    (Correlation(), IMAGES),
    (MapSimilarity(), IMAGES),
    (Explained(), IMAGES),
    (TileDistance(3), IMAGES),
    (Cosine(), VECTORS),
    (MeanSquaredError(), VECTORS + 1000),
    (Hamming(), HASHES),
]
BY_MEASURE = pytest.mark.parametrize(
    ("measure", "items"), CASES, ids=[measure.name for measure, _ in CASES]
)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def on_threads(measure: Measure, items: NDArray[Any]) -> list[NDArray[np.float32]]:
    return list(tiles_by_threads(measure, items[:9], items, SPANS, 1))


def on_device(measure: Measure, items: NDArray[Any]) -> list[NDArray[np.float32]]:
    return list(tiles_by_device(measure, items[:9], items, SPANS, "cpu"))


def assert_same(found: list[NDArray[np.float32]], expected: list[NDArray[np.float32]]) -> None:
    assert [tile.shape for tile in found] == [tile.shape for tile in expected]
    for tile, other in zip(found, expected, strict=True):
        assert tile.dtype == np.float32
        np.testing.assert_allclose(tile, other, atol=1e-4)  # as docs/scale.md states


@BY_MEASURE
def test_equals_this_machines_threads(measure: Measure, items: NDArray[Any]) -> None:
    assert_same(on_device(measure, items), on_threads(measure, items))


def test_correlation_of_large_images_stays_exact() -> None:
    """A million products added up one by one in single precision would be off by 1e-4."""
    images = smooth_images(2, RNG, 1024)
    expected = np.corrcoef(images.reshape(2, -1).astype(float))
    (found,) = tiles_by_device(Correlation(), images, images, [(0, 2)], "cpu")
    np.testing.assert_allclose(found, expected, atol=5e-6)


@BY_MEASURE
@pytest.mark.parametrize("side", [1, 4])
def test_small_memory_gives_the_same(
    measure: Measure, items: NDArray[Any], side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In blocks of one pair, or four by four, with the rows copied again for each."""
    least = measure.on_device().least_bytes(items.shape[1:], side)
    sides = seen_sides(monkeypatch, measure)
    monkeypatch.setattr("whorl.similarity.devices.MOST_MEMORY", 2 * least)
    assert_same(on_device(measure, items), on_threads(measure, items))
    assert max(sides) == side


def test_rows_that_do_not_fit_are_copied_for_each_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whorl.similarity.devices.SIDE", 2)
    monkeypatch.setattr("whorl.similarity.devices._free_bytes", lambda _: 8 * IMAGES[:8].nbytes)
    kernel = Correlation().on_device()
    monkeypatch.setattr(type(kernel), "least_bytes", lambda *_: 0)
    copied = []
    prepare = type(kernel).prepare
    monkeypatch.setattr(
        type(kernel), "prepare", lambda own, x: copied.append(len(x)) or prepare(own, x)
    )
    assert_same(on_device(Correlation(), IMAGES), on_threads(Correlation(), IMAGES))
    assert sum(copied) > len(IMAGES) + 9


@BY_MEASURE
def test_halves_the_block_where_memory_runs_out(
    measure: Measure, items: NDArray[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    sides = seen_sides(monkeypatch, measure, most=3)
    assert_same(on_device(measure, items), on_threads(measure, items))
    assert max(sides) > 3
    assert sides[-1] <= 2


def test_says_so_where_not_even_one_pair_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    seen_sides(monkeypatch, SSIM(), most=0)
    with pytest.raises(WhorlError, match=r"one pair of 24×40 does not fit .* use --device cpu"):
        on_device(SSIM(), IMAGES)


def seen_sides(
    monkeypatch: pytest.MonkeyPatch, measure: Measure, most: int | None = None
) -> list[int]:
    """Note the larger side of every block that may be cut; above `most` memory runs out."""
    kernel = type(measure.on_device())
    compare = kernel.compare
    sides: list[int] = []

    def noted(self: Any, a: Any, b: Any, memory: int) -> Any:
        sides.append(len(b) if measure.whole_rows else max(len(a), len(b)))
        if most is not None and sides[-1] > most:
            raise torch.OutOfMemoryError
        return compare(self, a, b, memory)

    monkeypatch.setattr(kernel, "compare", noted)
    return sides


def test_reads_memory_mapped_files(tmp_path: Path) -> None:
    np.save(tmp_path / "images.npy", IMAGES)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    assert_same(on_device(SSIM(), mapped), on_threads(SSIM(), IMAGES))


def test_computes_in_full_precision_whatever_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = type(Cosine().on_device())
    seen = []
    compare = kernel.compare
    monkeypatch.setattr(
        kernel,
        "compare",
        lambda *args: seen.append(torch.get_float32_matmul_precision()) or compare(*args),
    )
    torch.set_float32_matmul_precision("medium")
    try:
        on_device(Cosine(), VECTORS)
        assert set(seen) == {"highest"}
        assert torch.get_float32_matmul_precision() == "medium"
    finally:
        torch.set_float32_matmul_precision("highest")


def test_images_smaller_than_the_window_are_named() -> None:
    with pytest.raises(ImageError, match="at least 7×7 pixels, not 24×6"):
        on_device(SSIM(), IMAGES[:, :6])


@pytest.mark.parametrize("measure", [Cosine(), MeanSquaredError()])
def test_values_that_are_no_numbers_are_refused(measure: Measure) -> None:
    vectors = VECTORS.copy()
    vectors[2, 3] = np.inf
    with pytest.raises(WhorlError, match="infinite or not a number"):
        on_device(measure, vectors)


@dataclass(frozen=True)
class SameMean(Measure):
    """Written outside of the package, for the CPU alone: whether two images are as bright."""

    name = "same mean"

    def prepared_bytes(self, shape: tuple[int, ...]) -> int:
        return 8 * len(shape)

    def prepare(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        return pixels.mean(axis=(1, 2))

    def compare(self, a: Any, b: Any) -> NDArray[np.float32]:
        return np.equal.outer(a, b).astype(np.float32)


def test_a_measure_without_a_gpu_half_is_named() -> None:
    with pytest.raises(WhorlError, match=r"same mean cannot be computed .* --device cpu"):
        on_device(SameMean(), IMAGES)


def test_a_gpu_half_given_from_outside_is_taken() -> None:
    class Half(ProductKernel):
        def prepare(self, items: Any) -> Any:
            return items.flatten(1).double().mean(dim=1, keepdim=True)

        def compare(self, a: Any, b: Any, memory: int) -> Any:  # noqa: ARG002
            return (a == b.T).float()

    class WithHalf(SameMean):
        def on_device(self) -> DeviceKernel:
            return Half()

    assert_same(on_device(WithHalf(), IMAGES), on_threads(SameMean(), IMAGES))


def test_the_cpu_does_without_torch() -> None:
    code = (
        "import sys, numpy as np\n"
        "from whorl.similarity import SSIM, Correlation, similarity_matrix\n"
        "images = np.zeros((2, 7, 7), np.uint8)\n"
        "for measure in (SSIM(), Correlation()):\n"
        "    similarity_matrix(measure, images, images)\n"
        "print('torch' in sys.modules)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


@pytest.mark.parametrize("device", ["gpu", "cuda:x", "mps", ""])
def test_a_device_must_be_named_as_torch_names_it(device: str) -> None:
    with pytest.raises(WhorlError, match="must be cpu, cuda or cuda:NUMBER"):
        next(tiles_by_device(SSIM(), IMAGES, IMAGES, SPANS, device))


def test_a_device_that_is_not_there_is_named() -> None:
    with pytest.raises(WhorlError, match=r"--device cuda:99 is not available here \(.+\): use"):
        next(tiles_by_device(SSIM(), IMAGES, IMAGES, SPANS, "cuda:99"))


def test_without_torch_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(
        WhorlError, match=r"--device cuda needs torch: pip install 'whorl-audit\[deep\]'"
    ):
        next(tiles_by_device(SSIM(), IMAGES, IMAGES, SPANS, "cuda"))
