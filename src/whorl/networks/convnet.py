"""A plain convolutional network, to be trained from nothing on few images."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import nn


class ConvNet(nn.Module):
    """Blocks of conv3×3, batch norm, ReLU and max-pool, then the mean over the map.

    Parameters
    ----------
    channels : tuple of int
        Of each block; the last is the width of the embedding.
    """

    pretrained_cfg: ClassVar[dict[str, tuple[float, ...]]] = {"mean": (0.5,), "std": (0.5,)}

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        blocks = [
            nn.Sequential(
                nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU(),
                nn.MaxPool2d(2, ceil_mode=True),
            )
            for before, after in zip((1, *channels), channels, strict=False)
        ]  # fmt: skip
        self.blocks = nn.Sequential(*blocks)
        self.num_features = channels[-1]

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return embeddings, shape (n, width), of images of shape (n, 1, h, w)."""
        embeddings: torch.Tensor = self.blocks(images).mean(dim=(2, 3))
        return embeddings
