from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.networks.weights import SMALL, small_weights
from whorl.networks.backbones import bare_model
from whorl.networks.runtime import arrays_of
from whorl.networks.weights import (
    Weights,
    WeightsError,
    file_weights,
    lacking_weights,
    load_weights,
    save_weights,
)

torch = pytest.importorskip("torch")


def same(a: Any, b: Any) -> bool:
    first, second = arrays_of(a), arrays_of(b)
    return all((first[name] == second[name]).all() for name in first)


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    model, other = bare_model(SMALL, seed=1), bare_model(SMALL, seed=2)
    assert not same(model, other)
    weights = save_weights(tmp_path / "w.safetensors", model, {"backbone": SMALL})
    load_weights(other, weights, SMALL)
    assert same(model, other)


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_state_dict_is_loaded_and_its_classifier_left_out(tmp_path: Path, wrapped: bool) -> None:
    model, other = bare_model(SMALL, seed=1), bare_model(SMALL, seed=2)
    state = {**model.state_dict(), "fc.weight": torch.zeros(3, 96), "fc.bias": torch.zeros(3)}
    torch.save({"state_dict": state} if wrapped else state, tmp_path / "w.pth")
    load_weights(other, file_weights(tmp_path / "w.pth"), SMALL)
    assert same(model, other)


def test_a_file_for_another_backbone_names_both(tmp_path: Path) -> None:
    model = bare_model(SMALL)
    weights = save_weights(tmp_path / "w.safetensors", model, {"backbone": "resnet50"})
    with pytest.raises(WeightsError, match=rf"was made for resnet50, not for {SMALL}"):
        load_weights(model, weights, SMALL)


def test_missing_misshapen_and_foreign_tensors_are_named(tmp_path: Path) -> None:
    model = bare_model(SMALL)
    state = model.state_dict()
    first = next(iter(state))
    others = {name: tensor for name, tensor in state.items() if name != first}
    changes = {
        f"it lacks {first}": others,
        rf"{first} is of shape \(2,\), not \(": {**state, first: torch.zeros(2)},
        "it also holds alien": {**state, "alien": torch.zeros(2)},
    }
    for message, changed in changes.items():
        torch.save(changed, tmp_path / "w.pth")
        with pytest.raises(WeightsError, match=rf"w\.pth: does not fit {SMALL}: {message}"):
            load_weights(model, file_weights(tmp_path / "w.pth"), SMALL)


@pytest.mark.parametrize("content", [b"", b"no weights at all", bytes(8) + b"{", b"PK\x03\x04"])
def test_what_is_no_file_of_weights_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "w"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"w: is (neither a safetensors|damaged)"):
        load_weights(bare_model(SMALL), file_weights(path), SMALL)


def test_what_is_no_state_dict_is_refused(tmp_path: Path) -> None:
    torch.save([1, 2], tmp_path / "w")
    with pytest.raises(WeightsError, match="is no state dict"):
        load_weights(bare_model(SMALL), file_weights(tmp_path / "w"), SMALL)


def test_code_in_a_file_is_not_run(tmp_path: Path) -> None:
    torch.save({"a": Path("x")}, tmp_path / "w")  # any class but tensors
    with pytest.raises(WeightsError, match="is neither a safetensors file nor a state dict"):
        load_weights(bare_model(SMALL), file_weights(tmp_path / "w"), SMALL)


def test_a_file_that_changed_or_went_is_noticed(tmp_path: Path) -> None:
    weights = save_weights(tmp_path / "w", bare_model(SMALL), {})
    save_weights(tmp_path / "w", bare_model(SMALL, seed=5), {})
    with pytest.raises(WeightsError, match=r"is not the file that was named"):
        load_weights(bare_model(SMALL), weights, SMALL)
    (tmp_path / "w").unlink()
    with pytest.raises(WeightsError, match=r"--weights .*w: cannot be read"):
        load_weights(bare_model(SMALL), weights, SMALL)


def test_weights_say_which_they_are() -> None:
    assert small_weights().tag in repr(small_weights())
    assert "SHA-256" in str(small_weights())
    assert str(Weights("imagenet", "resnet50.a1_in1k")) == "imagenet (resnet50.a1_in1k)"
    message = str(lacking_weights("vgg16"))
    for way in ("--weights imagenet", "--weights PATH", "whorl pretrain IMAGES --backbone vgg16"):
        assert way in message
