"""Pretraining a backbone on images without labels, so that methods work without a hub's weights."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from whorl.errors import WhorlError
from whorl.images import ImageSet
from whorl.networks.backbones import bare_embedder, width_of
from whorl.networks.runtime import device, ready, seeded
from whorl.networks.training import Plan, trained
from whorl.version import __version__

if TYPE_CHECKING:
    import torch
    from torch import nn

HOW = "SimCLR (two augmented views, NT-Xent)"


@dataclass(frozen=True)
class Pretraining:
    """How a backbone is pretrained: by contrast of two augmented views of each image.

    Attributes
    ----------
    backbone : str
        timm's name of the architecture.
    size : int
        Height and width, in pixels, of what it sees.
    epochs : int
        Passes over the images.
    batch : int
        Images in one step, which are told apart from each other.
    learning_rate : float
        Adam's.
    temperature : float
        Of NT-Xent.
    """

    backbone: str = "resnet50"
    size: int = 128
    epochs: int = 50
    batch: int = 64
    learning_rate: float = 1e-3
    temperature: float = 0.5

    def train(self, images: ImageSet, *, seed: int = 0) -> nn.Module:
        """Return the timm model, pretrained.

        The order and the names of the images do not matter. Where a cache is in force, a training
        that was interrupted goes on.

        Parameters
        ----------
        images : ImageSet
            At least two.
        seed : int
            Seeds first weights, order and augmentations.

        Raises
        ------
        WhorlError
            If there are fewer than two images, or no backbone of that name.
        """
        if len(images) < 2:
            raise WhorlError(f"{images.name}: pretraining tells images apart: give at least two")
        ready()
        import torch

        from whorl.networks.contrastive import Projected, nt_xent, random_view

        ordered = images.take(np.argsort(np.array(images.hashes), kind="stable"))
        encoder = bare_embedder(self.backbone, self.size, seed=seed)
        with seeded(seed):
            network = Projected(encoder, width_of(encoder)).to(device())

        def loss(network: nn.Module, rows: Any, rng: np.random.Generator) -> torch.Tensor:
            pixels = torch.tensor(ordered.pixels[rows], device=device())
            views = [random_view(pixels, self.size, rng) for _ in range(2)]
            projected = network(torch.cat(views)).chunk(2)
            return nt_xent(projected[0], projected[1], self.temperature)

        trained(
            network,
            loss,
            len(ordered),
            Plan(self.epochs, self.batch, self.learning_rate),
            seed=seed,
            label=f"pretraining {self.backbone}",
            key=f"{self!r} {images.content_digest}",
        )
        model: nn.Module = encoder.model
        return model

    def record(self, images: ImageSet, seed: int) -> dict[str, Any]:
        """Return what stands in the header of the file of weights."""
        return {
            "backbone": self.backbone,
            "how": HOW,
            "settings": repr(self),
            "seed": seed,
            "images": len(images),
            "images_sha256": images.content_digest,
            "versions": {name: version(name) for name in ("torch", "timm")}
            | {"whorl": __version__},
        }
