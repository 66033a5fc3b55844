"""A small convolutional network of three layers."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn


class ThreeLayers(nn.Module):
    """Images, shape (n, 1, h, w), → the logit that each is of the second of two groups.

    Three times a convolution 3×3, ReLU and the largest of 2×2; a dense layer, ReLU, the logit.

    Parameters
    ----------
    size : tuple of int
        Height and width of the images.
    channels : tuple of int
        Of the three convolutions.
    dense : int
        Values of the dense layer.
    """

    def __init__(self, size: tuple[int, int], channels: tuple[int, int, int], dense: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise((1, *channels)):
            convolution = nn.Conv2d(inputs, outputs, 3, padding=1)
            layers += [convolution, nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True)]
        places = -(-size[0] // 8) * -(-size[1] // 8)
        self.layers = nn.Sequential(
            *layers, nn.Flatten(), nn.Linear(channels[-1] * places, dense), nn.ReLU(),
            nn.Linear(dense, 1),
        )  # fmt: skip

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the logits, shape (n,)."""
        logits: torch.Tensor = self.layers(images)
        return logits.squeeze(1)
