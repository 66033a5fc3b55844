"""Vector-Net: a small convolutional network whose last layer but one is a vector."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional


class VectorNet(nn.Module):
    """Images, shape (n, 1, h, w), → the logit that each is of the second of two groups.

    Five blocks of a convolution of stride 2, batch normalisation and ReLU, the mean over each map
    and a dense layer make the vector; another dense layer makes the logit of it.

    Parameters
    ----------
    width : int
        Channels of the first block; each further one doubles them.
    length : int
        Of the vector.
    """

    def __init__(self, width: int, length: int) -> None:
        super().__init__()
        channels = [1, *(width << k for k in range(5))]
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise(channels):
            convolution = nn.Conv2d(inputs, outputs, 3, stride=2, padding=1, bias=False)
            layers += [convolution, nn.BatchNorm2d(outputs), nn.ReLU()]
        pooling = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.vectors = nn.Sequential(*layers, pooling, nn.Linear(channels[-1], length))
        self.logit = nn.Linear(length, 1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the logits, shape (n,)."""
        logits: torch.Tensor = self.logit(functional.relu(self.vectors(images)))
        return logits.squeeze(1)
