"""What pretrained networks make of an image."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.compute import current
from whorl.features.base import Feature
from whorl.networks.backbones import Backbone
from whorl.networks.runtime import computed_in_batches

if TYPE_CHECKING:
    from whorl.networks.embedder import Embedder


@dataclass(frozen=True)
class Embedding(Feature):
    """What a backbone says before its classifier (extra ``deep``).

    Float32, shape (n, width of the backbone), without bounds. Its weights are part of ``repr``,
    by their hash, so that values of other weights are never taken from the cache.

    Attributes
    ----------
    backbone : Backbone
        With its weights.
    """

    backbone: Backbone = Backbone()

    name: ClassVar[str] = "embeddings"
    colour: ClassVar[bool] = True
    one_caller: ClassVar[bool] = True  # torch has threads, or a device, of its own

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Describe images.

        Raises
        ------
        NeedError
            If the backbone has no weights, or torch or timm is not installed.
        WeightsError
            If the weights cannot be had, or do not fit.
        """
        return computed_in_batches(_network(self.backbone, current().device), pixels)


@lru_cache(maxsize=1)
def _network(backbone: Backbone, device: str) -> Embedder:  # noqa: ARG001
    """Return the network on the device in force; the last one is kept."""
    return backbone.network()
