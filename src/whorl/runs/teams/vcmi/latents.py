"""What team VCMI (INESC TEC) did with autoencoders: reconstruction errors and latent codes.

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

from whorl.methods.base import Method, Scores
from whorl.networks.pictures import (
    Pictures,
    Positions,
    chosen_at_random,
    pictures_of,
    require_at_least,
)
from whorl.networks.runtime import computed_in_batches, device, seeded
from whorl.networks.training import Plan, trained
from whorl.runs.teams.vcmi.representation import Representation
from whorl.similarity.pairs import Items
from whorl.tasks.view import View

if TYPE_CHECKING:
    import torch
    from torch import nn

    from whorl.networks.autoencoders import Autoencoder


@dataclass(frozen=True)
class AutoencoderTraining:
    """An autoencoder and how it is trained, on the mean squared error of grey values −1 to 1.

    Trained where there is a cache, it is kept there, and methods that train the same one on the
    same images with the same seed share it. Images of any size will do; see
    :mod:`whorl.networks.autoencoders` for the layers.

    Attributes
    ----------
    residual : bool
        Blocks of two convolutions with a shortcut, instead of one.
    width : int
        Channels of the first convolution.
    latent : int
        Length of a code.
    side : int or None
        Images are resized to side × side first; None leaves them as they are.
    plan : Plan
        How it is trained.
    """

    residual: bool = False
    width: int = 16
    latent: int = 128
    side: int | None = None
    plan: Plan = Plan(200, 32, 1e-4)

    def own_fast(self) -> AutoencoderTraining:
        """Return it on images of 32 × 32 pixels, for 5 epochs of larger steps."""
        return replace(self, side=32, plan=replace(self.plan, epochs=5, learning_rate=2e-3))

    def trained(self, pictures: Pictures, rows: Positions, seed: int) -> Autoencoder:
        """Return the autoencoder trained on the images at these places."""
        place = device()
        import torch

        from whorl.networks.autoencoders import Autoencoder, Centred

        centred = Centred()

        def loss(network: nn.Module, batch: Positions, _: np.random.Generator) -> torch.Tensor:
            images = centred(torch.from_numpy(pictures.batch(rows[batch])).to(place))
            return torch.nn.functional.mse_loss(network(images).float(), images)

        with seeded(seed):
            network = Autoencoder(pictures.size, self.width, self.latent, residual=self.residual)
        trained(
            network.to(place), loss, len(rows), self.plan, seed=seed, label="training autoencoder",
            key=f"autoencoder {self!r} {pictures.digest(rows)}",
        )  # fmt: skip
        return network


@dataclass(frozen=True)
class Latents(Representation):
    """Latent codes of an autoencoder trained on the generated images and the candidates.

    Attributes
    ----------
    autoencoder : AutoencoderTraining
        The autoencoder.
    trained_on : int or None
        Generated images that it is trained on, a seeded choice; None takes all. The candidates
        are trained on in any case, and all images are encoded.
    """

    autoencoder: AutoencoderTraining = AutoencoderTraining()
    trained_on: int | None = None

    def items(self, view: View, seed: int) -> tuple[Items, Items]:
        """Train, and return each image's code as a float32 row."""
        pictures = pictures_of(view.candidates, view.generated, side=self.autoencoder.side)
        drawn = chosen_at_random(pictures.within(1), self.trained_on, seed)
        rows = np.union1d(pictures.within(0), drawn)
        network = self.autoencoder.trained(pictures, rows, seed)
        from whorl.networks.autoencoders import encoding

        candidates, generated = pictures.apart(
            computed_in_batches(encoding(network.encoder), pictures.pixels)
        )
        return candidates, generated


@dataclass(frozen=True)
class ReconstructionError(Method):
    """Score = how far the error of reconstruction lies below the bound of held-out images.

    An autoencoder is trained on generated images alone. Of those held out it learns how large
    errors on images of their kind are; VCMI calls a real image used if its error is at most their
    mean + 3 standard deviations. The score is that bound minus the image's error, in units of the
    standard deviation: used if above 0.

    That the run "simple AE (AVG)" is this rule with the autoencoder of VCMI's other runs is our
    reading.

    Attributes
    ----------
    autoencoder : AutoencoderTraining
        The autoencoder.
    held_out : float
        Share of the generated images that is held out, a seeded choice of at least 2 images.
    deviations : float
        Standard deviations above the mean where the bound lies.
    """

    autoencoder: AutoencoderTraining = AutoencoderTraining()
    held_out: float = 0.05
    deviations: float = 3.0

    def _score(self, view: View, seed: int) -> Scores:
        side = self.autoencoder.side
        generated, candidates = (
            pictures_of(images, side=side) for images in (view.generated, view.candidates)
        )
        every = generated.within(0)
        require_at_least(4, every, "generated images")
        held = chosen_at_random(every, max(2, round(self.held_out * len(every))), seed)
        network = self.autoencoder.trained(generated, np.setdiff1d(every, held), seed)
        from whorl.networks.autoencoders import Errors

        known = computed_in_batches(Errors(network), generated.batch(held)).astype(np.float64)
        errors = computed_in_batches(Errors(network), candidates.pixels).astype(np.float64)
        bound = known.mean() + self.deviations * known.std()
        return Scores(view.candidates.ids, candidates.apart(margin_below(bound, errors, known))[0])


def margin_below(
    bound: float, errors: NDArray[np.float64], known: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how far errors lie below a bound, in standard deviations of known errors.

    Where those do not differ, in units of the errors.

    Examples
    --------
    >>> margin_below(3.0, np.array([1.0, 4.0]), known=np.array([1.0, 2.0]))
    array([ 4., -2.])
    """
    deviation = known.std()
    margins: NDArray[np.float64] = (bound - errors) / (deviation if deviation > 0 else 1.0)
    return margins
