"""VCMI's clustering: who lies among the others by DBSCAN, and who is an outlier.

References
----------
Montenegro, Neto, Patrício, Rio-Torto, Gonçalves, Teixeira. Evaluating privacy on synthetic images
generated using GANs: contributions of the VCMI team to ImageCLEFmedical GANs 2023. CLEF 2023.
Ester, Kriegel, Sander, Xu. A density-based algorithm for discovering clusters in large spatial
databases with noise. KDD 1996.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ScoreError
from whorl.images import ImageSet
from whorl.methods.base import Method, Scores
from whorl.methods.drawing import drawn_by_content
from whorl.methods.nearest import nearest_of
from whorl.similarity import SSIM, Matrix, Measure, TopK, reduce_pairs
from whorl.tasks.view import View


@dataclass(frozen=True)
class DensityClustering(Method):
    """Score = eps less the radius up to which DBSCAN calls the candidate an outlier.

    DBSCAN runs on candidates and generated images together, at distance 1 − similarity. A score
    above 0 says that at radius `eps` the candidate is no outlier, exactly as scikit-learn's
    ``DBSCAN(eps, min_samples=min_samples)`` labels it.

    The team's paper gives neither radius nor density. Its code calls an image used if any of its
    similarities reaches the mean of all plus three standard deviations: that is what DBSCAN says
    where two images make a cluster and the radius is taken from that value, and what is done here
    by default. To draw some of the generated images only is a choice of ours, as the number of
    comparisons grows with the square of all.

    Attributes
    ----------
    measure : Measure
        The similarity.
    min_samples : int
        Images within the radius, itself included, that make an image the core of a cluster.
    eps : float or None
        The radius; None takes 1 less the mean plus `deviations` standard deviations of the
        similarities of all pairs.
    deviations : float
        For that radius.
    generated : int
        Generated images that are drawn, by the seed and their content; all where there are fewer.
    """

    measure: Measure = SSIM()
    min_samples: int = 2
    eps: float | None = None
    deviations: float = 3.0
    generated: int = 1000

    def _score(self, view: View, seed: int) -> Scores:
        generated = drawn_by_content(view.generated, self.generated, seed)
        found = reduce_pairs(
            self.measure, view.candidates, generated, {"across": Matrix(), "nearest": TopK()}
        )
        similarity = np.block(
            [
                [_among(self.measure, view.candidates), found["across"]],
                [found["across"].T, _among(self.measure, generated)],
            ]
        )
        eps = self._radius(similarity) if self.eps is None else self.eps
        distances = 1 - similarity
        np.fill_diagonal(distances, 0)
        radii = outlier_radii(distances, self.min_samples)[: len(view.candidates)]
        nearest = nearest_of(found["nearest"], self.measure)
        return Scores(view.candidates.ids, eps - radii, nearest=nearest)

    def _radius(self, similarity: NDArray[np.float32]) -> float:
        """Return the radius that the similarities of all pairs of different images set."""
        pairs = similarity[np.triu_indices(len(similarity), 1)].astype(np.float64)
        return 1 - float(pairs.mean() + self.deviations * pairs.std())


def _among(measure: Measure, images: ImageSet) -> NDArray[np.float32]:
    """Return the similarities of images with each other."""
    matrix: NDArray[np.float32] = reduce_pairs(measure, images, images, {"all": Matrix()})["all"]
    return matrix


def outlier_radii(distances: NDArray[np.float32], min_samples: int) -> NDArray[np.float64]:
    """Return, for each point, the largest radius at which DBSCAN calls it an outlier.

    At any larger radius it is a core point, or lies within that radius of one: it has
    `min_samples` points, itself included, within the radius, or a neighbour within the radius has.

    Parameters
    ----------
    distances : ndarray of float32, shape (n, n)
        Symmetric, 0 on the diagonal.
    min_samples : int
        At least 1.

    Returns
    -------
    ndarray of float64, shape (n,)

    Raises
    ------
    ScoreError
        If there are fewer than `min_samples` points: none can be in a cluster.

    Examples
    --------
    >>> at = np.array([0, 1, 2, 5])
    >>> outlier_radii(np.abs(at - at[:, None]).astype(np.float32), 3).round(6)
    array([1., 1., 1., 3.])
    """
    if min_samples > len(distances):
        raise ScoreError(
            f"a cluster of at least {min_samples} needs more than {len(distances)} images: "
            "give more, or set a smaller min_samples"
        )
    core = np.partition(distances, min_samples - 1, axis=1)[:, min_samples - 1]
    reached = np.array([np.maximum(row, core).min() for row in distances])
    return np.nextafter(reached.astype(np.float64), -np.inf)
