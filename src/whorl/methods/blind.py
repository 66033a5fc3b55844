"""Methods that look at each real image alone, never at a generated one.

Whatever they find is a difference between used and unused images that was there before any
generator was trained: a flaw of the benchmark, not membership.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.features import CoOccurrence, Feature, GreyLevels, Joined, LBPHistogram, extract
from whorl.methods.base import Scores
from whorl.methods.classifiers import Classifier, Logistic, margins
from whorl.methods.supervised import State, SupervisedMethod
from whorl.tasks.view import Development, View

APPEARANCE = Joined((GreyLevels(), LBPHistogram(), CoOccurrence()))


@dataclass(frozen=True)
class Blind(SupervisedMethod):
    """Score = a classifier's margin on features of the candidate itself.

    The classifier is fitted on the development reals, used against not used.

    Attributes
    ----------
    feature : Feature
        One of the same shape for all images.
    classifier : Classifier
        Of the feature's values.
    """

    feature: Feature = APPEARANCE
    classifier: Classifier = Logistic(0.1)

    def _fit(self, development: Development, seed: int) -> State:
        reals = [extract(self.feature, s) for s in (development.used, development.not_used)]
        used = np.repeat([True, False], [len(part) for part in reals])
        vectors = np.concatenate(reals).reshape(len(used), -1)
        return {"classifier": self.classifier.fit(vectors, used, seed)}

    def _apply(self, state: State, view: View, seed: int) -> Scores:  # noqa: ARG002
        vectors = extract(self.feature, view.candidates).reshape(len(view.candidates), -1)
        return Scores(view.candidates.ids, margins(state["classifier"], vectors))
