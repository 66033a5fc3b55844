"""What team AIMultimediaLab (Bucharest) brought: telling two generators' images apart.

Of it the overview paper says only that images were generated from the development set's not-used
reals, and that an SVM on features was applied to the test reals; the rest is our reading.

References
----------
Andrei et al. Overview of ImageCLEFmedical GANs 2023 task. CLEF 2023 Working Notes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.features import Feature, LBPHistogram, extract
from whorl.generators.pca_diffusion import PCADiffusion
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
    generator : PCADiffusion
        Makes the images of class "not used".
    classifier : Classifier
        Of the feature's values.
    """

    feature: Feature = LBPHistogram()
    generator: PCADiffusion = PCADiffusion()
    classifier: Classifier = SVM("rbf")

    def _fit(self, development: Development, seed: int) -> State:
        trained = self.generator.train(development.not_used.pixels, seed=seed)
        n = len(development.generated)
        ids = tuple(f"own_{k}" for k in range(n))
        own = ImageSet(ids, trained.sample(n, seed=seed), "images of our own generator")
        vectors = [extract(self.feature, made) for made in (development.generated, own)]
        used = np.repeat([True, False], n)
        return {
            "classifier": self.classifier.fit(
                np.concatenate(vectors).reshape(2 * n, -1), used, seed
            )
        }

    def _apply(self, state: State, view: View, seed: int) -> Scores:  # noqa: ARG002
        vectors = extract(self.feature, view.candidates).reshape(len(view.candidates), -1)
        return Scores(view.candidates.ids, margins(state["classifier"], vectors))
