"""What team VCMI (INESC TEC) did by matching crops: distances between learned codes of them.

References
----------
Montenegro, Neto, Patrício, Rio-Torto, Gonçalves, Teixeira. Evaluating privacy on synthetic images
generated using GANs: contributions of the VCMI team to ImageCLEFmedical GANs 2023. CLEF 2023.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from whorl.methods.base import Method, Nearest, Scores
from whorl.methods.nearest import nearest_of
from whorl.networks.pictures import (
    Pictures,
    Positions,
    chosen_at_random,
    pictures_of,
    require_at_least,
)
from whorl.networks.runtime import computed_in_batches, device, seeded
from whorl.networks.training import Plan, trained
from whorl.runs.teams.vcmi.latents import margin_below
from whorl.similarity import TopK, reduce_pairs
from whorl.similarity.vectors import MeanSquaredError
from whorl.tasks.view import View

if TYPE_CHECKING:
    import torch
    from torch import nn

    from whorl.networks.autoencoders import Encoder


@dataclass(frozen=True)
class MatchingPatches(Method):
    """Score = how far the distance to the nearest generated crop lies below a bound.

    An encoder learns, of the candidates alone, to put two crops of one image close together and
    a crop of another image apart. The distance of two crops is the mean squared difference of
    their codes. VCMI calls a real image used if its smallest distance to a generated image's crop
    is below mean − standard deviation of the distances of two crops of one real image. The score
    is that bound minus the smallest distance, in standard deviations: used if above 0.

    Crops have half the sides of the image (128 of 256). In training they lie anywhere; which
    crops are matched is not known: here the central ones. That no noise is added then, and that
    the distances within images are those of one random pair for each, are choices of ours too.

    Attributes
    ----------
    width, latent : int
        Channels of the encoder's first convolution, and length of a code.
    side : int or None
        Images are resized to side × side first; None leaves them as they are.
    noise : float
        Standard deviation of what is added to crops in training; grey values are −1 to 1.
    margin : float
        Of the triplet loss, MSE(a, p) + max(margin − MSE(a, n), 0).
    generated_at_most : int or None
        Generated images that are compared, a seeded choice; None compares all.
    plan : Plan
        How the encoder is trained.
    """

    width: int = 16
    latent: int = 128
    side: int | None = None
    noise: float = 0.1
    margin: float = 0.5
    generated_at_most: int | None = field(
        default=None, metadata={"option": "--subsample-generated"}
    )
    plan: Plan = Plan(800, 16, 1e-4)

    def own_fast(self) -> MatchingPatches:
        """Return the method on images of 64 × 64 pixels, for 40 epochs of larger steps."""
        return replace(self, side=64, plan=replace(self.plan, epochs=40, learning_rate=1e-3))

    def _score(self, view: View, seed: int) -> Scores:
        reals = pictures_of(view.candidates, side=self.side)
        generated = pictures_of(view.generated, side=self.side)
        require_at_least(2, reals.within(0), "candidates")
        encoder = self._trained(reals, seed)
        compared = chosen_at_random(generated.within(0), self.generated_at_most, seed)
        within = self._within(encoder, reals, seed)
        unit = within.mean() or 1.0  # similarities are kept in single precision
        codes, others = (
            self._codes(encoder, crops) / np.float32(np.sqrt(unit))
            for crops in (central(reals.pixels), central(generated.pixels)[compared])
        )
        kept = reduce_pairs(MeanSquaredError(), codes, others, {"nearest": TopK()})["nearest"]
        nearest = nearest_of(kept, MeanSquaredError())
        distances = unit * (1 - nearest.similarity)
        margins = margin_below(within.mean() - within.std(), distances, within)
        own = generated.own(0, compared[nearest.index])
        values, index, similarity = (
            reals.apart(found)[0] for found in (margins, own, nearest.similarity)
        )
        evidence = Nearest(index, similarity, "1 − distance over that within one image")
        return Scores(view.candidates.ids, values, nearest=evidence)

    def _trained(self, reals: Pictures, seed: int) -> Encoder:
        """Return the encoder trained on crops of the reals."""
        place = device()
        import torch

        from whorl.networks.autoencoders import Centred, Encoder
        from whorl.runs.teams.vcmi.triplets import triplet_loss

        centred = Centred()

        def loss(network: nn.Module, rows: Positions, rng: np.random.Generator) -> torch.Tensor:
            others = (rows + rng.integers(1, len(reals), len(rows))) % len(reals)
            three = np.concatenate([rows, rows, others])
            crops = torch.from_numpy(random_crops(reals.batch(three), rng)).to(place)
            noise = self.noise * rng.standard_normal(crops.shape, np.float32)
            images = centred(crops) + torch.from_numpy(noise).to(place).unsqueeze(1)
            anchors, positives, negatives = network(images).float().chunk(3)
            return triplet_loss(anchors, positives, negatives, self.margin)

        with seeded(seed):
            network = Encoder(self.width, self.latent, residual=False)
        trained(
            network.to(place), loss, len(reals), self.plan, seed=seed, label="training encoder",
            key=f"patch encoder {self!r} {reals.digest()}",
        )  # fmt: skip
        return network

    def _codes(self, encoder: Encoder, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the codes of crops."""
        from whorl.networks.autoencoders import encoding

        return computed_in_batches(encoding(encoder), crops)

    def _within(self, encoder: Encoder, reals: Pictures, seed: int) -> NDArray[np.float64]:
        """Return the distance of two random crops of each real."""
        rng = np.random.default_rng(seed)
        first, second = (
            self._codes(encoder, random_crops(reals.pixels, rng)).astype(np.float64)
            for _ in range(2)
        )
        distances: NDArray[np.float64] = np.square(first - second).mean(axis=1)
        return distances


def central(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the central crop of each image, of half its sides (rounded up).

    Examples
    --------
    >>> central(np.arange(16, dtype=np.uint8).reshape(1, 4, 4))
    array([[[ 5,  6],
            [ 9, 10]]], dtype=uint8)
    """
    height, width = pixels.shape[1:]
    top, left = height // 4, width // 4
    return pixels[:, top : top + -(-height // 2), left : left + -(-width // 2)]


def random_crops(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a crop of each image from anywhere in it, of half its sides (rounded up)."""
    n, height, width = pixels.shape
    rows, columns = -(-height // 2), -(-width // 2)
    tops = rng.integers(0, height - rows + 1, n)
    lefts = rng.integers(0, width - columns + 1, n)
    crops = [
        image[top : top + rows, left : left + columns]
        for image, top, left in zip(pixels, tops, lefts, strict=True)
    ]
    return np.stack(crops)
