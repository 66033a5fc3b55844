"""Diffusion in pixels: that it learns, and that its arithmetic is what papers say."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from monai.networks.schedulers.ddim import DDIMScheduler
from torch import nn

from whorl.compute import Compute, computing
from whorl.generators import PixelDiffusion
from whorl.generators.networks.denoiser import TIMES, Denoiser, denoised, velocity_loss
from whorl.testing.worlds import smooth_images


class OnlyOneImage(nn.Module):
    """The exact velocity where all images are one: v = α ε − σ x."""

    def __init__(self, image: torch.Tensor) -> None:
        super().__init__()
        self.image = image

    def forward(self, noisy: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
        angle = (times + 1.0) / 1000.0
        signal = torch.cos((angle + 0.008) / 1.008 * torch.pi / 2) / np.cos(
            0.008 / 1.008 * np.pi / 2
        )
        signal = signal[:, None, None, None].clamp(min=1e-5)
        spread = (1.0 - signal**2).sqrt()
        noise = (noisy - signal * self.image) / spread
        return signal * noise - spread * self.image


IMAGE = torch.linspace(-0.9, 0.9, 16).reshape(1, 1, 4, 4)


def test_the_exact_velocity_has_no_loss() -> None:
    loss = velocity_loss(OnlyOneImage(IMAGE), IMAGE.repeat(64, 1, 1, 1))
    assert float(loss) < 1e-4


@pytest.mark.parametrize("steps", [1, 5, 50])
def test_the_exact_velocity_leads_to_the_only_image_there_is(steps: int) -> None:
    made = denoised(OnlyOneImage(IMAGE), torch.randn(3, 1, 4, 4), steps=steps, limit=1.0)
    np.testing.assert_allclose(made, IMAGE.repeat(3, 1, 1, 1), atol=1e-3)


def test_what_goes_beyond_the_limit_is_cut_off() -> None:
    made = denoised(OnlyOneImage(IMAGE), torch.randn(1, 1, 4, 4), steps=5, limit=0.5)
    np.testing.assert_allclose(made, IMAGE.clamp(-0.5, 0.5), atol=1e-3)


def test_sampling_steps_divide_the_times() -> None:
    with pytest.raises(ValueError, match="7 sampling steps do not divide 1000"):
        denoised(OnlyOneImage(IMAGE), torch.randn(1, 1, 4, 4), steps=7, limit=1.0)


@pytest.mark.parametrize("time", [30, 400, 970])
def test_training_starts_at_the_best_guess_for_gaussian_fields(time: int) -> None:
    """The velocity of simulated fields, regressed on what is noisy, channel by channel."""
    torch.manual_seed(0)
    spreads = torch.tensor([2.0, 1.0, 0.1])[:, None, None]
    clean, noise = spreads * torch.randn(50, 3, 40, 40), torch.randn(50, 3, 40, 40)
    scheduler, times = DDIMScheduler(TIMES, schedule="cosine"), torch.full((50,), time)
    noisy = scheduler.add_noise(clean, noise, times)
    velocity = scheduler.get_velocity(clean, noise, times)
    slopes = (noisy * velocity).sum((0, 2, 3)) / noisy.square().sum((0, 2, 3))
    denoiser = Denoiser(3, (8, 8), (False, False))
    denoiser.variances.copy_(spreads.flatten() ** 2)
    with torch.no_grad():
        guessed = denoiser(torch.ones(1, 3, 4, 4), torch.tensor([time]))
    np.testing.assert_allclose(guessed[0, :, 0, 0], slopes, atol=0.02)


@pytest.mark.slow
def test_it_learns_eight_images_by_heart() -> None:
    """Each sample ends near one of them, and each of them is drawn."""
    images = smooth_images(8, np.random.default_rng(0), 32)
    generator = PixelDiffusion(
        steps=1400,
        batch=8,
        unet_widths=(16, 32, 64),
        unet_attention=(False, False, True),
        learning_rate=3e-3,
        sampling_steps=20,
    )
    with computing(Compute(threads=1)):
        samples = generator.train(images, seed=0).sample(40, seed=1)
    flat, known = (a.reshape(len(a), -1).astype(float) for a in (samples, images))
    distances = np.sqrt(((flat[:, None] - known[None]) ** 2).mean(axis=2))
    apart = np.sqrt(((known[:, None] - known[None]) ** 2).mean(axis=2))[~np.eye(8, dtype=bool)]
    assert np.median(distances.min(axis=1)) < apart.min() / 2
    assert len(set(distances.argmin(axis=1))) >= 6
