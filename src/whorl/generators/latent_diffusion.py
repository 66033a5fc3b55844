"""Latent diffusion: an autoencoder, then denoising diffusion on the fields it makes of images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from whorl.generators.base import Pixels, State
from whorl.generators.latent_fields import ENCODED_AT_ONCE, Fields, cropped
from whorl.generators.training import (
    NetworkGenerator,
    NetworkTraining,
    TrainedNetworks,
    grey,
    rising_then_falling,
    signed,
    stage_seed,
)
from whorl.networks.runtime import ready, seeded, torch_threads

if TYPE_CHECKING:
    import torch
    from torch import nn

    from whorl.generators.networks.folded_autoencoder import FoldedAutoencoder

BLOCKS_FROM = 200  # images whose blocks' principal components the autoencoder starts from
AVERAGING = 0.999
LARGEST = 1e6  # of what scales latents


@dataclass(frozen=True)
class LatentDiffusion(NetworkGenerator):
    """Hyper-parameters of a latent diffusion model (Rombach et al. 2022), over MONAI's networks.

    First an autoencoder learns to draw images from small fields of latents, though some noise is
    added to them; then a UNet learns to take noise from these fields, scaled to unit variance on
    the whole. The UNet predicts the velocity, on a cosine schedule, and sampling is deterministic
    DDIM. What is sampled are the running averages of both networks' weights.

    Attributes
    ----------
    steps : int
        Steps of both stages together.
    autoencoder_share : float
        The share of the steps that the autoencoder gets.
    batch, autoencoder_batch : int
        Images in one step of the UNet, and of the autoencoder.
    crop : int
        The autoencoder is trained on crops of at most so many pixels a side.
    autoencoder_widths, latents, fold
        See :class:`whorl.generators.networks.folded_autoencoder.FoldedAutoencoder`.
    kl_weight : float
        Weight of the latents' divergence from the standard normal.
    latent_noise : float
        Highest level of the noise that the decoder learns to do without, in standard deviations
        of the latents.
    unet_widths, unet_attention
        See :class:`whorl.generators.networks.denoiser.Denoiser`.
    autoencoder_rate, unet_rate : float
        Adam's highest learning rates; each rises over 100 steps, and then falls as a cosine.
    sampling_steps : int
        Steps from pure noise to an image: a divisor of 1,000.
    """

    steps: int = 4000
    batch: int = 16
    autoencoder_share: float = 0.25
    autoencoder_batch: int = 8
    crop: int = 64
    autoencoder_widths: tuple[int, ...] = (64, 96)
    latents: int = 8
    fold: int = 4
    kl_weight: float = 1e-4
    latent_noise: float = 0.3
    unet_widths: tuple[int, ...] = (64, 128, 128)
    unet_attention: tuple[bool, ...] = (False, True, True)
    autoencoder_rate: float = 1e-3
    unet_rate: float = 5e-4
    sampling_steps: int = 25

    kind: ClassVar[str] = "latent-diffusion"
    libraries: ClassVar[tuple[str, ...]] = ("torch", "monai")
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "cpu": {},
        "gpu": {
            "steps": 40_000,
            "batch": 64,
            "autoencoder_batch": 16,
            "crop": 128,
            "autoencoder_widths": (64, 128, 128),
            "fold": 2,
            "unet_widths": (128, 256, 256),
            "autoencoder_rate": 5e-4,
            "unet_rate": 2e-4,
            "sampling_steps": 50,
        },
    }

    @property
    def autoencoder_steps(self) -> int:
        """Steps of the first stage."""
        return round(self.autoencoder_share * self.steps)

    @property
    def factor(self) -> int:
        """How much smaller the sides of the latent fields are than the images'."""
        return int(self.fold * 2 ** (len(self.autoencoder_widths) - 1))

    def multiple(self, size: tuple[int, int]) -> int:  # noqa: ARG002
        """Return what sides must be multiples of: every level of both networks halves them."""
        return int(self.factor * 2 ** (len(self.unet_widths) - 1))

    def start(self, pixels: Pixels, seed: int) -> LatentTraining:
        """Prepare training on images."""
        return LatentTraining(self, pixels, seed)

    def restored(self, state: State) -> TrainedLatentDiffusion:
        """Return the trained generator that gave `state`."""
        trained = TrainedLatentDiffusion(self, self.networks, state)
        shift, scale, limit = (state.values[name] for name in ("shift", "scale", "limit"))
        if len(shift) not in (1, self.latents) or not all(
            isinstance(number, int | float) and abs(number) < LARGEST
            for number in (*shift, scale, limit)
        ):
            raise ValueError("how latents are scaled is not told in numbers, one for each of them")
        if isinstance(scale, bool) or isinstance(limit, bool) or min(scale, limit) <= 0:
            raise ValueError("scale and limit of the latents must be above 0")
        return trained

    def networks(self) -> dict[str, Any]:
        """Return both networks with first weights."""
        from whorl.generators.networks.denoiser import Denoiser
        from whorl.generators.networks.folded_autoencoder import FoldedAutoencoder

        return {
            "autoencoder": FoldedAutoencoder(self.autoencoder_widths, self.latents, self.fold),
            "unet": Denoiser(self.latents, self.unet_widths, self.unet_attention),
        }


class LatentTraining(NetworkTraining):
    """Training of the autoencoder, and then of the UNet."""

    settings: LatentDiffusion

    def __init__(self, settings: LatentDiffusion, pixels: Pixels, seed: int) -> None:
        super().__init__(settings, pixels, seed)
        from whorl.networks.trainer import Trainer

        with seeded(seed) as rng, torch_threads():
            networks = settings.networks()
            chosen = rng.permutation(len(pixels))[:BLOCKS_FROM]
            networks["autoencoder"].start_from(signed(pixels[chosen], ready().device("cpu")))
        first = settings.autoencoder_steps
        self.trainers = {
            name: Trainer(
                networks[name].to(self.place),
                ready().optim.Adam(networks[name].parameters(), rate),
                seed=stage_seed(seed, stage),
                averaging=AVERAGING,
                rate=rising_then_falling(rate, steps),
            )
            for stage, (name, rate, steps) in enumerate(
                (
                    ("autoencoder", settings.autoencoder_rate, first),
                    ("unet", settings.unet_rate, settings.steps - first),
                )
            )
        }
        self.stages = (("autoencoder", first), ("diffusion", settings.steps - first))
        self._fields: Fields | None = None

    @property
    def autoencoder(self) -> FoldedAutoencoder:
        """The running average of the autoencoder."""
        from whorl.generators.networks.folded_autoencoder import FoldedAutoencoder

        average = self.trainers["autoencoder"].average
        assert isinstance(average, FoldedAutoencoder)  # noqa: S101
        return average.eval()

    @property
    def encoding(self) -> bool:
        """Whether the autoencoder is still being trained."""
        return len(self.losses) < self.settings.autoencoder_steps

    def advance(self) -> float:
        """Do one step of the autoencoder, or of the UNet."""
        if self.encoding:
            return self.trainers["autoencoder"].step(self._reconstruction)
        return self.trainers["unet"].step(self._velocity)

    def outcome(self) -> tuple[Mapping[str, nn.Module], dict[str, Any]]:
        """Return both networks' averages, and how latents are scaled."""
        average = self.trainers["unet"].average
        assert average is not None  # noqa: S101
        unscaled = {"shift": [0.0], "scale": 1.0, "limit": 1.0}
        values = unscaled if self.encoding else self.fields.scaling
        return {"autoencoder": self.autoencoder, "unet": average}, values

    def preview(self, n: int) -> Pixels:
        """Return samples; while the autoencoder is trained, training images drawn anew."""
        if not self.encoding:
            return super().preview(n)
        with torch_threads(), ready().no_grad():
            mean, _ = self.autoencoder.encode(signed(self.pixels[:n], self.place))
            return grey(self.autoencoder.decode(mean))

    @property
    def fields(self) -> Fields:
        """The latent fields of all training images, made when the autoencoder is done.

        The UNet and its average learn the fields' variances then.
        """
        if self._fields is None:
            self._fields = Fields(self.autoencoder, self.pixels, self.place)
            unet = self.trainers["unet"]
            assert unet.average is not None  # noqa: S101
            for network in (unet.network, unet.average):
                network.get_buffer("variances").copy_(self._fields.variances)
        return self._fields

    def _reconstruction(self, rng: np.random.Generator) -> torch.Tensor:
        """Return the autoencoder's loss on crops of training images."""
        from whorl.generators.networks.folded_autoencoder import (
            FoldedAutoencoder,
            reconstruction_loss,
        )

        network, settings = self.trainers["autoencoder"].network, self.settings
        assert isinstance(network, FoldedAutoencoder)  # noqa: S101
        rows = rng.integers(len(self.pixels), size=settings.autoencoder_batch)
        crops = cropped(self.pixels[rows], settings.crop, settings.factor, rng)
        return reconstruction_loss(
            network,
            signed(crops, self.place),
            kl_weight=settings.kl_weight,
            noise=settings.latent_noise,
        )

    def _velocity(self, rng: np.random.Generator) -> torch.Tensor:
        """Return the UNet's loss on latent fields of training images."""
        from whorl.generators.networks.denoiser import velocity_loss

        rows = rng.integers(len(self.pixels), size=self.settings.batch)
        return velocity_loss(self.trainers["unet"].network, self.fields.drawn(rows))


class TrainedLatentDiffusion(TrainedNetworks):
    """A trained latent diffusion model: UNet, autoencoder, and how latents are scaled."""

    settings: LatentDiffusion

    def draw(self, n: int, rng: np.random.Generator) -> torch.Tensor:
        """Return n images between -1 and 1."""
        from whorl.generators.networks.denoiser import denoised
        from whorl.generators.networks.folded_autoencoder import FoldedAutoencoder

        height, width = (side // self.settings.factor for side in self.size)
        noise = self.noise(rng, n, self.settings.latents, height, width)
        limit = self.values["limit"]
        steps = self.settings.sampling_steps
        fields = denoised(self.networks["unet"], noise, steps=steps, limit=limit)
        scale = self.values["scale"]
        shift = ready().tensor(self.values["shift"], device=self.place)[:, None, None]
        autoencoder = self.networks["autoencoder"]
        assert isinstance(autoencoder, FoldedAutoencoder)  # noqa: S101
        blocks = (fields * scale + shift).split(ENCODED_AT_ONCE)
        images: torch.Tensor = ready().cat([autoencoder.decode(block) for block in blocks])
        return images
