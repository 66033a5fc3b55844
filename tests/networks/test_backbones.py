from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.networks.weights import SMALL, small_backbone, small_weights
from whorl.errors import NeedError, WhorlError
from whorl.networks import backbones
from whorl.networks.backbones import Backbone, bare_embedder, bare_model, find_weights, width_of
from whorl.networks.embedder import Embedder
from whorl.networks.runtime import arrays_of
from whorl.networks.weights import WeightsError

torch = pytest.importorskip("torch")

PIXELS = np.random.default_rng(0).integers(0, 256, (3, 40, 40), np.uint8)


@pytest.mark.parametrize(
    ("name", "size", "width"),
    [(SMALL, 32, 96), ("test_vit", 64, 64), ("efficientnet_b0", 32, 1280)],
)
@pytest.mark.parametrize("channels", [1, 3])
def test_one_embedding_for_each_image(name: str, size: int, width: int, channels: int) -> None:
    embedder = bare_embedder(name, size, seed=0, channels=channels)
    with torch.inference_mode():
        found = embedder(torch.tensor(PIXELS))
    assert found.shape == (3, width)
    assert width_of(embedder) == width


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "width"),
    [("resnet18", 512), ("resnet50", 2048), ("resnet101", 2048), ("vgg11", 4096), ("vgg16", 4096),
     ("inception_v3", 2048), ("efficientnet_b0", 1280), ("vit_base_patch32_224", 768)],
)  # fmt: skip
def test_widths_of_the_teams_backbones(name: str, width: int) -> None:
    embedder = bare_embedder(name, 96, seed=0)
    with torch.inference_mode():
        assert embedder(torch.tensor(PIXELS)).shape == (3, width)
    assert width_of(embedder) == width


def test_images_are_resized_scaled_and_repeated() -> None:
    class Model(torch.nn.Identity):
        pretrained_cfg = {"mean": (0.5, 0.25, 0.0), "std": (0.5, 0.25, 1.0)}  # noqa: RUF012

    grey = torch.full((1, 8, 8), 127.5)
    out = Embedder(Model(), 4)(grey)
    assert out.shape == (1, 3, 4, 4)
    np.testing.assert_allclose(out[0, :, 0, 0], [0.0, 1.0, 0.5], atol=1e-6)
    one = Embedder(Model(), 8, channels=1)(grey)
    np.testing.assert_allclose(one[0, :, 0, 0], [(0.5 - 0.25) / (1.75 / 3)], atol=1e-6)


def test_pooling_is_as_asked_for() -> None:
    weights = small_weights()
    mean, largest = (
        Backbone(SMALL, weights, pooling, 64).network()(torch.tensor(PIXELS))
        for pooling in ("avg", "max")
    )
    assert (largest >= mean).all()
    assert (largest > mean).any()


def test_weights_are_those_of_the_file_and_drawn_by_the_seed_otherwise() -> None:
    loaded = arrays_of(small_backbone().network().model)
    drawn = [arrays_of(bare_model(SMALL, seed=seed)) for seed in (0, 1)]
    name = next(iter(loaded))
    np.testing.assert_array_equal(loaded[name], drawn[0][name])
    assert (drawn[0][name] != drawn[1][name]).any()


def test_without_weights_nothing_is_computed() -> None:
    with pytest.raises(NeedError, match="resnet50 starts from pretrained weights: pass --weights"):
        Backbone().network()


def test_an_unknown_backbone_is_named() -> None:
    with pytest.raises(WhorlError, match=r"no backbone called 'resnet5O'; did you mean resnet"):
        bare_model("resnet5O")


def test_imagenet_is_timms_own_tag() -> None:
    assert find_weights("imagenet", "resnet50").tag == "resnet50.a1_in1k"
    with pytest.raises(WeightsError, match="no ImageNet weights of botnet50ts_256:"):
        find_weights("imagenet", "botnet50ts_256")


def test_offline_the_hub_gives_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_: Any, **__: Any) -> Any:
        raise OSError("no route to host. And so on\nand on")

    weights = find_weights("imagenet", "resnet18")
    monkeypatch.setattr(backbones.timm(), "create_model", offline)
    with pytest.raises(WeightsError) as caught:
        Backbone("resnet18", weights).network()
    message = str(caught.value)
    assert "resnet18.a1_in1k could not be downloaded (OSError: no route to host)" in message
    assert "--weights PATH" in message
    assert "\n" not in message
