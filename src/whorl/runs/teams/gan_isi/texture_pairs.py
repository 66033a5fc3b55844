"""What team GAN-ISI (Copenhagen) brought: texture distances of pairs, and a classifier of pairs.

References
----------
Andrei, Radzhabov, Coman, Kovalev, Ionescu, Müller. Overview of ImageCLEFmedical GANs 2023 task.
CLEF 2023. Nothing more of the runs was published.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from whorl.features import extract
from whorl.features.maps import TextureCDFs
from whorl.images import ImageSet
from whorl.methods.base import Scores
from whorl.methods.classifiers import Classifier, Logistic, probabilities
from whorl.methods.drawing import drawn_pairs
from whorl.methods.supervised import State, SupervisedMethod
from whorl.methods.thresholds import best_threshold, folds
from whorl.progress import track
from whorl.similarity.wasserstein import wasserstein_distances
from whorl.tasks.view import Development, View

BLOCK = 50_000  # pairs whose distances are held at once


@dataclass(frozen=True)
class TexturePairs(SupervisedMethod):
    """Score = mean (or largest) probability, over the generated images, that the real was used.

    A pair of a real and a generated image is described by the Wasserstein distances between the
    distributions of their texture feature maps, one for each map. A classifier of such pairs
    learns from the development set which belong to a real that was used. From the score a
    threshold is taken away, so that 0 parts used from not used.

    The team's five runs are known by this idea alone. Which maps, classifier, statistic and
    threshold each has, and how many pairs are learned from, are choices of ours.

    Attributes
    ----------
    families : tuple of str
        Families of feature maps; see :data:`whorl.features.maps.FAMILIES`.
    classifier : Classifier
        Of pairs; one that gives probabilities.
    statistic : {"mean", "largest"}
        What is taken over the generated images. The largest grows with their number.
    threshold : float or None
        Of the probability; None takes the one of best F1 in a cross-validation over the
        development reals.
    pairs : int
        Development pairs that are learned from, drawn by the seed; all where there are fewer.
    """

    families: tuple[str, ...] = ("first-order",)
    classifier: Classifier = Logistic()
    statistic: Literal["mean", "largest"] = "mean"
    threshold: float | None = 0.5
    pairs: int = 80_000

    def _fit(self, development: Development, seed: int) -> State:
        parts = [self._cdfs(images) for images in (development.used, development.not_used)]
        used = np.repeat([True, False], [len(part) for part in parts])
        reals, generated = np.concatenate(parts), self._cdfs(development.generated)
        threshold = self.threshold
        if threshold is None:
            held_out = np.empty(len(reals))
            for learn, test in folds(used, seed):
                classifier = self._fit_pairs(reals[learn], generated, used[learn], seed)
                held_out[test] = self._over_generated(classifier, reals[test], generated)
            threshold = best_threshold(held_out, used)
        classifier = self._fit_pairs(reals, generated, used, seed)
        return {"classifier": classifier, "threshold": threshold}

    def _apply(self, state: State, view: View, seed: int) -> Scores:  # noqa: ARG002
        candidates, generated = self._cdfs(view.candidates), self._cdfs(view.generated)
        values = self._over_generated(state["classifier"], candidates, generated)
        return Scores(view.candidates.ids, values - state["threshold"])

    def _cdfs(self, images: ImageSet) -> NDArray[np.float32]:
        """Return the distributions of all maps: shape (n, maps, 256)."""
        return np.hstack([extract(TextureCDFs(family), images) for family in self.families])

    def _fit_pairs(
        self,
        reals: NDArray[np.float32],
        generated: NDArray[np.float32],
        used: NDArray[np.bool_],
        seed: int,
    ) -> Any:
        """Return the classifier fitted to pairs of labelled reals with generated images."""
        row, column = drawn_pairs(len(reals), len(generated), self.pairs, seed)
        of_each = [
            wasserstein_distances(reals[[i]], generated[column[row == i]])[0]
            for i in np.unique(row)
        ]
        vectors = np.concatenate(of_each)
        return self.classifier.fit(vectors, used[row], seed)

    def _over_generated(
        self, classifier: Any, reals: NDArray[np.float32], generated: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Return each real's mean, or largest, probability over the generated images."""
        total, most = np.zeros(len(reals)), np.zeros(len(reals))
        step = max(1, BLOCK // len(reals))
        with track("probabilities of all pairs", len(reals) * len(generated)) as advance:
            for first in range(0, len(generated), step):
                distances = wasserstein_distances(reals, generated[first : first + step])
                vectors = distances.reshape(-1, distances.shape[2])
                found = probabilities(classifier, vectors).reshape(distances.shape[:2])
                total += found.sum(axis=1)
                np.maximum(most, found.max(axis=1), out=most)
                advance(found.size)
        return most if self.statistic == "largest" else total / len(generated)
