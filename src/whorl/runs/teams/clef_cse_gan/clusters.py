"""Candidates parted into two clusters, one of which is said to be the used ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ScoreError
from whorl.features import CoOccurrence, Feature, extract
from whorl.images import ImageSet
from whorl.methods.base import Scores
from whorl.methods.supervised import State, SupervisedMethod
from whorl.tasks.view import Development, View


@dataclass(frozen=True)
class TwoClusters(SupervisedMethod):
    """Score = above 0 in the used one of two clusters of the candidates, below 0 in the other.

    Agglomerative clustering parts the candidates. Which cluster is the used one, the development
    set tells: that towards whose centre its used reals lie, compared with those not used. Within
    a cluster the score rises towards the used centre; its size is a choice of ours.

    Attributes
    ----------
    feature : Feature
        One of the same shape for all images.
    linkage : {"ward", "complete", "average", "single"}
        What is least between the two clusters merged next.
    """

    feature: Feature = CoOccurrence()
    linkage: Literal["ward", "complete", "average", "single"] = "ward"

    def _fit(self, development: Development, seed: int) -> State:  # noqa: ARG002
        used, not_used = (self._vectors(s) for s in (development.used, development.not_used))
        return {"towards_used": used.mean(axis=0) - not_used.mean(axis=0)}

    def _apply(self, state: State, view: View, seed: int) -> Scores:  # noqa: ARG002
        from sklearn.cluster import AgglomerativeClustering

        if len(view.candidates) < 2:
            raise ScoreError("two clusters need at least two candidates")
        vectors = self._vectors(view.candidates)
        first = AgglomerativeClustering(2, linkage=self.linkage).fit_predict(vectors) == 0
        return Scores(view.candidates.ids, cluster_scores(vectors, first, state["towards_used"]))

    def _vectors(self, images: ImageSet) -> NDArray[np.float64]:
        """Return the feature of each image as a row."""
        return extract(self.feature, images).reshape(len(images), -1).astype(np.float64)


def cluster_scores(
    vectors: NDArray[np.float64], first: NDArray[np.bool_], towards_used: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return 0.5 to 1.5 for the members of the used cluster, −1.5 to −0.5 for the others.

    Parameters
    ----------
    vectors : ndarray of float64, shape (n, d)
        What was clustered.
    first : ndarray of bool, shape (n,)
        Who is in the first of the two clusters.
    towards_used : ndarray of float64, shape (d,)
        The mean of known used vectors less that of known others.

    Returns
    -------
    ndarray of float64, shape (n,)

    Examples
    --------
    >>> line = np.array([[0.0], [1.0], [9.0], [10.0]])
    >>> cluster_scores(line, line[:, 0] < 5, np.array([1.0])) > 0
    array([False, False,  True,  True])
    """
    centres = [vectors[of].mean(axis=0) for of in (first, ~first)]
    axis = centres[0] - centres[1]
    if axis @ towards_used < 0:
        first, axis = ~first, -axis
    along = (vectors - np.mean(centres, axis=0)) @ axis / max(axis @ axis, np.finfo(float).tiny)
    scores: NDArray[np.float64] = np.where(first, 1.0, -1.0) + 0.5 * np.tanh(along)
    return scores
