"""What team DMK-SSN brought: run 1, a small convolutional network.

References
----------
Andrei et al. Overview of ImageCLEFmedical GANs 2023 task. CLEF 2023 Working Notes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from whorl.methods.base import Scores
from whorl.methods.supervised import State, SupervisedMethod
from whorl.networks.pictures import computed_on_images
from whorl.networks.runtime import arrays_of, load_arrays, ready
from whorl.networks.training import Plan
from whorl.networks.two_groups import told_apart
from whorl.tasks.view import Development, View

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class SmallNetwork(SupervisedMethod):
    """Score = logit of a network of three convolutions, trained on the development reals.

    The logit is above 0 where the probability of "used" is above 0.5; either class weighs the
    same in training. Of the run no more than "3 layers CNN" is known: all else is our choice.

    Attributes
    ----------
    channels : tuple of int
        Of the three convolutions.
    dense : int
        Values of the layer between the maps and the logit.
    side : int or None
        Images are resized to side × side first; None leaves them as they are.
    plan : Plan
        How the network is trained.
    """

    channels: tuple[int, int, int] = (16, 32, 64)
    dense: int = 64
    side: int | None = None
    plan: Plan = Plan(50, 32, 1e-3)

    def own_fast(self) -> SmallNetwork:
        """Return the method on images of 64 × 64 pixels, for 10 epochs."""
        return replace(self, side=64, plan=replace(self.plan, epochs=10))

    def _fit(self, development: Development, seed: int) -> State:
        network = told_apart(
            self._network, development.not_used, development.used, self.plan,
            side=self.side, seed=seed, key=repr(self),
        )  # fmt: skip
        return {"network": arrays_of(network)}

    def _apply(self, state: State, view: View, seed: int) -> Scores:  # noqa: ARG002
        size = view.candidates.size if self.side is None else (self.side, self.side)
        network = self._network(size)
        load_arrays(network, state["network"])
        from whorl.networks.autoencoders import encoding

        logits = computed_on_images(encoding(network), view.candidates, side=self.side)
        return Scores(view.candidates.ids, logits.astype(np.float64))

    def _network(self, size: tuple[int, int]) -> nn.Module:
        """Return the network for images of a height and width, with its first weights."""
        ready()
        from whorl.runs.teams.dmk.three_layers import ThreeLayers

        return ThreeLayers(size, self.channels, self.dense)
