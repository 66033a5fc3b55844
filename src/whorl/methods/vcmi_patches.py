"""What team VCMI (INESC TEC) did with patches: matching them, and replacing them.

References
----------
Montenegro, Neto, Patrício, Rio-Torto, Gonçalves, Teixeira. Evaluating privacy on synthetic images
generated using GANs: contributions of the VCMI team to ImageCLEFmedical GANs 2023. CLEF 2023.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ScoreError
from whorl.methods.base import Method, Nearest, Scores
from whorl.methods.nearest import nearest_of
from whorl.methods.vcmi_latents import AutoencoderTraining, margin_below
from whorl.networks.durations import tell_duration
from whorl.networks.pictures import (
    Pictures,
    Positions,
    pictures_of,
    require_at_least,
    some_of,
)
from whorl.networks.runtime import computed_in_batches, device, seeded
from whorl.networks.training import Plan, trained
from whorl.progress import track
from whorl.similarity import TopK, reduce_pairs
from whorl.similarity.vectors import MeanSquaredError
from whorl.tasks.view import View

if TYPE_CHECKING:
    import torch
    from torch import nn

    from whorl.networks.autoencoders import Autoencoder, Encoder

BATCH = 64  # patches of which the time is taken, to say how long all will take


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
    generated_at_most: int | None = None
    plan: Plan = Plan(800, 16, 1e-4)

    def fast(self) -> MatchingPatches:
        """Return the method on images of 64 × 64 pixels, for 40 epochs of larger steps."""
        return replace(self, side=64, plan=replace(self.plan, epochs=40, learning_rate=1e-3))

    def _score(self, view: View, seed: int) -> Scores:
        reals = pictures_of(view.candidates, side=self.side)
        generated = pictures_of(view.generated, side=self.side)
        require_at_least(2, reals.within(0), "candidates")
        encoder = self._trained(reals, seed)
        compared = some_of(generated.within(0), self.generated_at_most, seed)
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
        from whorl.networks.convolutional import triplet_loss

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


@dataclass(frozen=True)
class ReplacingPatches(Method):
    """Score = how far the smallest error of reconstruction with a foreign patch lies below a bound.

    Rows 1/2 to 1 and columns 1/4 to 3/4 of a candidate are replaced with those of another image
    (rows 128:256, columns 64:192 of 256). An autoencoder, trained on the generated images and the
    candidates, reconstructs the whole; the error is the mean squared difference from the
    candidate as it was. VCMI calls a real image used if its smallest error with a generated
    image's patch is below mean − 2 standard deviations of the errors with patches of other reals.
    The score is that bound minus the smallest error, in standard deviations: used if above 0.

    One bound for all candidates, from the errors of all pairs of them, is our reading.

    Attributes
    ----------
    autoencoder : AutoencoderTraining
        The autoencoder.
    deviations : float
        Standard deviations below the mean where the bound lies.
    generated_at_most : int or None
        Generated images whose patches are tried, a seeded choice; None tries all.
    """

    autoencoder: AutoencoderTraining = AutoencoderTraining()
    deviations: float = 2.0
    generated_at_most: int | None = None

    def fast(self) -> ReplacingPatches:
        """Return the method with little training and the patches of 50 generated images."""
        return replace(self, autoencoder=self.autoencoder.fast(), generated_at_most=50)

    def _score(self, view: View, seed: int) -> Scores:
        if len(view.candidates) < 2:
            raise ScoreError("this method compares candidates with each other: give at least two")
        pictures = pictures_of(view.candidates, view.generated, side=self.autoencoder.side)
        compared = some_of(pictures.within(1), self.generated_at_most, seed)
        network = self.autoencoder.trained(pictures, np.arange(len(pictures)), seed)
        nearest, smallest, among = smallest_errors(network, pictures, compared)
        bound = among.mean() - self.deviations * among.std()
        evidence = Nearest(
            pictures.own(1, nearest), -smallest, "− error with a patch of the generated image"
        )
        return Scores(view.candidates.ids, margin_below(bound, smallest, among), nearest=evidence)


def smallest_errors(
    network: Autoencoder, pictures: Pictures, compared: Positions
) -> tuple[Positions, NDArray[np.float64], NDArray[np.float64]]:
    """Reconstruct each image of the first set with patches of others.

    Parameters
    ----------
    network : Autoencoder
        What reconstructs.
    pictures : Pictures
        Of two sets, candidates and generated images.
    compared : ndarray of intp, shape (m,)
        Which generated images lend their patches.

    Returns
    -------
    nearest : ndarray of intp, shape (n,)
        For each candidate, in its set's own order, whose patch gives the smallest error.
    smallest : ndarray of float64, shape (n,)
        That error.
    among : ndarray of float64, shape (n · (n − 1),)
        The errors with the patches of all other candidates.
    """
    from whorl.networks.autoencoders import PatchErrors

    rows, columns = patch_of(pictures.size)
    reals = pictures.places[0]
    lent = np.concatenate([reals, compared])
    patches = np.stack([pictures.pixels[row, rows, columns] for row in lent])
    errors = np.empty((len(reals), len(lent)))

    def errors_of(real: int, lent_patches: NDArray[np.uint8]) -> NDArray[np.float32]:
        with_patch = PatchErrors(network, pictures.pixels[real], rows, columns)
        return computed_in_batches(with_patch, lent_patches)

    batch = patches[:BATCH]
    tell_duration(
        f"replacing {errors.size:,} patches",
        lambda: errors_of(reals[0], batch),
        errors.size / len(batch),
    )
    with track("replacing patches", errors.size) as advance:
        for k, real in enumerate(reals):
            errors[k] = errors_of(real, patches)
            advance(len(lent))
    generated = errors[:, len(reals) :]
    others = errors[:, : len(reals)][~np.eye(len(reals), dtype=bool)]
    return compared[generated.argmin(axis=1)], generated.min(axis=1), others


def patch_of(size: tuple[int, int]) -> tuple[slice, slice]:
    """Return the rows and columns of an image that are replaced.

    Examples
    --------
    >>> patch_of((256, 256))
    (slice(128, 256, None), slice(64, 192, None))
    """
    height, width = size
    return slice(height // 2, height), slice(width // 4, width - width // 4)


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
