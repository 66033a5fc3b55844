"""Training a network to tell two groups of images apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from whorl.images import ImageSet
from whorl.networks.pictures import Positions, pictures_of
from whorl.networks.runtime import device, seeded
from whorl.networks.training import Plan, trained

if TYPE_CHECKING:
    import torch
    from torch import nn


def told_apart(
    make: Callable[[tuple[int, int]], nn.Module],
    first: ImageSet,
    second: ImageSet,
    plan: Plan,
    *,
    side: int | None,
    seed: int,
    key: str,
) -> nn.Module:
    """Return a network trained to tell two groups of images apart; either weighs the same.

    Parameters
    ----------
    make : callable
        ``make(size)``: the network with its first weights, for images of a height and width; it
        takes them as floats −1 to 1, shape (n, 1, h, w), and returns the logits, shape (n,), that
        they are of the second group.
    first, second : ImageSet
        The groups; their order and names do not matter.
    plan : Plan
        How it is trained.
    side : int or None
        Images are resized to side × side first; None leaves them as they are.
    seed : int
        Seeds the first weights and the training.
    key : str
        All that the network depends on beside the images, plan and seed.
    """
    place = device()
    import torch

    from whorl.networks.autoencoders import Centred
    from whorl.networks.losses import balanced_loss

    pictures = pictures_of(first, second, side=side)
    is_second = np.zeros(len(pictures), bool)
    is_second[pictures.places[1]] = True
    centred = Centred()

    def loss(network: nn.Module, rows: Positions, _: np.random.Generator) -> torch.Tensor:
        images = centred(torch.from_numpy(pictures.batch(rows)).to(place))
        targets = torch.from_numpy(is_second[rows]).to(place)
        return balanced_loss(network(images), targets, float(is_second.mean()))

    with seeded(seed):
        network = make(pictures.size)
    digests = [pictures.digest(pictures.within(part)) for part in range(2)]
    return trained(
        network.to(place), loss, len(pictures), plan, seed=seed,
        label=f"telling {first.name} from {second.name}", key=f"{key} {digests}",
    )  # fmt: skip
