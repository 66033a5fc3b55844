"""Small convolutional networks that map a grey image to a vector or a number, and their losses."""

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


def balanced_loss(logits: torch.Tensor, second: torch.Tensor, share: float) -> torch.Tensor:
    """Return the cross-entropy of logits, in which either group weighs the same.

    Parameters
    ----------
    logits : Tensor of float, shape (n,)
        That an image is of the second group.
    second : Tensor of bool, shape (n,)
        Whether it is.
    share : float
        Of the second group among all images, between 0 and 1.

    Examples
    --------
    >>> second = torch.tensor([False, True])
    >>> round(float(balanced_loss(torch.zeros(2), second, 0.5)), 4)  # log 2
    0.6931
    """
    weights = torch.where(second, 0.5 / share, 0.5 / (1 - share))
    return functional.binary_cross_entropy_with_logits(logits.float(), second.float(), weights)


def triplet_loss(
    anchors: torch.Tensor, positives: torch.Tensor, negatives: torch.Tensor, margin: float
) -> torch.Tensor:
    """Return the mean of MSE(a, p) + max(margin − MSE(a, n), 0) over triplets of vectors.

    Parameters
    ----------
    anchors, positives, negatives : Tensor of float, shape (n, length)
        Vectors.
    margin : float
        The mean squared difference beyond which a negative is far enough.

    Examples
    --------
    >>> a, n = torch.zeros(1, 4), torch.full((1, 4), 0.5)
    >>> float(triplet_loss(a, a, n, 0.5)), float(triplet_loss(a, n, n, 0.5))
    (0.25, 0.5)
    """
    near = (anchors - positives).square().mean(dim=1)
    far = (anchors - negatives).square().mean(dim=1)
    return (near + functional.relu(margin - far)).mean()
