"""A convolutional generative adversarial network that trains on a few hundred images."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from whorl.generators.base import Pixels, State
from whorl.generators.training import (
    NetworkGenerator,
    NetworkTraining,
    TrainedNetworks,
    stage_seed,
)
from whorl.networks.runtime import ready, seeded

if TYPE_CHECKING:
    import torch
    from torch import nn

SMALLEST = 4
BETAS = (0.0, 0.99)


@dataclass(frozen=True)
class GAN(NetworkGenerator):
    """Hyper-parameters of a generative adversarial network.

    A generator makes images from noise, and a discriminator tells them from training images:
    hinge loss, spectral normalisation of the discriminator (Miyato et al. 2018), and the same
    differentiable augmentation of all images that it sees (Zhao et al. 2020). What is sampled is
    the running average of the generator's weights.

    Attributes
    ----------
    steps : int
        Steps, each of the discriminator and then of the generator.
    batch : int
        Training images, and generated ones, in one step.
    numbers : int
        Length of the noise vector that an image is made from.
    fold : int
        Both networks see blocks of so many pixels a side folded into channels, which saves the
        convolutions at full size: most of the work on a CPU.
    width, widest : int
        Channels of the largest feature map; they double as the sides halve, up to the widest.
    generator_rate, discriminator_rate : float
        Adam's learning rates.
    averaging : float
        How much of the running average stays in each step.
    """

    steps: int = 6000
    batch: int = 8
    numbers: int = 64
    fold: int = 2
    width: int = 16
    widest: int = 128
    generator_rate: float = 2e-4
    discriminator_rate: float = 4e-4
    averaging: float = 0.998

    kind: ClassVar[str] = "gan"
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "cpu": {},
        "gpu": {
            "steps": 40_000,
            "batch": 32,
            "numbers": 128,
            "fold": 1,
            "width": 32,
            "widest": 512,
            "averaging": 0.999,
        },
    }

    def doublings(self, size: tuple[int, int]) -> int:
        """Return how often the generator's smallest feature map, 4 to 7 pixels, is doubled."""
        return max(int(math.log2(min(size) / self.fold / SMALLEST)), 0)

    def multiple(self, size: tuple[int, int]) -> int:
        """Return what the sides of images of about this size must be multiples of."""
        return int(self.fold * 2 ** self.doublings(size))

    def start(self, pixels: Pixels, seed: int) -> AdversarialTraining:
        """Prepare training on images."""
        return AdversarialTraining(self, pixels, seed)

    def restored(self, state: State) -> TrainedGAN:
        """Return the trained generator that gave `state`."""
        height, width = state.values["size"]
        return TrainedGAN(self, lambda: {"generator": self.networks((height, width))[0]}, state)

    def networks(self, size: tuple[int, int]) -> tuple[nn.Module, nn.Module]:
        """Return generator and discriminator with first weights."""
        from whorl.generators.networks.adversaries import Discriminator, GeneratorNetwork

        times = self.doublings(size)
        widths = [min(self.width * 2**level, self.widest) for level in range(times + 1)]
        height, width = (side // self.fold >> times for side in size)
        generator = GeneratorNetwork(self.numbers, (height, width), widths[::-1], self.fold)
        return generator, Discriminator(widths, self.fold)


class AdversarialTraining(NetworkTraining):
    """Training of generator and discriminator, in turn."""

    settings: GAN

    def __init__(self, settings: GAN, pixels: Pixels, seed: int) -> None:
        super().__init__(settings, pixels, seed)
        from whorl.networks.trainer import Trainer

        height, width = pixels.shape[1:]
        with seeded(seed):
            generator, discriminator = settings.networks((height, width))
        adam = ready().optim.Adam
        self.generator = Trainer(
            generator.to(self.place),
            adam(generator.parameters(), settings.generator_rate, BETAS),
            seed=stage_seed(seed, 0),
            averaging=settings.averaging,
        )
        self.discriminator = Trainer(
            discriminator.to(self.place),
            adam(discriminator.parameters(), settings.discriminator_rate, BETAS),
            seed=stage_seed(seed, 1),
        )
        self.trainers = {"generator": self.generator, "discriminator": self.discriminator}

    def advance(self) -> float:
        """Do one step of both, the discriminator first; return the discriminator's loss."""
        loss = self.discriminator.step(self._discriminator_loss)
        self.generator.step(self._generator_loss)
        return loss

    def outcome(self) -> tuple[Mapping[str, nn.Module], dict[str, Any]]:
        """Return the generator's average."""
        assert self.generator.average is not None  # noqa: S101
        return {"generator": self.generator.average}, {}

    def _discriminator_loss(self, rng: np.random.Generator) -> torch.Tensor:
        """Return the discriminator's loss."""
        from whorl.generators.networks.adversaries import discriminator_loss

        with ready().no_grad():
            generated = self.generator.network(self._noise())
        return discriminator_loss(self.discriminator.network, self.batch(rng), generated)

    def _generator_loss(self, rng: np.random.Generator) -> torch.Tensor:  # noqa: ARG002
        """Return the generator's loss."""
        from whorl.generators.networks.adversaries import generator_loss

        return generator_loss(self.discriminator.network, self.generator.network(self._noise()))

    def _noise(self) -> torch.Tensor:
        """Return noise for a batch, drawn by torch."""
        shape = (self.settings.batch, self.settings.numbers)
        return ready().randn(shape, device=self.place)  # type: ignore[no-any-return]


class TrainedGAN(TrainedNetworks):
    """A trained GAN: its generator."""

    settings: GAN

    def draw(self, n: int, rng: np.random.Generator) -> torch.Tensor:
        """Return n images between -1 and 1."""
        images: torch.Tensor = self.networks["generator"](self.noise(rng, n, self.settings.numbers))
        return images
