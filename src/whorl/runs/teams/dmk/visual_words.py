"""What team DMK-SSN brought: run 2, a bag of visual words.

References
----------
Andrei et al. Overview of ImageCLEFmedical GANs 2023 task. CLEF 2023 Working Notes.
Csurka, Dance, Fan, Willamowski, Bray. Visual categorization with bags of keypoints. 2004.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.features import SIFT, Feature, extract_each
from whorl.images import ImageSet
from whorl.methods.base import Scores
from whorl.methods.classifiers import Classifier, NearestNeighbours, probabilities
from whorl.methods.supervised import State, SupervisedMethod
from whorl.tasks.view import Development, View


@dataclass(frozen=True)
class VisualWords(SupervisedMethod):
    """Score = probability of "used", by the visual words that the candidate holds.

    Words are the cluster centres of the descriptors of the development set's generated images. A
    real image is described by which words it holds, not by how often; one without a keypoint
    holds none. A classifier is fitted on the development reals.

    Attributes
    ----------
    feature : Feature
        Descriptors: for each image an array of shape (any number, d).
    words : int
        Size of the vocabulary; fewer where there are fewer different descriptors.
    classifier : Classifier
        One that gives probabilities.
    """

    feature: Feature = SIFT()
    words: int = 100
    classifier: Classifier = NearestNeighbours(5)

    def _fit(self, development: Development, seed: int) -> State:
        words = vocabulary(extract_each(self.feature, development.generated), self.words, seed)
        reals = [self._bags(s, words) for s in (development.used, development.not_used)]
        used = np.repeat([True, False], [len(part) for part in reals])
        return {
            "words": words,
            "classifier": self.classifier.fit(np.concatenate(reals), used, seed),
        }

    def _apply(self, state: State, view: View, seed: int) -> Scores:  # noqa: ARG002
        bags = self._bags(view.candidates, state["words"])
        return Scores(view.candidates.ids, probabilities(state["classifier"], bags))

    def _bags(self, images: ImageSet, words: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return which words each image holds."""
        return np.array([bag(found, words) for found in extract_each(self.feature, images)])


def vocabulary(
    descriptors: Sequence[NDArray[Any]], words: int, seed: int = 0
) -> NDArray[np.float32]:
    """Return the cluster centres of the descriptors of many images, by k-means.

    Parameters
    ----------
    descriptors : sequence of ndarray, shape (any number, d)
        One array for each image.
    words : int
        Clusters; fewer where there are fewer different descriptors.
    seed : int
        Seeds the first centres.

    Returns
    -------
    ndarray of float32, shape (words, d)

    Raises
    ------
    ImageError
        If no image has a descriptor.

    Examples
    --------
    >>> found = [np.array([[0.0], [1.0]]), np.zeros((0, 1)), np.array([[10.0], [11.0]])]
    >>> np.sort(vocabulary(found, 2), axis=0).ravel()
    array([ 0.5, 10.5], dtype=float32)
    """
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    rows = np.concatenate(descriptors).astype(np.float32)
    if not len(rows):
        raise ImageError(
            "no generated image of the development set has a keypoint: they are too smooth or too "
            "small for visual words"
        )
    clusters = min(words, len(np.unique(rows, axis=0)))
    with threadpool_limits(1):  # several threads add in an order that changes from run to run
        fitted = KMeans(clusters, n_init=1, random_state=seed).fit(rows)
    return np.asarray(fitted.cluster_centers_, np.float32)


def bag(descriptors: NDArray[Any], words: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return 1 for each word that is the nearest to some descriptor, 0 for the others.

    Parameters
    ----------
    descriptors : ndarray, shape (any number, d)
        Of one image.
    words : ndarray of float32, shape (words, d)
        The vocabulary.

    Returns
    -------
    ndarray of float32, shape (words,)

    Examples
    --------
    >>> words = np.array([[0], [10], [20]], np.float32)
    >>> bag(np.array([[1], [2], [19]]), words), bag(np.zeros((0, 1)), words)
    (array([1., 0., 1.], dtype=float32), array([0., 0., 0.], dtype=float32))
    """
    from scipy.spatial.distance import cdist

    held = np.zeros(len(words), np.float32)
    if len(descriptors):
        nearest = cdist(descriptors.astype(np.float64), words.astype(np.float64)).argmin(axis=1)
        held[nearest] = 1.0
    return held
