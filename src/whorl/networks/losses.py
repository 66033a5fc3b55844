"""Losses that several networks share."""

from __future__ import annotations

import torch
from torch.nn import functional


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
