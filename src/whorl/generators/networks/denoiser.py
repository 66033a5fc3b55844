"""Denoising diffusion: a UNet that predicts the velocity of a noisy field, and sampling with it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from monai.networks.nets.diffusion_model_unet import DiffusionModelUNet
from monai.networks.schedulers.ddim import DDIMScheduler
from torch import nn
from torch.nn import functional

TIMES = 1000
GROUPS, HEAD = 16, 32


class Denoiser(nn.Module):
    """MONAI's UNet, which adds to the velocity that would be best were all values Gaussian.

    Best, that is, were the values of a field independent and normal, with one variance for each
    channel. The UNet starts at nothing, so training begins there: channels of small variance are
    not noisier at the start than they are in the end.

    Parameters
    ----------
    channels : int
        Of the fields that it takes and gives.
    widths : sequence of int
        Its channels at each level; every level halves the sides of the one before.
    attention : sequence of bool
        Whether a level attends over all places.

    Attributes
    ----------
    variances : Tensor, shape (channels,)
        Of the clean fields; ones to begin with.
    """

    variances: torch.Tensor
    _signal: torch.Tensor  # squared share of the clean field, for each time

    def __init__(self, channels: int, widths: Sequence[int], attention: Sequence[bool]) -> None:
        super().__init__()
        self.register_buffer("variances", torch.ones(channels))
        self.register_buffer("_signal", _scheduler().alphas_cumprod, persistent=False)
        self.unet = DiffusionModelUNet(
            spatial_dims=2,
            in_channels=channels,
            out_channels=channels,
            num_res_blocks=1,
            channels=tuple(widths),
            attention_levels=tuple(attention),
            norm_num_groups=math.gcd(GROUPS, *widths),
            num_head_channels=math.gcd(HEAD, *widths),
        )

    def forward(self, noisy: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
        """Return the velocity of noisy fields, shape (n, channels, h, w), at times 0 to 999."""
        signal = self._signal[times][:, None, None, None]
        variances = self.variances[:, None, None]
        factor = (signal * (1 - signal)).sqrt() * (1 - variances)
        gaussian = noisy * factor / (signal * variances + 1 - signal)
        velocity: torch.Tensor = gaussian + self.unet(noisy, times).float()
        return velocity


def velocity_loss(network: nn.Module, clean: torch.Tensor) -> torch.Tensor:
    """Return the mean squared error of the velocity at random times.

    Variance-preserving diffusion with the cosine schedule (Nichol and Dhariwal 2021), velocity as
    of Salimans and Ho (2022, appendix D). Times are spread evenly over the batch.

    Parameters
    ----------
    network : torch.nn.Module
        ``network(noisy, times)`` → velocity.
    clean : Tensor, shape (n, channels, height, width)
        Fields of about unit variance on the whole.
    """
    n, place, scheduler = len(clean), clean.device, _scheduler()
    times = (torch.arange(n, device=place) + torch.rand(n, device=place)) * (TIMES / n)
    times = times.long().clamp(max=TIMES - 1)
    noise = torch.randn_like(clean)
    noisy = scheduler.add_noise(clean, noise, times)
    velocity = scheduler.get_velocity(clean, noise, times)
    return functional.mse_loss(network(noisy, times).float(), velocity)


def denoised(network: nn.Module, noise: torch.Tensor, *, steps: int, limit: float) -> torch.Tensor:
    """Return what pure noise becomes: deterministic DDIM (Song et al. 2021).

    Parameters
    ----------
    network : torch.nn.Module
        ``network(noisy, times)`` → velocity; in evaluation mode.
    noise : Tensor, shape (n, channels, height, width)
        Standard normal.
    steps : int
        Calls of the network: a divisor of 1,000.
    limit : float
        Largest absolute value of a clean field: what the network promises beyond is cut off.
    """
    stride, rest = divmod(TIMES, steps)
    if rest:
        raise ValueError(f"{steps} sampling steps do not divide {TIMES}")
    scheduler = _scheduler()
    scheduler.clip_sample_values = [-limit, limit]
    scheduler.set_timesteps(steps)
    field = noise
    for time in range(TIMES - 1, -1, -stride):
        times = torch.full((len(field),), time, device=field.device)
        field, _ = scheduler.step(network(field, times).float(), time, field)
    return field


def _scheduler() -> DDIMScheduler:
    """Return the noise schedule: the last of its times is pure noise."""
    with torch.device("cpu"):  # its numbers are read, where networks have shapes alone too
        return DDIMScheduler(TIMES, schedule="cosine", prediction_type="v_prediction")
