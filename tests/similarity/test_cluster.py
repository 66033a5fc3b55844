"""A real local Dask cluster: the same result, also when a worker dies in mid-run."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from whorl.compute import Compute, computing
from whorl.errors import WhorlError
from whorl.images import ImageSet, load
from whorl.similarity import SSIM, Correlation, Explained, pairs, similarity_matrix
from whorl.similarity.cluster import tiles_by_cluster
from whorl.similarity.connecting import connected
from whorl.testing.worlds import image_set, smooth_images

distributed = pytest.importorskip("distributed")

pytestmark = pytest.mark.filterwarnings("default")  # Dask's own, in its own threads

A = smooth_images(7, np.random.default_rng(0))
B = smooth_images(40, np.random.default_rng(1))


@pytest.fixture(scope="module")
def client() -> Iterator[object]:
    with connected(workers=2) as client:
        yield client


@pytest.fixture
def small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "TILE_BYTES", 4 * SSIM().prepared_bytes((32, 32)))


def from_files(pixels: np.ndarray, folder: Path) -> ImageSet:
    folder.mkdir()
    for k, image in enumerate(pixels):
        Image.fromarray(image).save(folder / f"{k:03}.png")
    return load(folder)


@pytest.mark.usefixtures("small_tiles")
@pytest.mark.parametrize("measure", [SSIM(), Correlation(), Explained()], ids=lambda m: m.name)
def test_same_result_from_files_from_sets_and_from_arrays(client, measure, tmp_path: Path) -> None:
    whole = similarity_matrix(measure, A, B)
    files = from_files(A, tmp_path / "a"), from_files(B, tmp_path / "b")
    joined = files[0].joined(files[1])
    with computing(Compute(cluster=client)):
        for a, b in ((A, B), (image_set(A, "a"), image_set(B, "b")), files):
            np.testing.assert_array_equal(similarity_matrix(measure, a, b), whole)
        both = similarity_matrix(measure, joined, files[1])
    alone = similarity_matrix(measure, np.concatenate([A, B]), B)
    np.testing.assert_array_equal(both, alone)


@pytest.mark.usefixtures("small_tiles")
def test_a_worker_killed_in_mid_run_loses_nothing(tmp_path: Path) -> None:
    whole = similarity_matrix(SSIM(), A, B)
    a, b = from_files(A, tmp_path / "a"), from_files(B, tmp_path / "b")
    spans = [(first, first + 4) for first in range(0, 40, 4)]
    with connected(workers=2) as own:
        tiles = tiles_by_cluster(SSIM(), a, b, spans, own)
        found = [next(tiles)]
        pids = own.run(os.getpid)
        os.kill(next(iter(pids.values())), signal.SIGKILL)
        found += list(tiles)
        assert set(own.run(os.getpid).values()) != set(pids.values())
    np.testing.assert_array_equal(np.concatenate(found, axis=1), whole)


def test_a_file_that_changed_is_refused(client, tmp_path: Path) -> None:
    a, b = from_files(A, tmp_path / "a"), from_files(B, tmp_path / "b")
    Image.fromarray(B[3]).save(tmp_path / "b" / "005.png")
    with (
        computing(Compute(cluster=client)),
        pytest.raises(WhorlError, match=r"005\.png: a worker read another content"),
    ):
        similarity_matrix(SSIM(), a, b)
