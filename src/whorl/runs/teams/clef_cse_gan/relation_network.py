"""A relation network: two images in, how much they belong together out.

References
----------
Sung, Yang, Zhang, Xiang, Torr, Hospedales. Learning to Compare: Relation Network for Few-Shot
Learning. CVPR 2018.
"""

from __future__ import annotations

import torch
from torch import nn

from whorl.networks.embedder import Embedder

BETWEEN = 8  # values between the two dense layers
POOLED = 5  # side of the maps between the two convolutions


class RelationNetwork(nn.Module):
    """Two encoders, one for either side, and a module that relates their maps.

    Conv3×3, batch norm, ReLU, max-pool to 5×5, conv3×3, batch norm, ReLU, max-pool to 1×1, dense
    8, ReLU, dense 1. The first convolution, of both maps one behind the other, is written as the
    sum of a convolution of each: so it is done once for an image, not once for a pair.

    Parameters
    ----------
    left, right : Embedder
        Return maps of shape (n, width, h, w).
    width : int
        Channels of the maps.
    hidden : int
        Channels of the relation module.
    """

    def __init__(self, left: Embedder, right: Embedder, width: int, hidden: int) -> None:
        super().__init__()
        self.left = nn.Sequential(left, nn.Conv2d(width, hidden, 3, padding=1))
        self.right = nn.Sequential(right, nn.Conv2d(width, hidden, 3, padding=1, bias=False))
        self.first = nn.Sequential(nn.BatchNorm2d(hidden), nn.ReLU(), nn.AdaptiveMaxPool2d(POOLED))
        self.second = nn.Sequential(
            nn.Conv2d(hidden, hidden, 3, padding=1), nn.BatchNorm2d(hidden), nn.ReLU(),
            nn.AdaptiveMaxPool2d(1), nn.Flatten(),
        )  # fmt: skip
        self.dense = nn.Sequential(nn.Linear(hidden, BETWEEN), nn.ReLU(), nn.Linear(BETWEEN, 1))

    def forward(self, left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        """Return the logit of each pair, shape (n,); the images have shape (n, height, width)."""
        return self.related(self.left(left), self.right(right))

    def related(self, left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        """Return the logit of each pair of convolved maps, shape (n,)."""
        logits: torch.Tensor = self.dense(self.second(self.first(left + right))).squeeze(1)
        return logits

    def every_pair(self, left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        """Return the logits of all pairs of n and m convolved maps, shape (n, m)."""
        n, m = len(left), len(right)
        return self.related(left.repeat_interleave(m, 0), right.repeat(n, 1, 1, 1)).view(n, m)
