"""An operating point is chosen on development reals, and what is expected was not tuned on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from tests.runs.test_crossvalidation import Knowing, levels, of_patients
from whorl.decisions import Above
from whorl.methods.base import Method, Scores
from whorl.runs import Entry, calibrate, try_out
from whorl.tasks.view import Development, View


@dataclass(frozen=True)
class Grey(Method):
    """Score = mean grey value."""

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        return Scores(view.candidates.ids, view.candidates.pixels.mean(axis=(1, 2)))


DEVELOPMENT = Development(
    levels([0], "generated"),
    levels([50, 52, 54, 56, 58, 10], "used"),
    levels([1, 2, 3, 4, 30, 80], "not_used"),
)
EMPTY = Entry("grey", Grey(), Above(1000), "an entry of the tests")


def test_the_operating_point_has_the_best_f1() -> None:
    """Above 7 all six used are found at the cost of two, F1 12 / 14; above 40 it is 10 / 12."""
    found = calibrate(EMPTY, DEVELOPMENT, folds=3)
    assert found.entry.rule == Above(7.0)
    assert found.expected.folds == 3
    assert "3-fold cross-validation on 6 used and 6 not used" in found.expected.sentence


def test_what_is_expected_was_not_tuned_on() -> None:
    """Scores tell nothing: whatever the point, held-out patients of either class stand alike."""
    rng = np.random.default_rng(0)
    values = rng.permutation(200).tolist()
    noise = Development(
        levels([0], "generated"), levels(values[:40], "used"), levels(values[40:80], "not_used")
    )
    found = calibrate(EMPTY, noise, seed=1)
    rule = found.entry.rule
    assert isinstance(rule, Above)
    tuned = [np.array(values[:40]) > rule.value, np.array(values[40:80]) > rule.value]
    in_hindsight = (tuned[0].sum() + (~tuned[1]).sum()) / 80
    accuracy = found.expected.evaluation.metrics["accuracy"].value
    assert accuracy is not None
    assert accuracy <= in_hindsight


def test_a_fitted_method_is_calibrated_on_what_it_was_not_fitted_on() -> None:
    found = calibrate(Entry("knowing", Knowing(), Above(1000), "own"), DEVELOPMENT, folds=2)
    assert found.entry.rule == Above(7.0 - 100)
    assert found.entry.method == Knowing()


def test_patients_stay_whole() -> None:
    known = of_patients(DEVELOPMENT, [*"aabbcc", *"ddeeff"])
    assert calibrate(EMPTY, known, folds=3).expected.patients == 6


def test_a_run_is_tried_by_its_own_rule() -> None:
    found = try_out(Entry("grey", Grey(), Above(20), "own"), DEVELOPMENT)
    assert found.evaluation.counts == (5, 2, 1, 4)
    assert found.evaluation.metrics["accuracy"].value == pytest.approx(9 / 12)
    assert "as tried on 6 used and 6 not used development reals" in found.sentence
