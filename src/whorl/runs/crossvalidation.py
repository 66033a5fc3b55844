"""What to expect of a supervised run: cross-validation on the development reals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.errors import WhorlError
from whorl.evaluation.evaluate import evaluate
from whorl.evaluation.result import Evaluation, Metric
from whorl.runs.entries import Entry
from whorl.tasks.pseudonyms import patients_known
from whorl.tasks.view import Development, Truth, View

FOLDS = 5


@dataclass(frozen=True)
class CrossValidation:
    """What cross-validation found.

    Attributes
    ----------
    folds : int
        How many.
    patients : int or None
        How many patients were kept whole; None where they are not known.
    evaluation : Evaluation
        Of the decisions and scores of all held-out reals together.
    """

    folds: int
    patients: int | None
    evaluation: Evaluation

    @property
    def sentence(self) -> str:
        """All of it in a sentence."""
        metrics, result = self.evaluation.metrics, self.evaluation
        kept = "patients not known" if self.patients is None else f"{self.patients} patients"
        trivial = result.trivial["all used"]["f1"]
        return (
            f"expected F1 {_with_interval(metrics['f1'])}, AUC {_with_interval(metrics['auc'])}, "
            f"by {self.folds}-fold cross-validation on {result.used} used and {result.not_used} "
            f"not used development reals, {kept} (all used: F1 {trivial:.3f})"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values for JSON."""
        return {
            "sentence": self.sentence,
            "folds": self.folds,
            "patients": self.patients,
            **self.evaluation.to_dict(),
        }


def cross_validate(
    entry: Entry,
    development: Development,
    *,
    folds: int = FOLDS,
    seed: int = 0,
) -> CrossValidation:
    """Fit on part of the development reals, decide on the others, and so on for each part.

    Folds are stratified; images of one patient are never parted, nor, where patients are not known,
    images of the same content. The thresholds of held-out decisions were never
    tuned on them. All generated images are in every fold, also those that were made from held-out
    reals, as a generator cannot be asked to forget: methods that learn from generated images may
    do somewhat better here than on a new task.

    Parameters
    ----------
    entry : Entry
        A run whose method is supervised.
    development : Development
        The labelled set, whose reals may carry their patients.
    folds : int
        At least 2; fewer are made where a class has fewer patients.
    seed : int
        Seeds the folds, the fitting and the intervals.

    Raises
    ------
    WhorlError
        If patients are known of some reals only, or leave no two folds with both classes.

    Examples
    --------
    >>> from whorl.runs import entry
    >>> from whorl.tasks.sample import sample_task
    >>> found = cross_validate(entry("blind"), sample_task().view.development, folds=2)
    >>> found.folds, found.evaluation.used, found.evaluation.not_used
    (2, 20, 100)
    """
    reals = replace(development.used, name="used").joined(
        replace(development.not_used, name="not_used")
    )
    used = np.arange(len(reals)) < len(development.used)
    known = patients_known(development.used, development.not_used)
    patient = np.array(reals.patients if known else reals.hashes)
    splits = list(_splits(used, patient, folds, seed))
    decided: dict[str, bool] = {}
    scored: dict[str, float] = {}
    for training, held_out in splits:
        part = Development(
            development.generated,
            reals.take(training[used[training]]),
            reals.take(training[~used[training]]),
        )
        view = View(development.generated, reals.take(held_out))
        scores, decisions = entry.fitted(part, seed=seed).run(view, seed=seed)
        decided |= zip(scores.ids, decisions.used.tolist(), strict=True)
        scored |= zip(scores.ids, scores.values.tolist(), strict=True)
    truth = Truth(dict(zip(reals.ids, used.tolist(), strict=True)))
    return CrossValidation(
        len(splits),
        len(set(patient.tolist())) if known else None,
        evaluate(decided, truth, scored, seed=seed),
    )


def _splits(
    used: NDArray[np.bool_], patient: NDArray[np.str_], folds: int, seed: int
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield the positions to fit on and those held out, for each fold."""
    from sklearn.model_selection import StratifiedGroupKFold

    folds = min(folds, *(len(set(patient[of].tolist())) for of in (used, ~used)))
    if folds < 2:
        raise WhorlError(
            "cross-validation needs at least two patients of used and of not used development "
            "reals; --folds 0 leaves it out"
        )
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    for training, held_out in splitter.split(patient, used, patient):
        if not len(held_out):
            continue
        if len(set(used[training].tolist())) < 2:
            raise WhorlError(
                "the patients leave a fold without used, or without not used, reals to learn from: "
                "give another --seed or fewer --folds; --folds 0 leaves cross-validation out"
            )
        yield training, held_out


def _with_interval(metric: Metric) -> str:
    """Return a value with its 95 % interval."""
    if metric.value is None:
        return "undefined"
    if metric.low is None or metric.high is None:
        return f"{metric.value:.3f}"
    return f"{metric.value:.3f} ({metric.low:.3f} to {metric.high:.3f})"
