"""A classifier of what images look like in numbers, one class for each subset."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.attribution.base import Floats, SubsetMethod, SubsetScores
from whorl.attribution.view import Labelled, SubsetView
from whorl.features import CoOccurrence, Feature, GreyLevels, Joined, LBPHistogram, extract
from whorl.features.embeddings import Embedding
from whorl.features.sketch import Sketch
from whorl.images import ImageSet

LEAST_CLASS = 2  # images, or patients, of a class that can be left out of learning
AT_HAND: Feature = Joined((Sketch(), GreyLevels(), LBPHistogram(), CoOccurrence()))
"""What needs no weights: outlines, brightness and texture."""


@dataclass(frozen=True)
class SubsetClassifier(SubsetMethod):
    """Score = log probability of the subset by a logistic regression.

    It learns from the real images of each subset, and from generated images whose subsets are
    known where there is a development set. How strongly it is held back is chosen by
    cross-validation in which no patient is on both sides. Classes weigh the same, however many
    images they have.

    Attributes
    ----------
    feature : Feature
        What an image is described by.
    strengths : tuple of float
        Inverse strengths of the penalty that are tried; one alone is taken as it is.
    folds : int
        Of the cross-validation; fewer where a subset has fewer patients.

    Examples
    --------
    >>> pixels = np.repeat(np.uint8([10, 20, 200, 210]), 64).reshape(4, 8, 8)
    >>> reals = Labelled(ImageSet(tuple("abcd"), pixels), ("t1", "t1", "t2", "t2"))
    >>> view = SubsetView(ImageSet(("g",), pixels[2:3] - 5), reals)
    >>> SubsetClassifier(GreyLevels(), strengths=(1.0,)).score(view).answers
    ('t2',)
    """

    feature: Feature = field(default=AT_HAND)
    strengths: tuple[float, ...] = (0.001, 0.01, 0.1, 1.0)
    folds: int = 5

    def _score(self, view: SubsetView, seed: int) -> Floats:
        learned = self._learning_set(view)
        estimator = self._fitted(*learned, seed)
        return _log_probabilities(estimator, extract(self.feature, view.generated), view.subsets)

    def as_if_generated(self, view: SubsetView, *, seed: int = 0) -> SubsetScores:
        """Score the real images by classifiers that learned without their patients, in folds."""
        vectors, code, whose = self._learning_set(view)
        n, names = len(view.reals.images), view.subsets
        values = np.zeros((n, len(names)))
        for learn, left_out in _folds(code, whose, self.folds, seed):
            asked = left_out[left_out < n]
            if len(asked):
                estimator = self._fitted(vectors[learn], code[learn], whose[learn], seed)
                values[asked] = _log_probabilities(estimator, vectors[asked], names)
        return SubsetScores(view.reals.images.ids, names, values)

    def _learning_set(
        self, view: SubsetView
    ) -> tuple[NDArray[Any], NDArray[np.intp], NDArray[np.intp]]:
        """Return vectors, subsets and patients of what is learned from, the reals first."""
        parts = [view.reals] if view.development is None else [view.reals, view.development]
        vectors = np.concatenate([extract(self.feature, part.images) for part in parts])
        code = np.concatenate([part.codes(view.subsets) for part in parts])
        whose = [name for k, part in enumerate(parts) for name in _patients(part, k)]
        return vectors, code, np.unique(np.array(whose), return_inverse=True)[1]

    def _fitted(
        self, vectors: NDArray[Any], code: NDArray[np.intp], whose: NDArray[np.intp], seed: int
    ) -> Any:
        """Return the classifier with the strength that foretells images of other patients best."""
        splits = _folds(code, whose, self.folds, seed) if len(self.strengths) > 1 else []
        errors = [0.0] * len(self.strengths)
        for learn, left_out in splits:
            for k, strength in enumerate(self.strengths):
                estimator = _logistic(strength).fit(vectors[learn], code[learn])
                errors[k] += float((estimator.predict(vectors[left_out]) != code[left_out]).sum())
        return _logistic(self.strengths[int(np.argmin(errors))]).fit(vectors, code)


def embedded(weights: Any) -> SubsetClassifier:
    """Return the classifier of a backbone's embeddings, with these weights."""
    from whorl.networks.backbones import Backbone

    return SubsetClassifier(Embedding(Backbone(weights=weights)))


def _patients(part: Labelled, number: int) -> list[str]:
    """Return whose each image is; where that is not known, each is by itself."""
    images: ImageSet = part.images
    if images.patients is not None:
        return [f"patient {patient}" for patient in images.patients]
    return [f"image {number} {image_id}" for image_id in images.ids]


def _folds(
    code: NDArray[np.intp], whose: NDArray[np.intp], folds: int, seed: int
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Return the folds, no patient on both sides; none where a subset has one patient only."""
    from sklearn.model_selection import StratifiedGroupKFold

    patients = min(len(np.unique(whose[code == k])) for k in np.unique(code))
    folds = min(folds, patients)
    if folds < LEAST_CLASS:
        return []
    split = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    return [
        (learn, left_out)
        for learn, left_out in split.split(code, code, whose)
        if len(np.unique(code[learn])) == len(np.unique(code))
    ]


def _logistic(strength: float) -> Any:
    """Return the unfitted estimator."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = LogisticRegression(C=strength, class_weight="balanced", max_iter=2_000)
    return make_pipeline(StandardScaler(), model)


def _log_probabilities(estimator: Any, vectors: NDArray[Any], names: tuple[str, ...]) -> Floats:
    """Return a column for each subset."""
    found = np.asarray(estimator.predict_log_proba(vectors), np.float64)
    assert found.shape[1] == len(names)  # noqa: S101
    return np.maximum(found, np.log(np.finfo(float).tiny))
