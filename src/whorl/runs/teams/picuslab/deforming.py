"""The deforming autoencoder: a texture, and a smooth monotone warp that lays it out.

References
----------
Shu, Sahasrabudhe, Güler, Samaras, Paragios, Kokkinos. Deforming autoencoders: unsupervised
disentangling of shape and appearance. ECCV 2018.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from whorl.networks.autoencoders import STRIDES, Block, Decoder

SMOOTHNESS = 1e-6  # weight of the total variation of the residual warp
CENTRING = 1e-2  # weight of the square of the mean residual warp


class Unit(nn.Module):
    """Grey values 0 to 255 (uint8, shape (n, h, w)) → floats 0 to 1, shape (n, 1, h, w)."""

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Scale: x / 255."""
        return (pixels.float() / 255).unsqueeze(1)


class DeformingAutoencoder(nn.Module):
    """Images, 0 to 1, → their reconstructions and the residual warps that made them.

    A latent code is mapped to a code of appearance, which is decoded to a texture, and to one of
    the warp, which is decoded to the increments of a grid.

    Parameters
    ----------
    side : int
        Height and width of the images.
    width : int
        Channels of the first convolution; four more blocks of stride 2 double them each.
    latent, appearance, warp : int
        Lengths of the latent code, and of the two that are made of it.
    """

    def __init__(self, side: int, width: int, latent: int, appearance: int, warp: int) -> None:
        super().__init__()
        smallest = -(-side // (2 * STRIDES))
        blocks = [Block(width << k, width << (k + 1), stride=2, residual=False) for k in range(4)]
        self.encoder = nn.Sequential(
            Block(1, width, stride=2, residual=False),
            *blocks,
            nn.Flatten(),
            nn.Linear(STRIDES * width * smallest**2, latent),
        )
        self.appearance = nn.Linear(latent, appearance)
        self.warp = nn.Linear(latent, warp)
        self.texture = Decoder((side, side), width, appearance, residual=False)
        self.increments = Decoder((side, side), width, warp, residual=False, channels=2)
        for parameter in self.increments.last.parameters():  # the first warp is the identity
            nn.init.zeros_(parameter)

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return reconstructions, shape (n, 1, side, side), and residuals of :func:`warped`."""
        codes = self.encoder(images)
        texture = torch.sigmoid(self.texture(self.appearance(codes)).float())
        return warped(texture, self.increments(self.warp(codes)).float())


def warp_grid(increments: torch.Tensor) -> torch.Tensor:
    """Return where in a texture each pixel is taken from.

    Coordinates run from −1, the first pixel, to 1, the last. Going on by a pixel in a row (or
    column) moves x (or y) on by twice the logistic function of the increment, in pixels: always
    forward, by less than 2, and by 1 where the increment is zero. So the warp is monotone along
    each axis, and the identity at zero.

    Parameters
    ----------
    increments : Tensor of float, shape (n, 2, h, w)
        Of x and y.

    Returns
    -------
    Tensor of float, shape (n, h, w, 2)
        x and y, as torch's ``grid_sample`` takes them.

    Examples
    --------
    >>> warp_grid(torch.zeros(1, 2, 3, 3))[0, :, 0, 1].tolist()
    [-1.0, 0.0, 1.0]
    """
    steps = 2 * torch.sigmoid(increments)
    x = steps[:, 0].cumsum(dim=2) - 1
    y = steps[:, 1].cumsum(dim=1) - 1
    height, width = increments.shape[2:]
    return torch.stack([2 * x / max(width - 1, 1) - 1, 2 * y / max(height - 1, 1) - 1], dim=-1)


def warped(texture: torch.Tensor, increments: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Lay out textures by their warps.

    Parameters
    ----------
    texture : Tensor of float, shape (n, 1, h, w)
        What is laid out.
    increments : Tensor of float, shape (n, 2, h, w)
        What :func:`warp_grid` takes.

    Returns
    -------
    images : Tensor of float, shape (n, 1, h, w)
    residual : Tensor of float, shape (n, h, w, 2)
        The grid less that of the identity.
    """
    grid = warp_grid(increments)
    residual = grid - warp_grid(torch.zeros_like(increments[:1]))
    images = functional.grid_sample(texture, grid, padding_mode="border", align_corners=True)
    return images, residual


def deforming_loss(network: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Return the mean absolute error + 1e-6 · total variation + 1e-2 · mean residual warp².

    The total variation is the sum of a residual warp's absolute differences of neighbours, as a
    mean over the batch. The mean residual warp is that over the batch: it is squared at each place
    and averaged over the places.

    Parameters
    ----------
    network : DeformingAutoencoder
        What reconstructs.
    images : Tensor of float, shape (n, 1, side, side)
        0 to 1.
    """
    made, residual = network(images)
    rows, columns = residual.diff(dim=1).abs(), residual.diff(dim=2).abs()
    variation = (rows.sum() + columns.sum()) / len(images)
    centring = residual.mean(dim=0).square().mean()
    error = functional.l1_loss(made, images)
    loss: torch.Tensor = error + SMOOTHNESS * variation + CENTRING * centring
    return loss
