"""Samples come in blocks whose seeds depend on their place alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from whorl.files import file_hash
from whorl.generators import PCADiffusion, TrainedGenerator, sample_to_folder, samples_of
from whorl.testing.worlds import smooth_images

SMALL = PCADiffusion(components=4, width=8, depth=1, steps=5, batch=4, sampling_steps=3)


@pytest.fixture(scope="module")
def trained() -> TrainedGenerator:
    return SMALL.train(smooth_images(6, np.random.default_rng(0), 8))


def all_of(trained: TrainedGenerator, n: int, *, seed: int = 0, skip: int = 0) -> np.ndarray:
    return np.concatenate([made for _, made in samples_of(trained, n, seed=seed, skip=skip)])


def test_fewer_samples_are_the_first_of_more(trained: TrainedGenerator) -> None:
    many = all_of(trained, 150)
    assert many.shape == (150, 8, 8)
    np.testing.assert_array_equal(all_of(trained, 70), many[:70])
    np.testing.assert_array_equal(all_of(trained, 150, skip=65), many[65:])
    assert len(np.unique(many.reshape(150, -1), axis=0)) == 150
    assert (all_of(trained, 150, seed=1) != many).any()


def test_a_killed_sampling_is_finished(trained: TrainedGenerator, tmp_path: Path) -> None:
    hashes = sample_to_folder(trained, tmp_path / "whole", "generated_{:05d}", 70, seed=3)
    whole = list(hashes)
    assert list(hashes.values()) == [file_hash(path) for path in whole]
    assert (whole[0].name, whole[-1].name) == ("generated_00001.png", "generated_00070.png")
    killed = list(sample_to_folder(trained, tmp_path / "killed", "generated_{:05d}", 70, seed=3))
    for path in killed[66:]:
        path.unlink()
    kept = killed[0].stat().st_mtime_ns
    again = sample_to_folder(trained, tmp_path / "killed", "generated_{:05d}", 70, seed=3)
    assert list(again.values()) == list(hashes.values())
    assert [p.read_bytes() for p in whole] == [p.read_bytes() for p in killed]
    assert killed[0].stat().st_mtime_ns == kept
    with Image.open(whole[5]) as picture:
        assert picture.mode == "L"
