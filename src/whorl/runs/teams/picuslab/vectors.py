"""The vectors of team PicusLabMed (Naples): of networks trained on a development set.

Of it the overview paper tells the two extractors of vectors, Vector-Net and the deforming
autoencoder, the classifiers, and numbers that stand for the groups of images each extractor was
trained on. That 1 is not used + used, 2 generated + used and 3 generated + not used, and all
layers, lengths and plans of training, are our reading.

References
----------
Andrei et al. Overview of ImageCLEFmedical GANs 2023 task. CLEF 2023 Working Notes.
Shu et al. Deforming autoencoders. ECCV 2018.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from whorl.images import ImageSet
from whorl.networks.pictures import Positions, computed_on_images, pictures_of
from whorl.networks.runtime import arrays_of, device, load_arrays, ready, seeded
from whorl.networks.training import Plan, trained
from whorl.networks.two_groups import told_apart
from whorl.tasks.view import Development

if TYPE_CHECKING:
    import torch
    from torch import nn

Group = Literal["generated", "used", "not_used"]
Pairing = tuple[Group, Group]
Arrays = dict[str, NDArray[Any]]

ONE: Pairing = ("not_used", "used")
TWO: Pairing = ("generated", "used")
THREE: Pairing = ("generated", "not_used")


class Extractor(ABC):
    """What makes vectors of images, by networks trained on groups of the development set.

    Subclasses are frozen dataclasses whose fields are the parameters. Trained where there is a
    cache, a network is kept there, and methods that train the same one share it.
    """

    @abstractmethod
    def learned(self, development: Development, seed: int) -> list[Arrays]:
        """Train, and return the weights of each network."""

    @abstractmethod
    def vectors(self, weights: Sequence[Arrays], images: ImageSet) -> NDArray[np.float32]:
        """Return the images' vectors as rows, in the images' order."""


@dataclass(frozen=True)
class VectorNets(Extractor):
    """Vector-Net: a convolutional network told to tell two groups apart; its last vector but one.

    Of several pairings of groups the networks' vectors are put side by side. In training either
    group weighs the same.

    Attributes
    ----------
    pairings : tuple of tuple of str
        The two groups that each network tells apart.
    width : int
        Channels of the first of five blocks.
    length : int
        Of a network's vector.
    side : int or None
        Images are resized to side × side first; None leaves them as they are.
    plan : Plan
        How each network is trained.
    """

    pairings: tuple[Pairing, ...] = (ONE,)
    width: int = 16
    length: int = 128
    side: int | None = None
    plan: Plan = Plan(50, 32, 1e-3)

    def own_fast(self) -> VectorNets:
        """Return it on images of 64 × 64 pixels, for 5 epochs."""
        return replace(self, side=64, plan=replace(self.plan, epochs=5))

    def learned(self, development: Development, seed: int) -> list[Arrays]:
        """Train a network for each pairing."""
        return [self._trained(pairing, development, seed) for pairing in self.pairings]

    def vectors(self, weights: Sequence[Arrays], images: ImageSet) -> NDArray[np.float32]:
        """Return the vectors of all networks, side by side."""
        ready()
        from whorl.networks.autoencoders import encoding
        from whorl.runs.teams.picuslab.vector_net import VectorNet

        columns = []
        for arrays in weights:
            network = VectorNet(self.width, self.length)
            load_arrays(network, arrays)
            made = computed_on_images(encoding(network.vectors), images, side=self.side)
            columns.append(made)
        return np.hstack(columns)

    def _trained(self, pairing: Pairing, development: Development, seed: int) -> Arrays:
        """Train a network to tell two groups apart."""
        ready()
        from whorl.runs.teams.picuslab.vector_net import VectorNet

        first, second = (getattr(development, group) for group in pairing)
        network = told_apart(
            lambda _: VectorNet(self.width, self.length), first, second, self.plan,
            side=self.side, seed=seed, key=repr(replace(self, pairings=(pairing,))),
        )  # fmt: skip
        return arrays_of(network)


@dataclass(frozen=True)
class DeformingCodes(Extractor):
    """Latent codes of a deforming autoencoder, trained on groups without their labels.

    Attributes
    ----------
    groups : tuple of str
        What it is trained on.
    width : int
        Channels of the first convolution.
    latent, appearance, warp : int
        Lengths of the latent code, and of the two that texture and warp are decoded from.
    side : int
        Images are resized to side × side.
    plan : Plan
        How it is trained.
    """

    groups: tuple[Group, ...]
    width: int = 16
    latent: int = 128
    appearance: int = 16
    warp: int = 128
    side: int = 64
    plan: Plan = Plan(200, 64, 2e-4, betas=(0.5, 0.999))

    def own_fast(self) -> DeformingCodes:
        """Return it on images of 32 × 32 pixels, for 5 epochs of larger steps."""
        plan = replace(self.plan, epochs=5, batch=32, learning_rate=2e-3)
        return replace(self, side=32, plan=plan)

    def learned(self, development: Development, seed: int) -> list[Arrays]:
        """Train the autoencoder."""
        place = device()
        import torch

        from whorl.runs.teams.picuslab.deforming import Unit, deforming_loss

        pictures = pictures_of(*(getattr(development, g) for g in self.groups), side=self.side)
        unit = Unit()

        def loss(network: nn.Module, rows: Positions, _: np.random.Generator) -> torch.Tensor:
            images = unit(torch.from_numpy(pictures.batch(rows)).to(place))
            return deforming_loss(network, images)

        with seeded(seed):
            network = self._network()
        trained(
            network.to(place), loss, len(pictures), self.plan, seed=seed,
            label="training deforming autoencoder", key=f"{self!r} {pictures.digest()}",
        )  # fmt: skip
        return [arrays_of(network)]

    def vectors(self, weights: Sequence[Arrays], images: ImageSet) -> NDArray[np.float32]:
        """Return the latent codes."""
        ready()
        from torch import nn

        from whorl.runs.teams.picuslab.deforming import Unit

        network = self._network()
        load_arrays(network, weights[0])
        return computed_on_images(nn.Sequential(Unit(), network.encoder), images, side=self.side)

    def _network(self) -> Any:
        """Return the autoencoder with its first weights."""
        from whorl.runs.teams.picuslab.deforming import DeformingAutoencoder

        return DeformingAutoencoder(self.side, self.width, self.latent, self.appearance, self.warp)
