"""Backbones: image networks by timm's names, and what comes before their classifier."""

from __future__ import annotations

import difflib
import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from whorl.errors import WhorlError
from whorl.extras import imported
from whorl.networks.packaged import ARCHITECTURE, DISTRIBUTION, PACKAGE, packaged_for
from whorl.networks.runtime import EXTRA, device, seeded
from whorl.networks.torchvision_operators import torchvision
from whorl.networks.weights import (
    IMAGENET,
    Weights,
    WeightsError,
    file_weights,
    lacking_weights,
    load_weights,
    packaged_weights,
)

if TYPE_CHECKING:
    from torch import nn

    from whorl.networks.embedder import Embedder

FAST_SIZE = 80  # InceptionV3 takes no less than 75


@dataclass(frozen=True)
class Backbone:
    """A pretrained image network, whose embedding is what comes before its classifier.

    For ``vgg16`` that is its second dense layer (4,096 values), for ``resnet50`` the pooled maps
    (2,048), for ``vit_base_patch32_224`` the class token (768). Grey images are repeated to three
    channels.

    Attributes
    ----------
    name : str
        timm's name of the architecture.
    weights : Weights or None
        What it starts from; without them nothing is computed.
    pooling : {"avg", "max"} or None
        How its last maps are pooled; None is the architecture's own way.
    size : int
        Height and width, in pixels, to which images are resized.
    """

    name: str = "resnet50"
    weights: Weights | None = field(default=None, metadata={"option": "--weights"})
    pooling: Literal["avg", "max"] | None = None
    size: int = 224

    @property
    def architecture(self) -> str:
        """What is computed, by timm's name: with weights of the package, what these are of."""
        packaged = self.weights is not None and self.weights.source == PACKAGE
        return ARCHITECTURE if packaged else self.name

    @property
    def title(self) -> str:
        """What it is called where a user reads it."""
        stand_in = f"{self.architecture}, in place of {self.name},"
        return self.name if self.architecture == self.name else stand_in

    def own_fast(self) -> Backbone:
        """Return the backbone with smaller images."""
        return replace(self, size=min(self.size, FAST_SIZE))

    def network(self, seed: int = 0) -> Embedder:  # noqa: ARG002
        """Return the network with its weights, in evaluation mode, on the device in force.

        Nothing is drawn by the seed.

        Raises
        ------
        NeedError
            If there are no weights, or torch or timm is not installed.
        WeightsError
            If the weights cannot be had, or do not fit.
        """
        if self.weights is None:
            raise lacking_weights(self.name)
        if self.weights.source == IMAGENET:
            model = _from_hub(self.name, self.weights, self.pooling)
        else:
            model = bare_model(self.architecture, pooling=self.pooling)
            load_weights(model, self.weights, self.architecture)
        return _placed(model, self.size, 3)

    def blank(self) -> Embedder:
        """Return the network for weights that are about to be loaded, on the device in force."""
        return _placed(bare_model(self.architecture, pooling=self.pooling), self.size, 3)


@dataclass(frozen=True)
class Untrained:
    """A plain convolutional network that starts from random weights, whatever the user has.

    Attributes
    ----------
    channels : tuple of int
        Of its blocks.
    size : int
        Height and width, in pixels, to which images are resized.
    """

    channels: tuple[int, ...] = (16, 32, 64, 128)
    size: int = 224

    def network(self, seed: int = 0) -> Embedder:
        """Return the network with weights drawn by the seed, on the device in force."""
        with seeded(seed):
            from whorl.networks.convnet import ConvNet

            return _placed(ConvNet(self.channels), self.size, 1)

    def blank(self) -> Embedder:
        """Return the network for weights that are about to be loaded, on the device in force."""
        return self.network()


def find_weights(text: str, backbone: str) -> Weights:
    """Return the weights that were asked for.

    Parameters
    ----------
    text : str
        "imagenet", "package", or the path of a file.
    backbone : str
        timm's name of the architecture.

    Raises
    ------
    WeightsError
        If the file cannot be read, or there are no ImageNet weights of this architecture.
    NeedError
        If the package is asked for and not installed.
    """
    if text == PACKAGE:
        if not packaged_for(_known(backbone)):
            raise WeightsError(
                f"--weights {PACKAGE}: {DISTRIBUTION} holds {ARCHITECTURE}, not {backbone}: pass "
                "--weights imagenet or --weights PATH"
            )
        return packaged_weights()
    if text != IMAGENET:
        return file_weights(text)
    config = timm().get_pretrained_cfg(_known(backbone))
    if config is None or not config.has_weights:
        raise WeightsError(f"there are no ImageNet weights of {backbone}: pass --weights PATH")
    return Weights(IMAGENET, f"{backbone}.{config.tag}")


def bare_model(
    name: str,
    *,
    seed: int = 0,
    channels: int = 3,
    pooling: str | None = None,
    **options: Any,
) -> nn.Module:
    """Return a timm model without classifier, with random weights drawn by the seed.

    Raises
    ------
    WhorlError
        If there is no architecture of that name.
    """
    with seeded(seed):
        model: nn.Module = timm().create_model(
            _known(name), in_chans=channels, num_classes=0, **_shaped(name, pooling), **options
        )
    return model


def bare_embedder(name: str, size: int, *, seed: int, channels: int = 3) -> Embedder:
    """Return an untrained network whose weights are drawn by the seed, on the device in force."""
    return _placed(bare_model(name, seed=seed, channels=channels), size, channels)


def width_of(embedder: Embedder) -> int:
    """Return the number of values in an embedding."""
    model: Any = embedder.model
    return int(getattr(model, "head_hidden_size", model.num_features))


def timm() -> Any:
    """Return timm, with torchvision in a state that it can import."""
    torchvision()
    return imported("timm", EXTRA, "a backbone")


def _placed(model: nn.Module, size: int, channels: int) -> Embedder:
    """Return the network of a model, in evaluation mode, on the device in force."""
    from whorl.networks.embedder import Embedder

    return Embedder(model, size, channels).to(device()).eval()


def _from_hub(name: str, weights: Weights, pooling: str | None) -> nn.Module:
    """Return a model with timm's own weights: downloaded once, then from the hub's cache."""
    library = timm()
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # it tells of each attempt
    try:
        model: nn.Module = library.create_model(
            weights.tag, pretrained=True, num_classes=0, **_shaped(name, pooling)
        )
    except Exception as error:  # the hub raises a dozen kinds, which differ with its version
        reason = str(error).strip().split("\n")[0].split(". ")[0]
        raise WeightsError(
            f"--weights imagenet: {weights.tag} could not be downloaded "
            f"({type(error).__name__}: {reason}): go online once, or pass --weights PATH; "
            f"whorl pretrain IMAGES --backbone {name} --out PATH makes such a file"
        ) from error
    return model


def _shaped(name: str, pooling: str | None) -> dict[str, Any]:
    """Return the options of a model that takes images of any size, pooled as asked for."""
    options: dict[str, Any] = {} if pooling is None else {"global_pool": pooling}
    if timm().models.model_entrypoint(name).__module__.endswith(".vision_transformer"):
        options["dynamic_img_size"] = True
    return options


def _known(name: str) -> str:
    """Return the name, which must be one of timm's."""
    library = timm()
    if not library.is_model(name):
        close = difflib.get_close_matches(name, library.list_models(), n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(close)}?" if close else "see timm.list_models()"
        raise WhorlError(f"there is no backbone called {name!r}; {hint}")
    return name
