"""Generator and discriminator of a GAN, their losses, and the augmentation of what is judged."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

SLOPE = 0.2
SHIFT, HOLE = 0.125, 0.5  # shares of the side
BRIGHTNESS, CONTRAST = 0.2, 0.5


class GeneratorNetwork(nn.Module):
    """Makes images from noise: a small feature map, upsampled level by level.

    Feature maps a sixteenth of the size gate the channels of large ones, as in FastGAN (Liu et
    al. 2021), which learns from a few hundred images.

    Parameters
    ----------
    numbers : int
        Length of the noise vector of each image.
    start : tuple of int
        Height and width of the smallest feature map.
    widths : sequence of int
        Channels of the smallest feature map, and after each upsampling.
    fold : int
        Side of the blocks of pixels that the places of the largest feature map become.
    """

    def __init__(
        self, numbers: int, start: tuple[int, int], widths: Sequence[int], fold: int
    ) -> None:
        super().__init__()
        self.first = nn.Sequential(
            nn.ConvTranspose2d(numbers, widths[0], start, bias=False),
            nn.BatchNorm2d(widths[0]),
            nn.LeakyReLU(SLOPE),
        )
        self.doublings = nn.ModuleList(
            _doubling(before, after) for before, after in pairwise(widths)
        )
        self.gates = nn.ModuleDict(
            {str(level): _gate(widths[level - 4], widths[level]) for level in range(4, len(widths))}
        )
        self.last = nn.Sequential(
            nn.Conv2d(widths[-1], fold**2, 3, padding=1), nn.PixelShuffle(fold)
        )

    def forward(self, numbers: torch.Tensor) -> torch.Tensor:
        """Return images between -1 and 1, shape (n, 1, h, w), from noise of shape (n, numbers)."""
        fields = [self.first(numbers[:, :, None, None])]
        for level, doubling in enumerate(self.doublings, 1):
            field = doubling(fields[-1])
            if str(level) in self.gates:
                field = field * self.gates[str(level)](fields[level - 4])
            fields.append(field)
        return torch.tanh(self.last(fields[-1]))


class Discriminator(nn.Module):
    """Tells training images from generated ones: residual downsampling, spectrally normalised.

    Parameters
    ----------
    widths : sequence of int
        Channels of the largest feature map, and after each downsampling.
    fold : int
        Side of the blocks of pixels that become the places of the largest feature map.
    """

    def __init__(self, widths: Sequence[int], fold: int) -> None:
        super().__init__()
        self.first = nn.Sequential(
            nn.PixelUnshuffle(fold), spectral_norm(nn.Conv2d(fold**2, widths[0], 3, padding=1))
        )
        self.halvings = nn.ModuleList(_Halving(before, after) for before, after in pairwise(widths))
        self.last = spectral_norm(nn.Conv2d(widths[-1], 1, 3, padding=1))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return a map of logits for each image: high for training images."""
        field = self.first(images)
        for halving in self.halvings:
            field = halving(field)
        logits: torch.Tensor = self.last(functional.leaky_relu(field, SLOPE))
        return logits


class _Halving(nn.Module):
    """Downsamples by two: a strided convolution, and average pooling beside it."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.inner = spectral_norm(nn.Conv2d(before, after, 4, stride=2, padding=1))
        self.beside = spectral_norm(nn.Conv2d(before, after, 1))

    def forward(self, field: torch.Tensor) -> torch.Tensor:
        """Return a feature map of half the sides."""
        deep = self.inner(functional.leaky_relu(field, SLOPE))
        halved: torch.Tensor = self.beside(functional.avg_pool2d(field, 2)) + deep
        return halved


def discriminator_loss(
    discriminator: nn.Module, real: torch.Tensor, generated: torch.Tensor
) -> torch.Tensor:
    """Return the discriminator's hinge loss (Lim and Ye 2017) on images augmented at random."""
    on_real, on_generated = discriminator(augmented(real)), discriminator(augmented(generated))
    return functional.relu(1.0 - on_real).mean() + functional.relu(1.0 + on_generated).mean()


def generator_loss(discriminator: nn.Module, generated: torch.Tensor) -> torch.Tensor:
    """Return the generator's loss: the logits of its augmented images, negated."""
    return -discriminator(augmented(generated)).mean()  # type: ignore[no-any-return]


def augmented(images: torch.Tensor) -> torch.Tensor:
    """Augment images at random, differentiably: brightness, contrast, translation, cutout.

    Generated and training images alike, so that the discriminator cannot memorise the training
    images, and the generator does not learn the augmentation (Zhao et al. 2020, "Differentiable
    augmentation"). A cutout is filled with the middle grey.

    Parameters
    ----------
    images : Tensor, shape (n, 1, height, width)
        Between -1 and 1.
    """
    n, place = len(images), images.device

    def drawn(low: float, high: float) -> torch.Tensor:
        return low + (high - low) * torch.rand(n, 1, 1, 1, device=place)

    images = images + drawn(-BRIGHTNESS, BRIGHTNESS)
    mean = images.mean((1, 2, 3), keepdim=True)
    images = (images - mean) * drawn(1.0 - CONTRAST, 1.0 + CONTRAST) + mean
    height, width = images.shape[2:]
    rows, columns = (torch.arange(side, device=place).float() for side in (height, width))
    down, right = (drawn(-SHIFT, SHIFT) * side for side in (height, width))
    top, left = (drawn(0.0, 1.0) * side - HOLE * side / 2 for side in (height, width))
    images = _shifted(images, down.round().long().flatten(), right.round().long().flatten())
    inside_rows = (rows[:, None] >= top) & (rows[:, None] < top + HOLE * height)
    inside_columns = (columns >= left) & (columns < left + HOLE * width)
    return images.masked_fill(inside_rows & inside_columns, 0.0)


def _shifted(images: torch.Tensor, down: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Shift each image by whole pixels; what comes in from outside is the middle grey, 0."""
    n, _, height, width = images.shape
    place = images.device
    rows = torch.arange(height, device=place)[None, :] - down[:, None]
    columns = torch.arange(width, device=place)[None, :] - right[:, None]
    inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[
        :, None, :
    ]
    which = torch.arange(n, device=place)[:, None, None]
    moved = images[:, 0][
        which, rows.clamp(0, height - 1)[:, :, None], columns.clamp(0, width - 1)[:, None, :]
    ]
    return (moved * inside)[:, None]


def _doubling(before: int, after: int) -> nn.Module:
    """Return layers that upsample by two."""
    return nn.Sequential(
        nn.Upsample(scale_factor=2, mode="nearest"),
        nn.Conv2d(before, after, 3, padding=1, bias=False),
        nn.BatchNorm2d(after),
        nn.LeakyReLU(SLOPE),
    )


def _gate(before: int, after: int) -> nn.Module:
    """Return layers that make a gate between 0 and 1 for each channel of a smaller feature map."""
    return nn.Sequential(
        nn.AdaptiveAvgPool2d(4),
        nn.Conv2d(before, after, 4),
        nn.SiLU(),
        nn.Conv2d(after, after, 1),
        nn.Sigmoid(),
    )
