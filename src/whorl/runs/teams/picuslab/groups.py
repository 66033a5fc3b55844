"""What team PicusLabMed (Naples) brought: classifiers of trained networks' vectors, and their vote.

References
----------
Andrei et al. Overview of ImageCLEFmedical GANs 2023 task. CLEF 2023 Working Notes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.methods.base import Scores
from whorl.methods.classifiers import SVM, Classifier, margins
from whorl.methods.supervised import State, SupervisedMethod
from whorl.runs.teams.picuslab.vectors import ONE, Extractor, Pairing
from whorl.tasks.view import Development, View


@dataclass(frozen=True)
class GroupClassifier(SupervisedMethod):
    """Score = margin of a classifier of vectors, towards the second of two groups.

    Attributes
    ----------
    extractor : Extractor
        Makes the vectors.
    classifier : Classifier
        Of the vectors.
    groups : tuple of str
        The classes: groups of the development set, and a candidate that falls with the second is
        called used. ("generated", "used") and ("not_used", "generated") are our reading of two
        runs of odd F1: the first asks whether a candidate falls with the used images rather than
        the generated, the second whether it does not fall with the images that were not used.
    """

    extractor: Extractor
    classifier: Classifier = SVM("linear")
    groups: Pairing = ONE

    def _fit(self, development: Development, seed: int) -> State:
        weights = self.extractor.learned(development, seed)
        sets = [getattr(development, group) for group in self.groups]
        rows = [self.extractor.vectors(weights, images) for images in sets]
        second = np.repeat([False, True], [len(images) for images in sets])
        classifier = self.classifier.fit(np.concatenate(rows), second, seed)
        return {"networks": weights, "classifier": classifier}

    def _apply(self, state: State, view: View, seed: int) -> Scores:  # noqa: ARG002
        rows = self.extractor.vectors(state["networks"], view.candidates)
        return Scores(view.candidates.ids, margins(state["classifier"], rows))


@dataclass(frozen=True)
class MajorityVote(SupervisedMethod):
    """Score = mean of the signs of other methods' scores: above 0 where most say "used".

    Attributes
    ----------
    members : tuple of SupervisedMethod
        Whose scores are above 0 where they say "used".
    """

    members: tuple[SupervisedMethod, ...]

    def _fit(self, development: Development, seed: int) -> State:
        return {"members": [dict(member._fit(development, seed)) for member in self.members]}

    def _apply(self, state: State, view: View, seed: int) -> Scores:
        votes = [
            np.sign(member._apply(learned, view, seed).values)
            for member, learned in zip(self.members, state["members"], strict=True)
        ]
        return Scores(view.candidates.ids, np.mean(votes, axis=0))
