"""whorl generator train and sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Whorl, save
from whorl.testing.worlds import image_set, smooth_images


@pytest.fixture
def images(tmp_path: Path) -> Path:
    return save(image_set(smooth_images(8, np.random.default_rng(0)), "ct"), tmp_path / "images")


def test_train_and_sample(whorl: Whorl, images: Path, tmp_path: Path) -> None:
    words = ("generator", "train", "pca-diffusion", images, "--out", tmp_path / "g", "-q")
    ran = whorl(*words, "--size", 16, "--steps", 20)
    assert ran.status == 0
    assert "8 images of 16×16" in ran.out
    assert (tmp_path / "g" / "card.md").exists()
    assert "--resume" in whorl(*words, "--size", 16, "--steps", 20).err
    assert whorl(*words, "--size", 16, "--steps", 20, "--resume").status == 0
    sample = ("generator", "sample", tmp_path / "g", "--n", 3, "-q", "--seed", 5, "--out")
    assert whorl(*sample, tmp_path / "a").status == 0
    assert whorl(*sample, tmp_path / "b").status == 0
    files = sorted((tmp_path / "a").iterdir())
    assert [f.name for f in files] == [f"generated_0000{k}.png" for k in (1, 2, 3)]
    assert [f.read_bytes() for f in files] == [
        f.read_bytes() for f in sorted((tmp_path / "b").iterdir())
    ]
    again = whorl(*sample, tmp_path / "a")
    assert again.status == 1
    assert "is not empty" in again.err


def test_an_unknown_kind_is_a_usage_error(whorl: Whorl, images: Path, tmp_path: Path) -> None:
    ran = whorl("generator", "train", "pca-difusion", images, "--out", tmp_path / "g")
    assert ran.status == 2
    assert "did you mean pca-diffusion?" in ran.err


def test_networks_train_and_sample(whorl: Whorl, images: Path, tmp_path: Path) -> None:
    ran = whorl(
        "generator", "train", "gan", images, "--out", tmp_path / "g", "-q", "--size", 16,
        "--steps", 2, "--batch", 4, "--preset", "cpu", "--device", "cpu", "--threads", 1,
    )  # fmt: skip
    assert ran.status == 0
    assert "gan trained on 8 images of 16×16" in ran.out
    sample = ("generator", "sample", tmp_path / "g", "--n", 2, "-q", "--threads", 1)
    assert whorl(*sample, "--out", tmp_path / "a").status == 0
    assert len(list((tmp_path / "a").iterdir())) == 2


def test_images_of_several_sizes_name_the_option(
    whorl: Whorl, images: Path, tmp_path: Path
) -> None:
    save(image_set(smooth_images(2, np.random.default_rng(1), 20), "large"), images / "large")
    for file in (images / "large").iterdir():
        file.rename(images / file.name)
    (images / "large").rmdir()
    ran = whorl("generator", "train", "pca-diffusion", images, "--out", tmp_path / "g", "-q")
    assert ran.status == 1
    assert "--size N where a generator is to learn from them" in ran.err


def test_sizes_that_do_not_divide_name_the_option(
    whorl: Whorl, images: Path, tmp_path: Path
) -> None:
    words = ("generator", "train", "latent-diffusion", images, "--out", tmp_path / "g", "-q")
    ran = whorl(*words, "--size", 40)
    assert ran.status == 1
    assert "multiples of 32 pixels, and these are 40×40: --size 32" in ran.err
    assert not (tmp_path / "g").exists()


def test_a_device_that_is_not_there(whorl: Whorl, images: Path, tmp_path: Path) -> None:
    words = ("generator", "train", "gan", images, "--out", tmp_path / "g", "-q", "--size", 16)
    ran = whorl(*words, "--device", "gpu")
    assert ran.status == 1
    assert "must be cpu, cuda or cuda:NUMBER" in ran.err
    assert "neither cpu nor gpu" in whorl(*words, "--preset", "tpu").err


def test_one_image_is_too_few(whorl: Whorl, tmp_path: Path) -> None:
    one = save(image_set(smooth_images(1, np.random.default_rng(0)), "ct"), tmp_path / "one")
    ran = whorl("generator", "train", "pca-diffusion", one, "--out", tmp_path / "g", "-q")
    assert ran.status == 1
    assert "at least two different images" in ran.err


def test_a_missing_safetensors_names_the_extra(
    whorl: Whorl, images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "safetensors.numpy", None)
    words = ("generator", "train", "pca-diffusion", images, "--out", tmp_path / "g", "-q")
    ran = whorl(*words, "--steps", 5)
    assert ran.status == 1
    assert "pip install 'whorl-audit[generate]'" in ran.err
