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

    A painter draws images from random numbers, and a critic tells them from training images:
    hinge loss, spectral normalisation of the critic (Miyato et al. 2018), and the same
    differentiable changes of all images that the critic sees (Zhao et al. 2020). What is sampled
    is the running average of the painter's weights.

    Attributes
    ----------
    steps : int
        Steps, each of the critic and then of the painter.
    batch : int
        Training images, and drawn ones, in one step.
    numbers : int
        Random numbers that an image is drawn from.
    fold : int
        Both networks see blocks of so many pixels a side folded into channels, which saves the
        convolutions at full size: most of the work on a CPU.
    width, widest : int
        Channels of the largest field; they double as the sides halve, up to the widest.
    painter_rate, critic_rate : float
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
    painter_rate: float = 2e-4
    critic_rate: float = 4e-4
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
        """Return how often the painter's smallest field, 4 to 7 pixels, is doubled."""
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
        painter, _ = self.networks((height, width))
        return TrainedGAN(self, {"painter": painter}, state)

    def networks(self, size: tuple[int, int]) -> tuple[nn.Module, nn.Module]:
        """Return painter and critic with first weights."""
        from whorl.generators.networks.adversaries import Critic, Painter

        times = self.doublings(size)
        widths = [min(self.width * 2**level, self.widest) for level in range(times + 1)]
        height, width = (side // self.fold >> times for side in size)
        painter = Painter(self.numbers, (height, width), widths[::-1], self.fold)
        return painter, Critic(widths, self.fold)


class AdversarialTraining(NetworkTraining):
    """Training of painter and critic, in turn."""

    settings: GAN

    def __init__(self, settings: GAN, pixels: Pixels, seed: int) -> None:
        super().__init__(settings, pixels, seed)
        from whorl.networks.trainer import Trainer

        height, width = pixels.shape[1:]
        with seeded(seed):
            painter, critic = settings.networks((height, width))
        adam = ready().optim.Adam
        self.painter = Trainer(
            painter.to(self.place),
            adam(painter.parameters(), settings.painter_rate, BETAS),
            seed=stage_seed(seed, 0),
            averaging=settings.averaging,
        )
        self.critic = Trainer(
            critic.to(self.place),
            adam(critic.parameters(), settings.critic_rate, BETAS),
            seed=stage_seed(seed, 1),
        )
        self.trainers = {"painter": self.painter, "critic": self.critic}

    def advance(self) -> float:
        """Do one step of the critic and one of the painter; return the critic's loss."""
        loss = self.critic.step(self._criticised)
        self.painter.step(self._painted)
        return loss

    def outcome(self) -> tuple[Mapping[str, nn.Module], dict[str, Any]]:
        """Return the painter's average."""
        assert self.painter.average is not None  # noqa: S101
        return {"painter": self.painter.average}, {}

    def _criticised(self, rng: np.random.Generator) -> torch.Tensor:
        """Return the critic's loss."""
        from whorl.generators.networks.adversaries import critic_loss

        with ready().no_grad():
            drawn = self.painter.network(self._numbers())
        return critic_loss(self.critic.network, self.batch(rng), drawn)

    def _painted(self, rng: np.random.Generator) -> torch.Tensor:  # noqa: ARG002
        """Return the painter's loss."""
        from whorl.generators.networks.adversaries import painter_loss

        return painter_loss(self.critic.network, self.painter.network(self._numbers()))

    def _numbers(self) -> torch.Tensor:
        """Return random numbers for a batch, drawn by torch."""
        shape = (self.settings.batch, self.settings.numbers)
        return ready().randn(shape, device=self.place)  # type: ignore[no-any-return]


class TrainedGAN(TrainedNetworks):
    """A trained generative adversarial network: its painter."""

    settings: GAN

    def draw(self, n: int, rng: np.random.Generator) -> torch.Tensor:
        """Return n images between -1 and 1."""
        images: torch.Tensor = self.networks["painter"](self.noise(rng, n, self.settings.numbers))
        return images
