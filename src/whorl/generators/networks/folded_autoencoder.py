"""An autoencoder with a Gaussian bottleneck: images to small fields of latents, and back."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from monai.networks.nets.autoencoderkl import AutoencoderKL
from torch import nn
from torch.nn import functional

GROUPS = 8
SCALES = 3
FIRST_LOG_VARIANCE = -6.0
SMALLEST_SPREAD = 1e-3


class FoldedAutoencoder(nn.Module):
    """MONAI's AutoencoderKL on blocks of pixels, beside a linear path.

    The networks see blocks of pixels folded into channels, which saves the convolutions at full
    size: most of the work on a CPU. Beside them runs a linear path, set at the start to the
    principal components of the images' blocks, while the networks start at nothing: training
    begins where linear compression ends, and takes hundreds of steps instead of many thousands.
    The latents keep the components' proportions, so that an error in any of them costs as much.

    Parameters
    ----------
    widths : sequence of int
        Channels at each level; every level halves the sides of the one before.
    latents : int
        Channels of the latent fields: at most the pixels of a block that becomes one place.
    fold : int
        Side of the blocks that the networks see.
    """

    def __init__(self, widths: Sequence[int], latents: int, fold: int) -> None:
        super().__init__()
        self.fold, self.factor = fold, fold * 2 ** (len(widths) - 1)
        self.inner = AutoencoderKL(
            spatial_dims=2,
            in_channels=fold**2,
            out_channels=fold**2,
            num_res_blocks=1,
            channels=tuple(widths),
            attention_levels=(False,) * len(widths),
            latent_channels=latents,
            norm_num_groups=math.gcd(GROUPS, *widths),
            with_encoder_nonlocal_attn=False,
            with_decoder_nonlocal_attn=False,
        )
        self.straight_in = nn.Conv2d(self.factor**2, latents, 1)
        self.straight_out = nn.Conv2d(latents, self.factor**2, 1)

    def encode(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return mean and standard deviation of the latents of images, shape (n, 1, h, w)."""
        mean, spread = self.inner.encode(functional.pixel_unshuffle(images, self.fold))
        straight = self.straight_in(functional.pixel_unshuffle(images, self.factor))
        return (mean + straight).float(), spread.float()

    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        """Return the images, shape (n, 1, h, w), of fields of latents."""
        deep = functional.pixel_shuffle(self.inner.decode(latents), self.fold)
        return (deep + functional.pixel_shuffle(self.straight_out(latents), self.factor)).float()

    @torch.no_grad()
    def start_from(self, images: torch.Tensor) -> None:
        """Set the linear path to the principal components of images' blocks.

        Their variance is one on the average.
        """
        blocks = functional.pixel_unshuffle(images, self.factor).movedim(1, -1).flatten(0, -2)
        mean, latents = blocks.mean(0), self.straight_in.out_channels
        squares, axes = torch.linalg.eigh(torch.cov(blocks.T))
        axes = axes[:, -latents:].flip(1)
        spread = squares[-latents:].mean().clamp(min=SMALLEST_SPREAD**2).sqrt()
        self.straight_in.weight.copy_((axes / spread).T[:, :, None, None])
        self.straight_in.bias.copy_(-(mean @ axes) / spread)  # type: ignore[union-attr]
        self.straight_out.weight.copy_((axes * spread)[:, :, None, None])
        self.straight_out.bias.copy_(mean)  # type: ignore[union-attr]
        ends: dict[nn.Module, float] = {
            self.inner.quant_conv_mu: 0.0,
            self.inner.quant_conv_log_sigma: FIRST_LOG_VARIANCE,
            [*self.inner.decoder.modules()][-1]: 0.0,
        }
        for end, bias in ends.items():
            for name, parameter in end.named_parameters():
                parameter.fill_(bias if name.endswith("bias") else 0.0)


def reconstruction_loss(
    network: FoldedAutoencoder, images: torch.Tensor, *, kl_weight: float, noise: float
) -> torch.Tensor:
    """Return how far images drawn from the latents are from the images, plus the latents' cost.

    The mean absolute error of grey values, and of the differences between neighbouring pixels at
    three scales, which keeps edges sharp; and the Kullback–Leibler divergence of the latents from
    the standard normal, times `kl_weight`.

    Noise is added to the latents, for each image at a level between 0 and `noise` times the
    latents' standard deviation. So the decoder learns to draw images from latents that are a
    little wrong, as sampled ones are.
    """
    mean, spread = network.encode(images)
    level = noise * torch.rand(len(mean), 1, 1, 1, device=mean.device) * mean.detach().std()
    drawn = network.decode(mean + (spread + level) * torch.randn_like(spread))
    divergence = 0.5 * (mean**2 + spread**2 - 1.0 - 2.0 * spread.log()).mean()
    return _absolute_error(drawn, images) + kl_weight * divergence


def _absolute_error(drawn: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    """Return the mean absolute error of grey values, and of their differences at three scales."""
    total = functional.l1_loss(drawn, images)
    for _ in range(SCALES):
        for axis in (-2, -1):
            total = total + functional.l1_loss(drawn.diff(dim=axis), images.diff(dim=axis))
        drawn, images = functional.avg_pool2d(drawn, 2), functional.avg_pool2d(images, 2)
    return total
