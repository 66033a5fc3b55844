"""What every kind of generator promises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.generators.tiny import TINY
from whorl.compute import Compute, computing
from whorl.errors import ImageError, WhorlError
from whorl.generators import KINDS, Generator, load_generator, train_in_folder
from whorl.generators import folder as folders
from whorl.generators.base import Training, steps_of
from whorl.generators.card import read_card
from whorl.generators.folder import CHECKPOINT, GENERATOR
from whorl.generators.store import read_state
from whorl.generators.training import NetworkGenerator, NetworkTraining
from whorl.progress import shown
from whorl.testing.worlds import image_set, smooth_images

IMAGES = image_set(smooth_images(12, np.random.default_rng(0), 16), "image")
OF_NETWORKS = [name for name, kind in KINDS.items() if issubclass(kind, NetworkGenerator)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Compute on one thread, and measure cards on few samples."""
    monkeypatch.setattr(folders, "CARD_SAMPLES", 20)
    monkeypatch.setattr(folders, "SHEET", 4)
    monkeypatch.setattr(folders, "SHEETS", 2)
    with computing(Compute(threads=1)):
        yield


class KilledError(Exception):
    """Stands for a kill."""


def train_killed_at(step: int, generator: Generator, folder: Path, **options: Any) -> None:
    """Train until so many steps are done, and die."""
    kind = type(generator.start(IMAGES.pixels, 0))
    whole = kind.step

    def dying(training: Training) -> None:
        if len(training.losses) == step:
            raise KilledError
        whole(training)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kind, "step", dying)
        with pytest.raises(KilledError):
            train_in_folder(generator, IMAGES, folder, **options)


def test_every_kind_is_tested() -> None:
    assert set(TINY) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_both_presets_can_be_told_and_read(kind: str) -> None:
    cpu, gpu = (KINDS[kind].preset(name) for name in ("cpu", "gpu"))
    assert gpu.steps >= cpu.steps
    for generator in (cpu, gpu):
        assert KINDS[kind].from_dict(generator.to_dict()) == generator


@pytest.mark.parametrize("kind", KINDS)
def test_killed_anywhere_and_resumed_ends_bit_for_bit_as_uninterrupted(
    kind: str, tmp_path: Path
) -> None:
    train_in_folder(TINY[kind], IMAGES, tmp_path / "whole", seed=4, every=1)
    for step in (2, 4, 7):  # the latent diffusion's second stage begins after step 4
        killed = tmp_path / f"killed at {step}"
        train_killed_at(step, TINY[kind], killed, seed=4, every=1)
        assert (killed / CHECKPOINT).exists()
        assert not (killed / GENERATOR).exists()
        train_in_folder(TINY[kind], IMAGES, killed, seed=4, resume=True)
        for name in (GENERATOR, "losses.csv", "samples.png"):
            assert (killed / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
        assert not (killed / CHECKPOINT).exists()


@pytest.mark.parametrize(
    ("already", "announced"),
    [(0, {"autoencoder": 4, "diffusion": 6}), (3, {"autoencoder": 1, "diffusion": 6}),
     (4, {"diffusion": 6}), (8, {"diffusion": 2})],
)  # fmt: skip
def test_each_stage_that_is_left_has_its_own_progress(
    already: int, announced: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    training = TINY["latent-diffusion"].start(IMAGES.pixels, 0)
    for _ in range(already):
        training.step()
    with shown():
        assert list(steps_of(training)) == [*range(already + 1, 11)]
    said = re.findall(r"training the generator: (\w+): (\d+) done", capsys.readouterr().err)
    assert {stage: int(steps) for stage, steps in said} == announced


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_finished_folder_holds(kind: str, tmp_path: Path) -> None:
    trained = train_in_folder(TINY[kind], IMAGES, tmp_path, seed=1)
    names = {path.name for path in tmp_path.iterdir()}
    pictures = {"losses.csv", "losses.png", "samples.png"}
    assert names == {"card.json", "card.md", GENERATOR} | pictures
    card = read_card(tmp_path)
    assert (card.kind, card.training_images, card.steps) == (kind, 12, 10)
    assert card.settings == TINY[kind].to_dict()
    assert set(card.versions) == {"python", "whorl", "numpy", *KINDS[kind].libraries}
    assert card.device.startswith("CPU")
    with Image.open(tmp_path / "losses.png") as picture:
        assert len(np.unique(np.asarray(picture.convert("L")))) > 10
    again = load_generator(tmp_path)
    assert again.settings == TINY[kind]
    np.testing.assert_array_equal(again.sample(3, seed=1), trained.sample(3, seed=1))


@pytest.mark.parametrize("kind", KINDS)
def test_samples_follow_from_the_seed(kind: str) -> None:
    trained = TINY[kind].train(IMAGES.pixels, seed=1)
    samples = trained.sample(3, seed=5)
    assert (samples.dtype, samples.shape) == (np.uint8, (3, 16, 16))
    np.testing.assert_array_equal(trained.sample(3, seed=5), samples)
    assert (trained.sample(3, seed=6) != samples).any()
    other = TINY[kind].train(IMAGES.pixels, seed=2)
    assert (other.sample(3, seed=5) != samples).any()


@pytest.mark.parametrize("kind", KINDS)
def test_training_goes_on_after_a_look(kind: str) -> None:
    """What is made of a training does not change with its further steps, nor changes them."""
    looked, left = (TINY[kind].start(IMAGES.pixels, 3) for _ in range(2))
    for step in range(6):
        for training in (looked, left):
            training.step()
        if step == 2:
            trained = looked.trained()
            before = trained.sample(2)
            looked.preview(2)
    np.testing.assert_array_equal(trained.sample(2), before)
    np.testing.assert_array_equal(looked.trained().sample(2), left.trained().sample(2))


@pytest.mark.parametrize("kind", KINDS)
def test_sides_need_not_be_equal(kind: str) -> None:
    oblong = smooth_images(8, np.random.default_rng(1), 32)[:, :16]
    assert TINY[kind].train(oblong).sample(2).shape == (2, 16, 32)


@pytest.mark.parametrize("kind", KINDS)
def test_one_image_is_too_few(kind: str) -> None:
    with pytest.raises(ImageError, match="at least two different images"):
        TINY[kind].start(np.repeat(IMAGES.pixels[:1], 3, axis=0), 0)


@pytest.mark.parametrize("kind", OF_NETWORKS)
def test_sizes_that_the_networks_do_not_divide(kind: str) -> None:
    odd = np.random.default_rng(0).integers(0, 256, (4, 19, 21), dtype=np.uint8)
    fault = rf"^{kind}: .* multiples of \d+ pixels, .* 21×19: --size (20|24) resizes them$"
    with pytest.raises(ImageError, match=fault):
        TINY[kind].start(odd, 0)


@pytest.mark.parametrize("kind", OF_NETWORKS)
def test_a_trained_generator_holds_no_training_images(kind: str, tmp_path: Path) -> None:
    train_in_folder(TINY[kind], IMAGES, tmp_path)
    arrays = read_state(tmp_path / GENERATOR).arrays
    assert {name.split("/")[0] for name in arrays} <= {"unet", "autoencoder", "generator"}


@pytest.mark.parametrize("kind", OF_NETWORKS)
def test_out_of_memory_names_the_options_to_turn(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    def greedy(_: NetworkTraining) -> float:
        raise torch.OutOfMemoryError("CUDA out of memory")

    training = TINY[kind].start(IMAGES.pixels, 0)
    monkeypatch.setattr(type(training), "advance", greedy)
    with pytest.raises(WhorlError, match=r"--preset cpu.*--size.*--batch"):
        training.step()


def test_other_faults_of_torch_are_not_called_a_lack_of_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(_: NetworkTraining) -> float:
        raise RuntimeError("shapes differ")

    training = TINY["gan"].start(IMAGES.pixels, 0)
    monkeypatch.setattr(type(training), "advance", failing)
    with pytest.raises(RuntimeError, match="shapes differ"):
        training.step()


@pytest.mark.parametrize("kind", OF_NETWORKS)
def test_a_missing_library_names_the_extra(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    library = TINY[kind].libraries[-1]
    monkeypatch.setitem(__import__("sys").modules, library, None)
    with pytest.raises(WhorlError, match=rf"{library}.*pip install 'whorl-audit\["):
        TINY[kind].start(IMAGES.pixels, 0)


@pytest.mark.parametrize("kind", OF_NETWORKS)
def test_loss_falls(kind: str) -> None:
    if kind == "gan":
        pytest.skip("the discriminator's loss need not fall")
    longer = replace(TINY[kind], steps=60)
    training = longer.start(IMAGES.pixels, 0)
    for _ in range(60):
        training.step()
    stage = training.losses[24:] if kind == "latent-diffusion" else training.losses
    assert np.mean(stage[-10:]) < np.mean(stage[:5])
