"""The nearest generated image: the plainest attack of all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ScoreError
from whorl.methods.base import Method, Nearest, Scores
from whorl.similarity import SSIM, Largest, Matrix, Measure, TopK, reduce_pairs
from whorl.similarity.pairs import Items
from whorl.tasks.view import View


@dataclass(frozen=True)
class NearestSimilarity(Method):
    """Score = similarity to the most similar generated image.

    Without a reference the null holds the similarities of all pairs of different candidates, as
    VCMI had it: what real images resemble each other by.

    Attributes
    ----------
    measure : Measure
        The similarity.

    References
    ----------
    Chen, Yu, Zhang, Fritz. GAN-Leaks. CCS 2020 (full black box). Montenegro et al. Evaluating
    privacy on synthetic images generated using GANs. CLEF 2023 (threshold methods).

    Examples
    --------
    >>> from whorl.images import ImageSet
    >>> pixels = np.random.default_rng(0).integers(0, 256, (4, 16, 16), np.uint8)
    >>> view = View(ImageSet(("g", "h"), pixels[:2]), ImageSet(("x", "y"), pixels[1:3]))
    >>> NearestSimilarity().score(view).values > 0.99
    array([ True, False])
    """

    measure: Measure = SSIM()

    def nearest(self, view: View) -> Nearest:
        """Return the generated image most similar to each candidate."""
        kept = reduce_pairs(self.measure, view.candidates, view.generated, {"nearest": TopK()})
        return nearest_of(kept["nearest"], self.measure)

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        nearest = self.nearest(view)
        return Scores(view.candidates.ids, nearest.similarity, nearest=nearest)

    def _null(self, view: View) -> NDArray[np.float64] | None:
        if len(view.candidates) < 2:
            return None
        return off_diagonal(similarity_among(view.candidates, self.measure))


def nearest_of(largest: Largest, measure: Measure) -> Nearest:
    """Return the first of the largest similarities as evidence."""
    return Nearest(
        largest.position[:, 0], largest.similarity[:, 0].astype(np.float64), measure.name
    )


def similarity_among(candidates: Items, measure: Measure) -> NDArray[np.float32]:
    """Return the similarities of all candidates with each other, minus infinity with themselves.

    Raises
    ------
    ScoreError
        If there is only one candidate.
    """
    if len(candidates) < 2:
        raise ScoreError("this method compares candidates with each other: give at least two")
    matrix: NDArray[np.float32] = reduce_pairs(
        measure, candidates, candidates, {"all": Matrix()}, same=True
    )["all"]
    return matrix


def off_diagonal(matrix: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return each pair of different images once: the upper triangle of a symmetric matrix."""
    return matrix[np.triu_indices(len(matrix), 1)].astype(np.float64)
