"""A generator's folder: what it holds, and that an interruption changes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from whorl.errors import WhorlError
from whorl.generators import PCADiffusion, load_generator, train_in_folder
from whorl.generators.base import State
from whorl.generators.card import read_card
from whorl.generators.folder import CHECKPOINT, GENERATOR
from whorl.generators.pca_diffusion import PCATraining
from whorl.generators.store import GeneratorError, read_state, write_state
from whorl.testing.worlds import image_set, smooth_images

SMALL = PCADiffusion(components=5, width=16, depth=2, steps=60, batch=8, sampling_steps=5)
IMAGES = image_set(smooth_images(12, np.random.default_rng(0), 16), "image")


class KilledError(Exception):
    """Stands for a kill."""


def kill_at(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = PCATraining.step

    def dying(training: PCATraining) -> None:
        if len(training.losses) == step:
            raise KilledError
        whole(training)

    monkeypatch.setattr(PCATraining, "step", dying)


@pytest.mark.parametrize("step", [3, 20, 47])
def test_killed_and_resumed_ends_bit_for_bit_as_uninterrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    train_in_folder(SMALL, IMAGES, tmp_path / "whole", seed=4, every=20)
    with monkeypatch.context() as patch:
        kill_at(step, patch)
        with pytest.raises(KilledError):
            train_in_folder(SMALL, IMAGES, tmp_path / "killed", seed=4, every=20)
    assert (tmp_path / "killed" / CHECKPOINT).exists() == (step >= 20)
    assert not (tmp_path / "killed" / GENERATOR).exists()
    train_in_folder(SMALL, IMAGES, tmp_path / "killed", seed=4, every=20, resume=True)
    for name in (GENERATOR, "losses.csv", "samples.png"):
        whole, killed = ((tmp_path / run / name).read_bytes() for run in ("whole", "killed"))
        assert whole == killed, name
    assert not (tmp_path / "killed" / CHECKPOINT).exists()


def test_what_a_finished_folder_holds(tmp_path: Path) -> None:
    train_in_folder(SMALL, IMAGES, tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    pictures = {"losses.csv", "losses.png", "samples.png"}
    assert names == {"card.json", "card.md", GENERATOR} | pictures
    card = read_card(tmp_path)
    assert (card.kind, card.training_images, card.steps) == ("pca-diffusion", 12, 60)
    assert card.training_hashes == tuple(sorted(IMAGES.hashes))
    assert (card.width, card.height, card.samples) == (16, 16, 200)
    assert 0 <= card.copied_share <= card.memorised_share <= 1
    assert IMAGES.hashes[0] not in (tmp_path / "card.md").read_text("utf-8")
    with Image.open(tmp_path / "samples.png") as sheet:
        assert sheet.size == (6 * 18 - 2, 6 * 18 - 2)
    lines = (tmp_path / "losses.csv").read_text().splitlines()
    assert lines[0] == "step,mean_loss"
    assert lines[-1].split(",")[0] == "60"


def test_a_trained_generator_holds_neither_training_images_nor_projections(tmp_path: Path) -> None:
    train_in_folder(SMALL, IMAGES, tmp_path)
    assert "codes" not in read_state(tmp_path / GENERATOR).arrays


def test_a_finished_training_is_loaded_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = train_in_folder(SMALL, IMAGES, tmp_path)
    kill_at(0, monkeypatch)
    again = train_in_folder(SMALL, IMAGES, tmp_path, resume=True)
    np.testing.assert_array_equal(again.sample(3, seed=1), trained.sample(3, seed=1))


def test_nothing_is_overwritten_without_resume(tmp_path: Path) -> None:
    train_in_folder(SMALL, IMAGES, tmp_path)
    with pytest.raises(GeneratorError, match=r"holds generator\.safetensors already: --resume"):
        train_in_folder(SMALL, IMAGES, tmp_path)


def test_another_training_is_not_resumed(tmp_path: Path) -> None:
    train_in_folder(SMALL, IMAGES, tmp_path)
    with pytest.raises(GeneratorError, match="other --seed"):
        train_in_folder(SMALL, IMAGES, tmp_path, seed=1, resume=True)
    with pytest.raises(GeneratorError, match="other settings and images"):
        train_in_folder(replace(SMALL, steps=9), IMAGES.take([0, 1]), tmp_path, resume=True)


def test_a_folder_without_a_generator(tmp_path: Path) -> None:
    with pytest.raises(GeneratorError, match=r"holds no generator\.safetensors"):
        load_generator(tmp_path)
    write_state(tmp_path / CHECKPOINT, State({}, {}))
    with pytest.raises(GeneratorError, match="was interrupted: finish it with --resume"):
        load_generator(tmp_path)


def test_damaged_and_foreign_files(tmp_path: Path) -> None:
    file = tmp_path / GENERATOR
    file.write_bytes(b"\x80\x04not a safetensors file")
    with pytest.raises(GeneratorError, match="damaged"):
        load_generator(tmp_path)
    from safetensors.numpy import save

    file.write_bytes(save({"a": np.ones(2)}))
    with pytest.raises(GeneratorError, match="was not written by whorl"):
        load_generator(tmp_path)
    write_state(file, State({}, {"kind": "vae", "settings": {}}))
    with pytest.raises(GeneratorError, match="another version of whorl: 'vae'"):
        load_generator(tmp_path)


def test_a_card_that_breaks_its_schema(tmp_path: Path) -> None:
    train_in_folder(SMALL, IMAGES, tmp_path)
    card = json.loads((tmp_path / "card.json").read_text())
    (tmp_path / "card.json").write_text(json.dumps(card | {"steps": "many"}))
    with pytest.raises(WhorlError, match=r"card\.json: steps: "):
        read_card(tmp_path)
    (tmp_path / "card.json").unlink()
    with pytest.raises(WhorlError, match=r"card\.json: cannot be read"):
        read_card(tmp_path)
