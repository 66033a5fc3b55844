"""Contrastive learning: two augmented views of one image are alike, those of others are not.

References
----------
Chen, Kornblith, Norouzi, Hinton. A Simple Framework for Contrastive Learning of Visual
Representations (SimCLR). ICML 2020.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn.functional import affine_grid, cross_entropy, grid_sample, normalize

PROJECTED = 128  # values of a projection
LEAST_SIDE = 0.5  # of a crop, as a share of the image's
JITTER = 0.3  # largest change of contrast, and of brightness as a share of the grey values
NOISE = 5.0  # largest standard deviation, in grey values


class Projected(nn.Module):
    """An encoder with the small head on which views are compared, and which is then thrown away.

    Parameters
    ----------
    encoder : torch.nn.Module
        Returns embeddings of shape (n, width).
    width : int
        Their width.
    """

    def __init__(self, encoder: nn.Module, width: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, PROJECTED))

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return the projections, of shape (n, 128)."""
        projections: torch.Tensor = self.head(self.encoder(pixels))
        return projections


def nt_xent(first: torch.Tensor, second: torch.Tensor, temperature: float = 0.5) -> torch.Tensor:
    r"""Return the normalised temperature-scaled cross entropy of two views.

    .. math:: \ell_{ij} = -\log \frac{\exp(\cos(z_i, z_j) / \tau)}
              {\sum_{k \ne i} \exp(\cos(z_i, z_k) / \tau)}

    averaged over all 2n projections i, each with the other view j of its image (equation 1).

    Parameters
    ----------
    first, second : torch.Tensor, shape (n, d)
        Projections of either view, in the same order.
    temperature : float
        Above 0.

    Returns
    -------
    torch.Tensor
        A scalar; symmetric in the two views.

    Examples
    --------
    >>> axes = torch.eye(2)
    >>> round(float(nt_xent(axes, axes, 1.0)), 4)  # log((e + 2) / e)
    0.5514
    """
    every = normalize(torch.cat([first, second]).float(), dim=1)
    similarity = every @ every.T / temperature
    similarity.fill_diagonal_(-torch.inf)
    partner = torch.arange(len(every), device=every.device).roll(len(first))
    return cross_entropy(similarity, partner)


def moved_view(
    pixels: torch.Tensor, rng: np.random.Generator, *, degrees: float = 0.0, shift: float = 0.0
) -> torch.Tensor:
    """Return each image as it might lie otherwise: turned, shifted and flipped, nothing else.

    Parameters
    ----------
    pixels : torch.Tensor, shape (n, height, width)
        Grey values 0 to 255.
    rng : numpy.random.Generator
        What is drawn from.
    degrees : float
        By how much images are turned at the most, either way.
    shift : float
        By how much they are shifted at the most, either way in each direction, as a share of the
        side. They are flipped in each direction every other time.

    Returns
    -------
    torch.Tensor of float32, shape (n, height, width)
        Grey values; what comes in from outside is as the edge.

    Examples
    --------
    >>> pixels = torch.arange(9.0).reshape(1, 3, 3)
    >>> moved = moved_view(pixels, np.random.default_rng(1))
    >>> bool((moved.sort().values.flatten().sort().values == pixels.flatten()).all())
    True
    """
    n = len(pixels)

    def drawn(most: float, *shape: int) -> torch.Tensor:
        values = rng.uniform(-most, most, (n, *shape)).astype(np.float32)
        return torch.from_numpy(values).to(pixels.device)

    angle, flips = torch.deg2rad(drawn(degrees)), torch.where(drawn(1, 2) < 0, -1.0, 1.0)
    cosine, sine = angle.cos(), angle.sin()
    turn = torch.stack([torch.stack([cosine, -sine], 1), torch.stack([sine, cosine], 1)], 1)
    place = torch.cat([turn * flips.unsqueeze(2), 2 * drawn(shift, 2, 1)], dim=2)
    grid = affine_grid(place, [n, 1, *pixels.shape[1:]], align_corners=False)
    return grid_sample(pixels.unsqueeze(1).float(), grid, "bilinear", "border", False).squeeze(1)


def random_view(pixels: torch.Tensor, size: int, rng: np.random.Generator) -> torch.Tensor:
    """Return one augmented view of each image.

    A square crop of half to the whole side, flipped left to right every other time, with
    contrast and brightness changed and noise added.

    Parameters
    ----------
    pixels : torch.Tensor, shape (n, height, width)
        Grey values 0 to 255.
    size : int
        Height and width of the views, in pixels.
    rng : numpy.random.Generator
        What is drawn from.

    Returns
    -------
    torch.Tensor of float32, shape (n, size, size)
        Grey values, which may leave 0 to 255 a little.
    """
    n = len(pixels)

    def drawn(low: float, high: float, *shape: int) -> torch.Tensor:
        values = rng.uniform(low, high, (n, *shape)).astype(np.float32)
        return torch.from_numpy(values).to(pixels.device)

    side = drawn(LEAST_SIDE, 1)
    place = torch.zeros((n, 2, 3), device=pixels.device)
    place[:, 0, 0] = torch.where(drawn(-1, 1) < 0, -side, side)
    place[:, 1, 1] = side
    place[:, :, 2] = drawn(-1, 1, 2) * (1 - side).unsqueeze(1)
    grid = affine_grid(place, [n, 1, size, size], align_corners=False)
    views = grid_sample(pixels.unsqueeze(1).float(), grid, "bilinear", "border", False).squeeze(1)
    contrast, brightness, noise = (
        values.view(-1, 1, 1)
        for values in (drawn(1 - JITTER, 1 + JITTER), drawn(-JITTER, JITTER), drawn(0, NOISE))
    )
    mean = views.mean(dim=(1, 2), keepdim=True)
    shaken = (views - mean) * contrast + mean + 255 * brightness
    return shaken + noise * torch.randn_like(shaken)
