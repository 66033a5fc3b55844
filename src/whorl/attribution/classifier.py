"""A classifier of what images look like in numbers, one class for each subset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.attribution.base import Floats, SubsetMethod, SubsetScores
from whorl.attribution.view import Labelled, SubsetView
from whorl.errors import NeedError
from whorl.features import CoOccurrence, Feature, GreyLevels, Joined, LBPHistogram, extract
from whorl.features.sketch import Sketch

LEAST_CLASS = 2  # patients of a subset, so that one can be left out
Learning = tuple[NDArray[Any], NDArray[np.intp]]
"""Vectors, and the subset of each."""

AT_HAND: Feature = Joined((Sketch(), GreyLevels(), LBPHistogram(), CoOccurrence()))
"""What needs no weights: outlines, brightness and texture."""


@dataclass(frozen=True)
class SubsetClassifier(SubsetMethod):
    """Score = log probability of the subset by a logistic regression.

    It learns from the real images of each subset, and from generated images whose subsets are
    known where there is a development set; then folds of those say how strongly to hold it back.
    Classes weigh the same, however many images they have.

    Attributes
    ----------
    feature : Feature
        What an image is described by.
    strengths : tuple of float
        Inverse strengths of the penalty that are tried; the first is taken where nothing can be
        tried: there is no development set, or too small a one.
    folds : int
        Of the cross-validation; fewer where a subset has fewer known images, or patients.

    Examples
    --------
    >>> from whorl.images import ImageSet
    >>> pixels = np.repeat(np.uint8([10, 20, 200, 210]), 64).reshape(4, 8, 8)
    >>> reals = Labelled(ImageSet(tuple("abcd"), pixels), ("t1", "t1", "t2", "t2"))
    >>> view = SubsetView(ImageSet(("g",), pixels[2:3] - 5), reals)
    >>> SubsetClassifier(GreyLevels()).score(view).answers
    ('t2',)
    """

    feature: Feature = field(default=AT_HAND)
    strengths: tuple[float, ...] = (1.0, 0.001, 0.01, 0.1, 10.0)
    folds: int = 5

    def _score(self, view: SubsetView, seed: int) -> Floats:
        reals = self._learning_set(view.reals, view)
        known = None if view.development is None else self._learning_set(view.development, view)
        strength = self._strength(reals, known, seed)
        vectors, code = reals if known is None else _both(reals, known)
        estimator = _logistic(strength).fit(vectors, code)
        return _log_probabilities(estimator, extract(self.feature, view.generated))

    def as_if_generated(self, view: SubsetView, *, seed: int = 0) -> SubsetScores:
        """Score the real images by classifiers that learned without their patients, in folds.

        Generated images are left out, as they have traces of all patients.

        Raises
        ------
        NeedError
            If a subset has images of one patient only.
        """
        vectors, code = self._learning_set(view.reals, view)
        images = view.reals.images
        folds = _folds(code, images.patients or images.ids, self.folds, seed)
        if not folds:
            raise NeedError(
                f"{images.name}: a subset has images of one patient only, so none can be left out: "
                "to answer none, give --reference or --unrelated"
            )
        values = np.zeros((len(images), len(view.subsets)))
        for learn, left_out in folds:
            estimator = _logistic(self.strengths[0]).fit(vectors[learn], code[learn])
            values[left_out] = _log_probabilities(estimator, vectors[left_out])
        return SubsetScores(images.ids, view.subsets, values)

    def _learning_set(self, part: Labelled, view: SubsetView) -> Learning:
        """Return vectors and subsets."""
        return extract(self.feature, part.images), part.codes(view.subsets)

    def _strength(self, reals: Learning, known: Learning | None, seed: int) -> float:
        """Return the strength that foretells generated images best."""
        if known is None:
            return self.strengths[0]
        vectors, code = known
        errors = np.zeros(len(self.strengths))
        for learn, left_out in _folds(code, range(len(code)), self.folds, seed):
            given, of = _both(reals, (vectors[learn], code[learn]))
            for k, strength in enumerate(self.strengths):
                estimator = _logistic(strength).fit(given, of)
                errors[k] += (estimator.predict(vectors[left_out]) != code[left_out]).sum()
        return self.strengths[int(np.argmin(errors))]


def _both(a: Learning, b: Learning) -> Learning:
    """Return two sets, one behind the other."""
    return np.concatenate([a[0], b[0]]), np.concatenate([a[1], b[1]])


def _folds(
    code: NDArray[np.intp], whose: Sequence[object], folds: int, seed: int
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Return the folds, no patient on both sides; none where a subset has one patient only."""
    from sklearn.model_selection import StratifiedGroupKFold

    patient = np.unique(np.array(whose), return_inverse=True)[1]
    folds = min(folds, *(len(np.unique(patient[code == k])) for k in np.unique(code)))
    if folds < LEAST_CLASS:
        return []
    split = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    return [
        (learn, left_out)
        for learn, left_out in split.split(code, code, patient)
        if set(code[learn]) == set(code)
    ]


def _logistic(strength: float) -> Any:
    """Return the unfitted estimator."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = LogisticRegression(C=strength, class_weight="balanced", max_iter=2_000)
    return make_pipeline(StandardScaler(), model)


def _log_probabilities(estimator: Any, vectors: NDArray[Any]) -> Floats:
    """Return a column for each subset, none below what a float can hold."""
    found = np.asarray(estimator.predict_log_proba(vectors), np.float64)
    return np.maximum(found, np.log(np.finfo(float).tiny))
