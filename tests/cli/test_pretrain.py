from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.cli.conftest import Whorl, save
from tests.networks.weights import SMALL
from whorl.runs import CATALOGUE
from whorl.tasks.view import Task

pytest.importorskip("torch")


@pytest.fixture
def weights(tmp_path: Path, task: Task, whorl: Whorl) -> Path:
    """A file that whorl pretrain wrote."""
    images = save(task.view.candidates, tmp_path / "images")
    out = tmp_path / "encoder.safetensors"
    ran = whorl("pretrain", images, "--backbone", SMALL, "--out", out, "--size", 32,
                "--epochs", 1, "--quiet")  # fmt: skip
    assert ran.status == 0, ran.err
    assert f"{out}: {SMALL}, trained on 30 images; SHA-256 " in ran.out
    return out


@pytest.mark.usefixtures("small")
def test_pretrained_weights_are_found_and_said(weights: Path, folder: Path, whorl: Whorl) -> None:
    ran = whorl("run", "small", "--test", folder / "test", "--development", folder / "development",
                "--weights", weights, "--out", folder / "run.csv", "--folds", 0, "-q")  # fmt: skip
    assert ran.status == 0, ran.err
    assert f"{SMALL} starts from the weights {weights.name} (SHA-256 " in ran.out
    assert (folder / "run.csv").exists()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue entry with a small backbone and no weights."""
    from whorl.decisions import Above
    from whorl.features.embeddings import Embedding
    from whorl.networks.backbones import Backbone
    from whorl.runs import Entry
    from whorl.runs.teams.clef_cse_gan.clusters import TwoClusters

    method = TwoClusters(Embedding(Backbone(SMALL, size=32)))
    monkeypatch.setitem(CATALOGUE, "small", Entry("small", method, Above(0), "of the tests"))


@pytest.mark.parametrize("command", ["run", "fit"])
@pytest.mark.usefixtures("small")
def test_without_weights_one_clear_sentence(command: str, folder: Path, whorl: Whorl) -> None:
    words = [command, "small", "--development", folder / "development", "--out", folder / "x"]
    ran = whorl(*words, *(("--test", folder / "test") if command == "run" else ()), "-q")
    assert ran.status == 1
    assert ran.err.startswith(f"whorl: {SMALL} starts from pretrained weights: pass --weights")
    assert ran.err.count("\n") == 1
    assert not (folder / "x").exists()


@pytest.mark.usefixtures("small")
def test_a_model_keeps_its_weights_and_takes_no_others(
    weights: Path, folder: Path, whorl: Whorl
) -> None:
    model = folder / "small.model"
    ran = whorl("fit", "small", "--development", folder / "development", "--weights", weights,
                "--out", model, "--folds", 0, "-q")  # fmt: skip
    assert ran.status == 0, ran.err
    words = ("run", model, "--test", folder / "test", "--out", folder / "run.csv", "-q")
    ran = whorl(*words)
    assert ran.status == 0, ran.err
    assert f"starts from the weights {weights.name} (SHA-256 " in ran.out
    assert whorl(*words, "--budget", "fast").status == 2


@pytest.mark.usefixtures("small")
def test_a_missing_file_of_weights_is_named(folder: Path, whorl: Whorl) -> None:
    ran = whorl("fit", "small", "--development", folder / "development", "--weights", "nowhere.pt",
                "--out", folder / "x", "-q")  # fmt: skip
    assert ran.status == 1
    assert "nowhere.pt: cannot be read" in ran.err


@pytest.mark.parametrize(
    "option", [("--weights", "imagenet"), ("--budget", "fast"), ("--subsample-generated", 3),
               ("--stage", ".")],
)  # fmt: skip
def test_an_option_that_a_method_does_not_take_is_a_usage_error(
    option: tuple[object, ...], folder: Path, whorl: Whorl
) -> None:
    ran = whorl("run", "vcmi-3", "--test", folder / "test", "--out", folder / "x", *option)
    assert ran.status == 2
    assert str(option[0]) in ran.err
    assert "vcmi-3" in ran.err


def test_an_audit_records_what_was_set(folder: Path, whorl: Whorl) -> None:
    sets = folder / "test" / "generated_1", folder / "test" / "real_unknown_1"
    given = "--method", "nearest-ssim", "--weights", "imagenet"
    ran = whorl("audit", *sets, *given, "--out", folder / "audit")
    assert ran.status == 2
    assert "nearest-ssim starts from no pretrained weights" in ran.err


def test_one_image_is_too_few(tmp_path: Path, whorl: Whorl) -> None:
    (tmp_path / "images").mkdir()
    Image.new("L", (32, 32)).save(tmp_path / "images" / "a.png")
    ran = whorl("pretrain", tmp_path / "images", "--backbone", SMALL, "--out", tmp_path / "w", "-q")
    assert ran.status == 1
    assert "at least two" in ran.err
    assert not (tmp_path / "w").exists()


def test_an_unknown_backbone_is_named(tmp_path: Path, whorl: Whorl, task: Task) -> None:
    images = save(task.view.candidates, tmp_path / "images")
    ran = whorl("pretrain", images, "--backbone", "resnet5O", "--out", tmp_path / "w", "-q")
    assert ran.status == 1
    assert "no backbone called 'resnet5O'" in ran.err
