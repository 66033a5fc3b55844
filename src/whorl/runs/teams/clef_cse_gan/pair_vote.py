"""A classifier of pairs of embeddings, real and generated, that votes over the generated ones."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from whorl.errors import WhorlError
from whorl.features import Feature, extract
from whorl.features.embeddings import Embedding
from whorl.images import ImageSet
from whorl.methods.base import Scores
from whorl.methods.drawing import drawn_by_content, drawn_pairs
from whorl.methods.supervised import State, SupervisedMethod
from whorl.networks.backbones import Backbone
from whorl.tasks.view import Development, View

BLOCK = 1024  # generated images whose pairs are decided at once


@dataclass(frozen=True)
class PairVote(SupervisedMethod):
    """Score = share of generated images with which an SVM calls the real image's pair "used".

    A pair is the real image's embedding followed by a generated image's; an RBF SVM with
    scikit-learn's defaults learns from pairs of the development set which are of a used real. As
    the label of a pair does not depend on its generated image, there is nothing to be learned
    from that half.

    The kernel of a pair is the product of the kernels of its halves. So all pairs are decided by
    two products of matrices, however many there are. How many pairs are learned from is a choice
    of ours: an SVM does not scale to all 80,000.

    Attributes
    ----------
    feature : Feature
        One of the same shape for all images.
    pairs : int
        Development pairs that are learned from, drawn by the seed; all where there are fewer.
    c : float
        Inverse strength of the regularisation.
    generated_at_most : int or None
        Generated images that vote, drawn by the seed; None takes all.
    """

    feature: Feature = Embedding(Backbone("resnet101", pooling="max"))
    pairs: int = 5_000
    c: float = 1.0
    generated_at_most: int | None = field(
        default=None, metadata={"option": "--subsample-generated"}
    )

    def own_fast(self) -> PairVote:
        """Return the method with few pairs, and few images that vote."""
        return replace(self, pairs=2_000, generated_at_most=200)

    def _fit(self, development: Development, seed: int) -> State:
        from sklearn.svm import SVC

        used, not_used, generated = (
            self._vectors(images)
            for images in (development.used, development.not_used, development.generated)
        )
        reals = np.concatenate([used, not_used])
        row, column = drawn_pairs(len(reals), len(generated), self.pairs, seed)
        labels = row < len(used)
        if labels.all() or not labels.any():
            raise WhorlError("the pairs drawn are all of one class: learn from more pairs")
        gamma = scale(reals[row], generated[column])
        kernel = rbf(reals, reals, gamma)[np.ix_(row, row)]
        kernel *= rbf(generated, generated, gamma)[np.ix_(column, column)]
        machine = SVC(C=self.c, kernel="precomputed").fit(kernel, labels)
        weights = np.zeros((len(reals), len(generated)))
        weights[row[machine.support_], column[machine.support_]] = machine.dual_coef_[0]
        return {
            "reals": reals,
            "generated": generated,
            "weights": weights,
            "intercept": float(machine.intercept_[0]),
            "gamma": gamma,
            "seed": seed,
        }

    def _apply(self, state: State, view: View, seed: int) -> Scores:  # noqa: ARG002
        generated = view.generated
        if self.generated_at_most is not None:
            generated = drawn_by_content(generated, self.generated_at_most, state["seed"])
        gamma = state["gamma"]
        reals = rbf(self._vectors(view.candidates), state["reals"], gamma) @ state["weights"]
        vectors, votes = self._vectors(generated), np.zeros(len(view.candidates))
        for first in range(0, len(vectors), BLOCK):
            kernel = rbf(vectors[first : first + BLOCK], state["generated"], gamma)
            votes += (reals @ kernel.T + state["intercept"] > 0).sum(axis=1)
        return Scores(view.candidates.ids, votes / len(vectors))

    def _vectors(self, images: ImageSet) -> NDArray[np.float64]:
        """Return the feature of each image as a row."""
        return extract(self.feature, images).reshape(len(images), -1).astype(np.float64)


def scale(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Return scikit-learn's gamma "scale" of rows put side by side: 1 / (length · variance).

    Examples
    --------
    >>> scale(np.array([[0.0], [2.0]]), np.array([[0.0], [2.0]]))
    0.5
    """
    mean = (left.mean() * left.shape[1] + right.mean() * right.shape[1]) / (
        left.shape[1] + right.shape[1]
    )
    total = ((left - mean) ** 2).sum() + ((right - mean) ** 2).sum()
    variance = total / (left.size + right.size)
    return float(1 / ((left.shape[1] + right.shape[1]) * variance)) if variance > 0 else 1.0


def rbf(a: NDArray[np.float64], b: NDArray[np.float64], gamma: float) -> NDArray[np.float64]:
    """Return exp(−gamma · squared distance) of all pairs, shape (n, m)."""
    from sklearn.metrics.pairwise import rbf_kernel

    kernel: NDArray[np.float64] = rbf_kernel(a, b, gamma)
    return kernel
