"""Denoising diffusion in pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from whorl.generators.base import Pixels, State
from whorl.generators.training import (
    NetworkGenerator,
    NetworkTraining,
    TrainedNetworks,
    rising_then_falling,
    stage_seed,
)
from whorl.networks.runtime import ready, seeded

if TYPE_CHECKING:
    import torch
    from torch import nn

AVERAGING = 0.999


@dataclass(frozen=True)
class PixelDiffusion(NetworkGenerator):
    """Hyper-parameters of denoising diffusion in pixels (Ho et al. 2020), with MONAI's UNet.

    The UNet predicts the velocity, on a cosine schedule, and sampling is deterministic DDIM. What
    is sampled is the running average of its weights.

    Attributes
    ----------
    steps : int
        Gradient steps.
    batch : int
        Images in one step.
    unet_widths, unet_attention
        See :class:`whorl.generators.networks.denoiser.Denoiser`.
    learning_rate : float
        Adam's highest rate; it rises over 100 steps, and then falls as a cosine.
    sampling_steps : int
        Steps from pure noise to an image: a divisor of 1,000.
    """

    steps: int = 3000
    batch: int = 16
    unet_widths: tuple[int, ...] = (32, 64, 128)
    unet_attention: tuple[bool, ...] = (False, False, True)
    learning_rate: float = 5e-4
    sampling_steps: int = 50

    kind: ClassVar[str] = "diffusion"
    libraries: ClassVar[tuple[str, ...]] = ("torch", "monai")
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "cpu": {},
        "gpu": {
            "steps": 60_000,
            "batch": 32,
            "unet_widths": (64, 128, 192, 256, 256),
            "unet_attention": (False, False, False, True, True),
            "learning_rate": 1e-4,
        },
    }

    def multiple(self, size: tuple[int, int]) -> int:  # noqa: ARG002
        """Return what sides must be multiples of: every level but the first halves them."""
        return int(2 ** (len(self.unet_widths) - 1))

    def start(self, pixels: Pixels, seed: int) -> PixelTraining:
        """Prepare training on images."""
        return PixelTraining(self, pixels, seed)

    def restored(self, state: State) -> TrainedPixelDiffusion:
        """Return the trained generator that gave `state`."""
        return TrainedPixelDiffusion(self, lambda: {"unet": self.network()}, state)

    def network(self) -> nn.Module:
        """Return the UNet with first weights."""
        from whorl.generators.networks.denoiser import Denoiser

        return Denoiser(1, self.unet_widths, self.unet_attention)


class PixelTraining(NetworkTraining):
    """Training of the UNet."""

    settings: PixelDiffusion

    def __init__(self, settings: PixelDiffusion, pixels: Pixels, seed: int) -> None:
        super().__init__(settings, pixels, seed)
        from whorl.networks.trainer import Trainer

        with seeded(seed):
            network = settings.network().to(self.place)
        self.trainer = Trainer(
            network,
            ready().optim.Adam(network.parameters(), settings.learning_rate),
            seed=stage_seed(seed, 0),
            averaging=AVERAGING,
            rate=rising_then_falling(settings.learning_rate, settings.steps),
        )
        self.trainers = {"unet": self.trainer}

    def advance(self) -> float:
        """Do one step of the UNet."""
        return self.trainer.step(self._velocity)

    def outcome(self) -> tuple[Mapping[str, nn.Module], dict[str, Any]]:
        """Return the UNet's average."""
        assert self.trainer.average is not None  # noqa: S101
        return {"unet": self.trainer.average}, {}

    def _velocity(self, rng: np.random.Generator) -> torch.Tensor:
        """Return the loss on training images."""
        from whorl.generators.networks.denoiser import velocity_loss

        return velocity_loss(self.trainer.network, self.batch(rng))


class TrainedPixelDiffusion(TrainedNetworks):
    """A trained diffusion model in pixels."""

    settings: PixelDiffusion

    def draw(self, n: int, rng: np.random.Generator) -> torch.Tensor:
        """Return n images between -1 and 1."""
        from whorl.generators.networks.denoiser import denoised

        steps = self.settings.sampling_steps
        return denoised(
            self.networks["unet"], self.noise(rng, n, 1, *self.size), steps=steps, limit=1.0
        )
