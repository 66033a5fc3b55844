"""What the two stages of latent diffusion learn from: crops of images, and fields of latents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from whorl.generators.base import Pixels
from whorl.generators.training import signed
from whorl.networks.runtime import mixed_precision, ready

if TYPE_CHECKING:
    import torch

    from whorl.generators.networks.folded_autoencoder import FoldedAutoencoder

ENCODED_AT_ONCE = 32


class Fields:
    """Latent fields of images: means and standard deviations.

    Attributes
    ----------
    scaling : dict
        ``shift``, each channel's mean; ``scale``, the standard deviation of all channels from
        these; ``limit``, the largest absolute value of a mean that is shifted and scaled.
    variances : Tensor, shape (channels,)
        Of the means that are shifted and scaled.
    """

    def __init__(self, network: FoldedAutoencoder, pixels: Pixels, place: torch.device) -> None:
        torch = ready()
        with torch.no_grad(), mixed_precision(place):
            parts = [
                network.encode(signed(pixels[first : first + ENCODED_AT_ONCE], place))
                for first in range(0, len(pixels), ENCODED_AT_ONCE)
            ]
        means, self._spreads = (torch.cat(part) for part in zip(*parts, strict=True))
        shift = means.mean((0, 2, 3), keepdim=True)
        scale = (means - shift).square().mean().sqrt().clamp(min=1e-6)
        self._means, self._spreads = (means - shift) / scale, self._spreads / scale
        self.variances = self._means.square().mean((0, 2, 3))
        self.scaling = {
            "shift": shift.flatten().tolist(),
            "scale": float(scale),
            "limit": float(self._means.abs().max()),
        }

    def drawn(self, rows: np.ndarray[Any, np.dtype[np.intp]]) -> torch.Tensor:
        """Return the scaled fields of the images at these positions, drawn by torch."""
        chosen = ready().from_numpy(rows).to(self._means.device)
        means, spreads = self._means[chosen], self._spreads[chosen]
        drawn: torch.Tensor = means + spreads * ready().randn_like(spreads)
        return drawn


def cropped(pixels: Pixels, side: int, step: int, rng: np.random.Generator) -> Pixels:
    """Return the same random crop of all images, at most so large; sides are multiples of `step`.

    Examples
    --------
    >>> images = np.zeros((2, 96, 160), np.uint8)
    >>> cropped(images, 128, 8, np.random.default_rng(0)).shape
    (2, 96, 128)
    """
    height, width = pixels.shape[1:]
    cuts = []
    for length in (height, width):
        kept = min(length, max(side // step, 1) * step)
        first = int(rng.integers(length - kept + 1))
        cuts.append(slice(first, first + kept))
    return pixels[:, cuts[0], cuts[1]]
