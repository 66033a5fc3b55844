"""Copies sought among the vectors of a network that is trained on the images at hand.

It learns from candidates, reference and generated images alike, whatever they are, so that scores
of reals that were not used stay exchangeable. Where the papers train it on the training set, which
they know, an attacker has these images: a choice of ours.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from whorl.methods.axes import require_others
from whorl.methods.base import Method, Scores
from whorl.methods.nearest import nearest_of
from whorl.networks.backbones import bare_embedder, width_of
from whorl.networks.durations import tell_duration
from whorl.networks.pictures import Positions, pictures_of
from whorl.networks.runtime import computed_in_batches, device, ready, seeded
from whorl.networks.training import Plan, trained
from whorl.similarity import SSIM, Cosine, TopK, reduce_pairs
from whorl.tasks.view import View

if TYPE_CHECKING:
    import torch
    from torch import nn

QUANTILE = 0.95
DEGREES = 5.0
SHIFT = 0.05  # of the side

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class TrainedEmbedding(Method):
    """Vectors of 128 values, by a network that is trained on the images at hand.

    Attributes
    ----------
    architecture : str
        timm's name of the network, which starts from random weights.
    size : int
        Height and width, in pixels, to which images are resized.
    plan : Plan
        How it is trained.
    """

    architecture: str = "resnet50"
    size: int = 224
    plan: Plan = Plan(100, 32, 1e-4)

    def own_fast(self) -> Self:
        """Return the method with a small network that sees small images, for a few epochs."""
        return replace(self, architecture="resnet10t", size=64, plan=Plan(5, 32, 1e-3))

    @abstractmethod
    def _loss(
        self, network: nn.Module, pixels: NDArray[np.uint8], rng: np.random.Generator
    ) -> torch.Tensor:
        """Return the loss of the network on some images of shape (n, size, size)."""

    def _vectors(self, view: View, seed: int) -> tuple[Vectors, Vectors]:
        """Train the network, and return the vectors of candidates and generated images."""
        ready()
        from whorl.networks.contrastive import Projected

        pictures = pictures_of(view.candidates, view.generated, side=self.size)
        encoder = bare_embedder(self.architecture, self.size, seed=seed, channels=1)
        with seeded(seed):
            network = Projected(encoder, width_of(encoder)).to(device())

        def loss(network: nn.Module, rows: Positions, rng: np.random.Generator) -> torch.Tensor:
            return self._loss(network, pictures.batch(rows), rng)

        def rehearsed() -> None:
            rows = np.arange(min(self.plan.batch, len(pictures)))
            loss(network.eval(), rows, np.random.default_rng(0)).backward()  # type: ignore[no-untyped-call]
            network.zero_grad(set_to_none=True)

        name = "training the network"
        tell_duration(name, rehearsed, self.plan.epochs * len(pictures) / self.plan.batch)
        trained(
            network, loss, len(pictures), self.plan, seed=seed, label=name,
            key=f"{self!r} {pictures.digest()}",
        )  # fmt: skip
        reals, generated = pictures.apart(computed_in_batches(network, pictures.pixels))
        return reals, generated


@dataclass(frozen=True)
class CopyDetector(TrainedEmbedding):
    """Score = correlation of x's vector with that of the generated image most like it.

    The network learns by contrast that an image turned by up to 5° or flipped stays the same image
    and is none of the others. From the score is taken away the 95th percentile of what real images
    correlate with the real image most like them: above 0 the paper calls it a copy. Real images
    are candidates and reference together but for the image itself, so that both are scored alike;
    that, and the plan, are choices of ours.

    Attributes
    ----------
    temperature : float
        Of NT-Xent.

    References
    ----------
    Dar et al. Unconditional latent diffusion models memorize patient imaging data: implications
    for openly sharing synthetic data. 2024.
    """

    temperature: float = 0.07

    def _score(self, view: View, seed: int) -> Scores:
        reals, generated = map(_centred, self._vectors(view, seed))
        require_others(reals)
        kept = reduce_pairs(Cosine(), reals, generated, {"nearest": TopK()})["nearest"]
        among = reduce_pairs(Cosine(), reals, reals, {"nearest": TopK()}, same=True)["nearest"]
        threshold = np.quantile(among.similarity[:, 0].astype(np.float64), QUANTILE)
        nearest = nearest_of(kept, Cosine())
        return Scores(view.candidates.ids, nearest.similarity - threshold, nearest=nearest)

    def _loss(
        self, network: nn.Module, pixels: NDArray[np.uint8], rng: np.random.Generator
    ) -> torch.Tensor:
        import torch

        from whorl.networks.contrastive import moved_view, nt_xent

        images = torch.from_numpy(pixels).to(device())
        views = [moved_view(images, rng, degrees=DEGREES) for _ in range(2)]
        first, second = network(torch.cat(views)).chunk(2)
        return nt_xent(first, second, self.temperature)


@dataclass(frozen=True)
class LearnedSSIM(TrainedEmbedding):
    """Score = cosine of the vectors of x and of the generated image most like it.

    The network learns that the cosine of any two images is to be their SSIM, even where each is
    turned by up to 5°, shifted by up to a twentieth of its side, or flipped: then it finds a copy
    that does not lie as its original does. Which movements, and the plan, are choices of ours.

    References
    ----------
    Scardace, Puglisi, Guarnera, Battiato, Ravì. A novel metric for detecting memorization in
    generative models for brain MRI synthesis (DeepSSIM). WACV 2026.
    """

    def _score(self, view: View, seed: int) -> Scores:
        reals, generated = self._vectors(view, seed)
        kept = reduce_pairs(Cosine(), reals, generated, {"nearest": TopK()})
        nearest = nearest_of(kept["nearest"], Cosine())
        return Scores(view.candidates.ids, nearest.similarity, nearest=nearest)

    def _loss(
        self, network: nn.Module, pixels: NDArray[np.uint8], rng: np.random.Generator
    ) -> torch.Tensor:
        import torch
        from torch.nn.functional import mse_loss, normalize

        from whorl.networks.contrastive import moved_view

        prepared = SSIM().prepare(pixels)
        wanted = torch.from_numpy(SSIM().compare(prepared, prepared)).to(device())
        images = torch.from_numpy(pixels).to(device())
        views = [moved_view(images, rng, degrees=DEGREES, shift=SHIFT) for _ in range(2)]
        first, second = normalize(network(torch.cat(views)).float(), dim=1).chunk(2)
        return mse_loss(first @ second.T, wanted)


def _centred(vectors: Vectors) -> Vectors:
    """Return vectors less their own means, so that their cosine is their correlation."""
    centred: Vectors = vectors - vectors.mean(axis=1, keepdims=True)
    return centred
