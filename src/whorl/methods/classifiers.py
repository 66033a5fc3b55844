"""Classifiers of vectors, used against not used; scikit-learn does the work."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from whorl.errors import WhorlError

Floats = NDArray[np.floating[Any]]


class Classifier(ABC):
    """How to tell two classes of vectors apart.

    Subclasses are frozen dataclasses whose fields are the hyper-parameters.
    """

    @abstractmethod
    def estimator(self, seed: int) -> Any:
        """Return the unfitted scikit-learn estimator."""

    def fit(self, vectors: Floats, used: NDArray[np.bool_], seed: int) -> Any:
        """Return the estimator fitted to labelled vectors.

        Parameters
        ----------
        vectors : ndarray of float, shape (n, d)
            What to learn from.
        used : ndarray of bool, shape (n,)
            True = used.
        seed : int
            Seeds what is random in the learning.

        Raises
        ------
        WhorlError
            If all vectors are of one class.

        Examples
        --------
        >>> line = np.arange(6.0)[:, None]
        >>> estimator = SVM("linear").fit(line, line[:, 0] > 2, seed=0)
        >>> margins(estimator, line) > 0
        array([False, False, False, True, True, True])
        """
        if used.all() or not used.any():
            raise WhorlError("a classifier is fitted on images of both classes, used and not used")
        return self.estimator(seed).fit(vectors.astype(np.float64), used)


@dataclass(frozen=True)
class SVM(Classifier):
    """Support vector machine on standardised vectors.

    Attributes
    ----------
    kernel : {"linear", "poly", "rbf"}
        Of the RBF and the polynomial, gamma is 1 / (d · variance), scikit-learn's "scale".
    c : float
        Inverse strength of the regularisation.
    degree : int
        Of the polynomial kernel, (gamma·⟨x, y⟩ + 1)^degree: it has terms of every lower degree.
    """

    kernel: Literal["linear", "poly", "rbf"] = "rbf"
    c: float = 1.0
    degree: int = 2

    def estimator(self, seed: int) -> Any:  # noqa: ARG002
        """Return the unfitted scikit-learn estimator."""
        from sklearn.svm import SVC

        return _standardised(SVC(C=self.c, kernel=self.kernel, degree=self.degree, coef0=1.0))


@dataclass(frozen=True)
class Logistic(Classifier):
    """Logistic regression on standardised vectors, with an L2 penalty.

    Either class weighs the same, however many vectors it has.

    Attributes
    ----------
    c : float
        Inverse strength of the penalty.
    """

    c: float = 1.0

    def estimator(self, seed: int) -> Any:  # noqa: ARG002
        """Return the unfitted scikit-learn estimator."""
        from sklearn.linear_model import LogisticRegression

        return _standardised(LogisticRegression(C=self.c, class_weight="balanced", max_iter=10_000))


@dataclass(frozen=True)
class Forest(Classifier):
    """Random forest.

    Attributes
    ----------
    trees : int
        How many.
    leaf : int
        Fewest vectors in a leaf; more of them make smoother probabilities and smaller trees.
    """

    trees: int = 200
    leaf: int = 1

    def estimator(self, seed: int) -> Any:
        """Return the unfitted scikit-learn estimator."""
        from sklearn.ensemble import RandomForestClassifier

        return RandomForestClassifier(self.trees, min_samples_leaf=self.leaf, random_state=seed)


@dataclass(frozen=True)
class NearestNeighbours(Classifier):
    """Share of used among the nearest neighbours, by Euclidean distance.

    Attributes
    ----------
    k : int
        How many neighbours; all, where there are fewer.
    """

    k: int = 5

    def estimator(self, seed: int) -> Any:  # noqa: ARG002
        """Return the unfitted scikit-learn estimator."""
        from sklearn.neighbors import KNeighborsClassifier

        return KNeighborsClassifier(self.k, algorithm="brute")

    def fit(self, vectors: Floats, used: NDArray[np.bool_], seed: int) -> Any:
        """Return the estimator fitted to labelled vectors; see :meth:`Classifier.fit`."""
        k = min(self.k, len(vectors))
        return super().fit(vectors, used, seed).set_params(n_neighbors=k)


def margins(estimator: Any, vectors: Floats) -> NDArray[np.float64]:
    """Return how far each vector lies on the used side; above 0 = used.

    Parameters
    ----------
    estimator : object
        As :meth:`Classifier.fit` returned it.
    vectors : ndarray of float, shape (n, d)
        What to judge.

    Returns
    -------
    ndarray of float64, shape (n,)
        The decision function where there is one, else the probability minus one half.
    """
    if hasattr(estimator, "decision_function"):
        found = estimator.decision_function(vectors.astype(np.float64))
    else:
        found = probabilities(estimator, vectors) - 0.5
    return np.asarray(found, np.float64)


def probabilities(estimator: Any, vectors: Floats) -> NDArray[np.float64]:
    """Return the probability, 0 to 1, that each vector is of a used image.

    Not of an SVM, which gives none.
    """
    found = estimator.predict_proba(vectors.astype(np.float64))[:, 1]
    return np.asarray(found, np.float64)


def _standardised(estimator: Any) -> Any:
    """Put a scaling to mean 0 and variance 1 before an estimator."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), estimator)
