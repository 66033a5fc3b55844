"""A discriminator of generated and real images, asked of images that it has not learned from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ScoreError
from whorl.images import ImageSet
from whorl.methods.axes import principal_axes
from whorl.methods.base import Method, Scores
from whorl.methods.classifiers import SVM, Classifier, margins
from whorl.tasks.view import View


@dataclass(frozen=True)
class LocalDiscriminator(Method):
    """Score = a classifier's margin that x is generated; it learns from all generated images.

    On the other side stand, in the paper, real images known not to be members. Here they are
    candidates and reference together, in folds by content: each fold is judged by the classifier
    that has learned from the others, so that both are scored alike. That, and a support vector
    machine on principal axes in place of a network, are choices of ours. The paper's own warning
    holds: telling generated from real is easy, and is not membership.

    Attributes
    ----------
    classifier : Classifier
        Of images on their principal axes; "used" in it is generated here.
    axes : int
        How many axes.
    folds : int
        Of the real images; fewer, where there are fewer of them.

    References
    ----------
    Hayes, Melis, Danezis, De Cristofaro. LOGAN: membership inference attacks against generative
    models. PoPETs 2019 (the black-box attack with auxiliary knowledge).

    Examples
    --------
    >>> from whorl.tasks.sample import sample_task
    >>> LocalDiscriminator().score(sample_task().view).values.shape
    (60,)
    """

    classifier: Classifier = SVM("rbf")
    axes: int = 16
    folds: int = 10

    def _score(self, view: View, seed: int) -> Scores:
        reals, generated = principal_axes(view, self.axes)
        fold = folds_by_content(view.candidates, self.folds)
        order = np.argsort(np.array(view.candidates.hashes), kind="stable")
        known = generated[np.argsort(np.array(view.generated.hashes), kind="stable")]
        values = np.empty(len(reals))
        for held_out in range(fold.max() + 1):
            here = fold == held_out
            vectors = np.concatenate([known, reals[order[~here[order]]]])
            is_generated = np.arange(len(vectors)) < len(known)
            estimator = self.classifier.fit(vectors, is_generated, seed)
            values[here] = margins(estimator, reals[here])
        return Scores(view.candidates.ids, values)


def folds_by_content(images: ImageSet, folds: int) -> NDArray[np.intp]:
    """Return the fold of each image, from 0; equal images share one, whatever they are called.

    Raises
    ------
    ScoreError
        If there are not two different images.

    Examples
    --------
    >>> pixels = np.arange(4, dtype=np.uint8).repeat(64).reshape(4, 8, 8)
    >>> images = ImageSet(tuple("abcde"), pixels[[0, 1, 2, 3, 0]])
    >>> found = folds_by_content(images, 2)
    >>> np.bincount(found[:4]), bool(found[0] == found[4])
    (array([2, 2]), True)
    """
    contents, place = np.unique(images.hashes, return_inverse=True)
    if len(contents) < 2:
        raise ScoreError(
            "a discriminator learns from other real images than it judges: give at least two "
            "different candidates, or a reference"
        )
    fold: NDArray[np.intp] = place % min(folds, len(contents))
    return fold
