"""What team VCMI (INESC TEC) did by replacing patches: errors of reconstruction with foreign ones.

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

from whorl.errors import ScoreError
from whorl.methods.base import Method, Nearest, Scores
from whorl.networks.durations import tell_duration
from whorl.networks.pictures import Pictures, Positions, chosen_at_random, pictures_of
from whorl.networks.runtime import computed_in_batches
from whorl.progress import track
from whorl.runs.teams.vcmi.latents import AutoencoderTraining, margin_below
from whorl.tasks.view import View

if TYPE_CHECKING:
    from whorl.networks.autoencoders import Autoencoder

BATCH = 64  # patches of which the time is taken, to say how long all will take


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
    generated_at_most: int | None = field(
        default=None, metadata={"option": "--subsample-generated"}
    )

    def own_fast(self) -> ReplacingPatches:
        """Return the method with the patches of 50 generated images."""
        return replace(self, generated_at_most=50)

    def _score(self, view: View, seed: int) -> Scores:
        if len(view.candidates) < 2:
            raise ScoreError("this method compares candidates with each other: give at least two")
        pictures = pictures_of(view.candidates, view.generated, side=self.autoencoder.side)
        compared = chosen_at_random(pictures.within(1), self.generated_at_most, seed)
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
