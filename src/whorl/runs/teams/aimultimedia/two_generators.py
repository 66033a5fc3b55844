"""What team AIMultimediaLab (Bucharest) brought: telling two generators' images apart.

Of it the overview paper says only that images were generated from the development set's not-used
reals, and that an SVM on features was applied to the test reals; the rest is our reading.

References
----------
Andrei et al. Overview of ImageCLEFmedical GANs 2023 task. CLEF 2023 Working Notes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.features import Feature, LBPHistogram, extract
from whorl.generators import Generator, PCADiffusion, samples_of
from whorl.images import ImageSet
from whorl.methods.base import Scores
from whorl.methods.classifiers import SVM, Classifier, margins
from whorl.methods.supervised import State, SupervisedMethod
from whorl.tasks.view import Development, View


@dataclass(frozen=True)
class TwoGenerators(SupervisedMethod):
    """Score = margin of a classifier that tells images of two generators apart.

    Class "used" are the development set's generated images, which were made from used reals.
    Class "not used" are as many images of a generator of our own, trained on the development
    set's reals that were not used. What tells the classes apart may as well be the kind of
    generator as the images behind it. Our generator is a diffusion model on principal components,
    which needs no GPU; that, and the classifier's and feature's parameters, are choices of ours.

    Attributes
    ----------
    feature : Feature
        One of the same shape for all images.
    generator : Generator
        Makes the images of class "not used".
    classifier : Classifier
        Of the feature's values.
    """

    feature: Feature = LBPHistogram()
    generator: Generator = PCADiffusion()
    classifier: Classifier = SVM("rbf")

    def _fit(self, development: Development, seed: int) -> State:
        own = self._own_images(development.not_used, len(development.generated), seed)
        vectors = [self._vectors(made) for made in (development.generated, own)]
        used = np.repeat([True, False], len(own))
        return {"classifier": self.classifier.fit(np.concatenate(vectors), used, seed)}

    def _apply(self, state: State, view: View, seed: int) -> Scores:  # noqa: ARG002
        return Scores(
            view.candidates.ids, margins(state["classifier"], self._vectors(view.candidates))
        )

    def _own_images(self, not_used: ImageSet, n: int, seed: int) -> ImageSet:
        """Train the generator of our own and let it make images."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):  # the products are small, and threads change the last digits
            trained = self.generator.train(not_used.pixels, seed=seed)
            blocks = [pixels for _, pixels in samples_of(trained, n, seed=seed)]
        ids = tuple(f"own_{k}" for k in range(n))
        return ImageSet(ids, np.concatenate(blocks), "images of our own generator")

    def _vectors(self, images: ImageSet) -> NDArray[np.floating[Any]]:
        """Return the feature of each image as a row."""
        return extract(self.feature, images).reshape(len(images), -1)
