"""Classifiers of vectors."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.errors import WhorlError
from whorl.methods.classifiers import (
    SVM,
    Classifier,
    Forest,
    Logistic,
    NearestNeighbours,
    margins,
    probabilities,
)

EVERY = [SVM("linear"), SVM("poly"), SVM("rbf"), Logistic(), Forest(20), NearestNeighbours(3)]
LINE = np.arange(20, dtype=np.float32)[:, None]
RIGHT = LINE[:, 0] >= 10


@pytest.mark.parametrize("classifier", EVERY, ids=repr)
def test_margins_are_above_0_where_used(classifier: Classifier) -> None:
    rng = np.random.default_rng(0)
    used = np.arange(60) < 30
    vectors = rng.normal(size=(60, 3)) + 8.0 * used[:, None]
    estimator = classifier.fit(vectors, used, seed=0)
    found = margins(estimator, vectors)
    assert ((found > 0) == used).mean() > 0.95
    assert found.dtype == np.float64


@pytest.mark.parametrize("classifier", EVERY, ids=repr)
def test_one_class_is_refused(classifier: Classifier) -> None:
    for used in (np.ones(20, bool), np.zeros(20, bool)):
        with pytest.raises(WhorlError, match="both classes"):
            classifier.fit(LINE, used, seed=0)


def test_nearest_neighbours_by_hand() -> None:
    estimator = NearestNeighbours(5).fit(LINE, RIGHT, seed=0)
    at = np.array([[0.0], [9.1], [10.1], [19.0]])
    np.testing.assert_allclose(probabilities(estimator, at), [0, 0.4, 0.6, 1])
    np.testing.assert_allclose(margins(estimator, at), [-0.5, -0.1, 0.1, 0.5])


def test_fewer_images_than_neighbours() -> None:
    estimator = NearestNeighbours(5).fit(LINE[9:12], RIGHT[9:12], seed=0)
    np.testing.assert_allclose(probabilities(estimator, LINE[:1]), [2 / 3])


def test_units_do_not_matter_to_an_svm() -> None:
    scale = np.array([1.0, 1e4])
    vectors = np.random.default_rng(0).normal(size=(40, 2))
    used = vectors.sum(axis=1) > 0
    one, other = (SVM().fit(v, used, 0) for v in (vectors, vectors * scale))
    np.testing.assert_allclose(margins(one, vectors), margins(other, vectors * scale), rtol=1e-6)


def test_classes_weigh_the_same_in_a_logistic_regression() -> None:
    """The few used lie at 1 and the many others at 0: the line between them is at one half."""
    vectors = np.repeat([[0.0], [1.0]], [90, 10], axis=0)
    estimator = Logistic().fit(vectors, vectors[:, 0] > 0, seed=0)
    np.testing.assert_allclose(margins(estimator, np.array([[0.5]])), 0, atol=0.02)


def test_forests_depend_on_their_seed_alone() -> None:
    vectors = np.random.default_rng(0).normal(size=(20, 3))
    fitted = [Forest(5).fit(vectors, RIGHT, seed) for seed in (1, 1, 2)]
    first, again, other = (probabilities(f, vectors) for f in fitted)
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
