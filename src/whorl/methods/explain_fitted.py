"""Explaining away with what a labelled development set teaches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from whorl.images import ImageSet
from whorl.methods.base import Scores
from whorl.methods.explain import ExplainAway, MeanOfLargest, PowerMeanOver, Statistic
from whorl.methods.supervised import State, SupervisedMethod
from whorl.similarity import Explained
from whorl.similarity.explained import HOUSE_WEIGHTS
from whorl.tasks.view import Development, View

PENALTIES = tuple(10.0**-k for k in (3, 2.5, 2, 1.5, 1))
FOLDS = 5
CLIP = (-3.0, 8.0)  # robust deviations from the median

Values = NDArray[np.float64]


@dataclass(frozen=True)
class FittedExplaining(SupervisedMethod):
    """Regularised logistic regression on the statistics of explaining away.

    Each statistic stands in robust deviations from the median of the reals it was computed with, so
    that what was learned holds for another number of generated images. The strength of the
    regularisation is chosen by cross-validation within the development set, patients kept
    together where they are known.

    Attributes
    ----------
    explained : Explained
        What is taken apart into statistics: each map alone, and all together.
    statistics : tuple of Statistic
        Of each.
    """

    explained: Explained = Explained(weights=HOUSE_WEIGHTS)
    statistics: tuple[Statistic, ...] = (PowerMeanOver(3.0), PowerMeanOver(), MeanOfLargest(5))

    def _fit(self, development: Development, seed: int) -> State:
        reals = development.used.joined(development.not_used)
        used = np.arange(len(reals)) < len(development.used)
        table = self._statistics(View(development.generated, reals))
        return {"estimator": _fitted(table, used, reals, seed)}

    def _apply(self, state: State, view: View, seed: int) -> Scores:
        table = self._statistics(view)
        nearest = (
            ExplainAway(self.explained).score(replace(view, reference=None), seed=seed).nearest
        )
        values = np.asarray(state["estimator"].decision_function(table), np.float64)
        return Scores(view.candidates.ids, values, nearest=nearest)

    def _statistics(self, view: View) -> Values:
        """Return the statistics of every candidate: shape (n, statistics)."""
        columns = [
            _robust(column)
            for attack, statistics in self._parts()
            for column in attack.columns(view.candidates, view.generated, statistics)
        ]
        return np.stack(columns, axis=1)

    def _parts(self) -> Iterator[tuple[ExplainAway, Sequence[Statistic]]]:
        """Yield attacks, and the statistics of their shares."""
        yield ExplainAway(self.explained.plain()), [MeanOfLargest(1)]
        yield ExplainAway(self.explained), self.statistics
        if len(self.explained.maps) > 1:
            for each in self.explained.maps:
                alone = replace(self.explained, maps=(each,), weights=())
                yield ExplainAway(alone), self.statistics


def _robust(values: Values) -> Values:
    """Return values in robust deviations from their median, within −3 to 8; 0 if all are alike."""
    away = values - np.median(values)
    spread = 1.4826 * np.median(np.abs(away))
    if spread == 0:
        return np.zeros_like(away)
    clipped: Values = np.clip(away / spread, *CLIP)
    return clipped


def _fitted(table: Values, used: NDArray[np.bool_], reals: ImageSet, seed: int) -> object:
    """Return the regression whose strength of regularisation foretells folds best."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    groups = np.array(reals.patients if reals.patients is not None else reals.hashes)
    model = make_pipeline(
        StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=10_000)
    )
    fewest = min(len(np.unique(groups[used])), len(np.unique(groups[~used])))
    if fewest < 2:
        return model.set_params(logisticregression__C=PENALTIES[len(PENALTIES) // 2]).fit(
            table, used
        )
    folds = StratifiedGroupKFold(min(FOLDS, fewest), shuffle=True, random_state=seed)
    search = GridSearchCV(
        model, {"logisticregression__C": PENALTIES}, scoring="neg_log_loss", cv=folds
    )
    return search.fit(table, used, groups=groups).best_estimator_
