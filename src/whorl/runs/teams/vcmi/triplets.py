"""The loss of triplets of vectors."""

from __future__ import annotations

import torch
from torch.nn import functional


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
