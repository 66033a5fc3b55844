"""What to expect of a run: cross-validation, or a trial, on the development reals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.errors import WhorlError
from whorl.evaluation import LABELS, evaluate
from whorl.evaluation.result import Evaluation, Metric
from whorl.images import ImageSet
from whorl.progress import tell
from whorl.runs.entries import Entry
from whorl.seeds import require_seed
from whorl.tasks.pseudonyms import patients_known
from whorl.tasks.view import Development, Truth, View

FOLDS = 5

Split = tuple[NDArray[np.intp], NDArray[np.intp]]
"""The positions to fit on, and those held out."""


@dataclass(frozen=True)
class CrossValidation:
    """What cross-validation, or a trial, found.

    Attributes
    ----------
    folds : int
        How many; 0 = all reals were judged at once, as nothing was learned from them.
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
        result = self.evaluation
        kept = "patients not known" if self.patients is None else f"{self.patients} patients"
        figures = ", ".join(
            f"{LABELS[name]} {_with_interval(result.metrics[name])}"
            for name in ("f1", "accuracy", "auc")
        )
        how = f"by {self.folds}-fold cross-validation on" if self.folds else "as tried on"
        return (
            f"expected {figures}, {how} {result.used} used and {result.not_used} not used "
            f"development reals, {kept} (all used: F1 {result.trivial['all used']['f1']:.3f})"
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
    labelled = Labelled.of(development)
    splits = list(labelled.splits(folds, seed))
    decided, scored = labelled.held_out(entry, splits, seed)
    return labelled.judged(len(splits), decided, scored, seed)


def try_out(entry: Entry, development: Development, *, seed: int = 0) -> CrossValidation:
    """Judge the development reals as if they were candidates, by a run that learns nothing of them.

    Parameters
    ----------
    entry : Entry
        A run whose method is not supervised.
    development : Development
        The labelled set.
    seed : int
        Seeds the run and the intervals.

    Raises
    ------
    WhorlError
        If patients are known of some reals only.

    Examples
    --------
    >>> from whorl.runs import entry
    >>> from whorl.tasks.sample import sample_task
    >>> found = try_out(entry("all-used"), sample_task().view.development)
    >>> found.sentence[:69]
    'expected F1 0.286 (0.286 to 0.286), accuracy 0.167 (0.111 to 0.243), '
    """
    labelled = Labelled.of(development)
    scores, decisions = entry.run(labelled.view, seed=seed)
    return labelled.judged(0, decisions.used, scores.values, seed)


@dataclass(frozen=True, eq=False)
class Labelled:
    """The development reals as one set.

    Attributes
    ----------
    development : Development
        Where they are from.
    reals : ImageSet
        The used, then those not used.
    used : ndarray of bool, shape (n,)
        Which are which.
    patients : ndarray of str, shape (n,), or None
        Whose each is, where that is known.
    """

    development: Development = field(repr=False)
    reals: ImageSet
    used: NDArray[np.bool_]
    patients: NDArray[np.str_] | None

    @classmethod
    def of(cls, development: Development) -> Labelled:
        """Put the reals together.

        Raises
        ------
        WhorlError
            If patients are known of some reals only.
        """
        reals = replace(development.used, name="used").joined(
            replace(development.not_used, name="not_used")
        )
        known = patients_known(development.used, development.not_used)
        used = np.arange(len(reals)) < len(development.used)
        return cls(development, reals, used, np.array(reals.patients) if known else None)

    @property
    def view(self) -> View:
        """A task whose candidates are these reals."""
        return View(self.development.generated, self.reals, development=self.development)

    def splits(self, folds: int, seed: int) -> Iterator[Split]:
        """Yield the positions to fit on and those held out, for each fold.

        Raises
        ------
        WhorlError
            If the patients leave no two folds with both classes.
        """
        require_seed(seed)
        whose = np.array(self.reals.hashes) if self.patients is None else self.patients
        return _splits(self.used, whose, folds, seed)

    def held_out(
        self, entry: Entry, splits: Sequence[Split], seed: int
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Return the decision on each real, and its score, by a fit on the other folds."""
        decided, scored = np.zeros(len(self.used), bool), np.zeros(len(self.used))
        for k, (training, held_out) in enumerate(splits, 1):
            tell(f"cross-validation: fold {k} of {len(splits)}")
            part = Development(
                self.development.generated,
                self.reals.take(training[self.used[training]]),
                self.reals.take(training[~self.used[training]]),
            )
            view = View(self.development.generated, self.reals.take(held_out))
            scores, decisions = entry.fitted(part, seed=seed).run(view, seed=seed)
            decided[held_out], scored[held_out] = decisions.used, scores.values
        return decided, scored

    def judged(
        self, folds: int, decided: NDArray[np.bool_], scored: NDArray[np.float64], seed: int
    ) -> CrossValidation:
        """Evaluate decisions and scores of all reals."""
        ids = self.reals.ids
        said, scores, truth = (
            dict(zip(ids, of.tolist(), strict=True)) for of in (decided, scored, self.used)
        )
        patients = None if self.patients is None else len(set(self.patients.tolist()))
        return CrossValidation(folds, patients, evaluate(said, Truth(truth), scores, seed=seed))


def _splits(
    used: NDArray[np.bool_], patient: NDArray[np.str_], folds: int, seed: int
) -> Iterator[Split]:
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
