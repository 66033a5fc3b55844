"""One simulated audit: what it said is held to what is true."""

from __future__ import annotations

import numpy as np
import pytest

from trust.simulated import Drawn, Leak, log_uniform, trial_of
from trust.trials import audited, before, held_to, of_patients
from whorl.auditing.comparison import compare
from whorl.auditing.findings import Known, Shift


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_a_plain_leak_is_shown_found_and_bounded() -> None:
    said = audited(Drawn(20, 60, 3, 3, alike=0.5, leak=Leak(0.5, 8.0))(rng()), seed=0)
    assert said.rates["shown"] == said.rates["covered"] == said.rates["found patients"] == 1
    assert said.rates["false patients"] <= 0.2
    assert "warned" not in said.rates


def test_where_nothing_leaked_every_flag_is_false_and_nothing_is_to_be_found() -> None:
    said = audited(Drawn(20, 60)(rng(1)), seed=0)
    assert not any("found" in name or name == "covered" for name in said.rates)
    assert said.rates["false images"] in (0, 1)
    assert 1 / 61 <= said.p_value <= 1


def test_shares_by_hand() -> None:
    flagged, used = np.array([1, 1, 1, 0], bool), np.array([1, 0, 0, 1], bool)
    assert held_to("x", flagged, used) == {"false x": pytest.approx(2 / 3), "found x": 0.5}
    assert held_to("x", np.zeros(4, bool), np.zeros(4, bool)) == {"false x": 0}
    assert of_patients(flagged, np.array([3, 5, 5, 9])).tolist() == [True, True, False]


def test_0_1_0_takes_slices_as_independent() -> None:
    """Two patients of 40 images a side, all alike: it sees a leak where one side's are higher."""
    patients = np.repeat(np.arange(4), 40)
    rising = np.repeat(np.arange(8.0).reshape(4, 2), 40, axis=0)
    shown = [before(trial_of(each, patients, 2, Leak(), rng())) for each in (rising, -rising)]
    assert [each["shown before"] for each in shown] == [0, 1]


def test_scores_without_images_are_compared_without_a_word_on_a_shift() -> None:
    trial = Drawn(10, 20)(rng())
    assert trial.sets.view is None
    _, _, findings = compare(trial.sets, 0.05, 0)
    assert len(findings) > 3
    assert not any(isinstance(finding, Shift) for finding in findings)


def test_a_leak_is_added_to_all_images_of_the_used_patients_by_either_measure() -> None:
    plain, leaked = (Drawn(10, 20, 6, 6, leak=leak)(rng(2)) for leak in (Leak(), Leak(0.3, 2.0)))
    assert len(np.unique(leaked.sets.grouping.candidates[leaked.used])) == 3
    assert not plain.used.any()
    for name in ("scores", "second"):
        before_leak, after = getattr(plain.sets, name), getattr(leaked.sets, name)
        added = after.values - before_leak.values
        spread = np.concatenate([before_leak.values, before_leak.null]).std()
        np.testing.assert_allclose(added, 2 * spread * leaked.used)
        np.testing.assert_array_equal(after.null, before_leak.null)


def test_images_of_a_patient_are_as_alike_as_asked() -> None:
    trial = Drawn(400, 1, 2, 1, alike=0.6)(rng())
    values, patients = trial.sets.scores.values, trial.sets.grouping.candidates
    pairs = np.flatnonzero(np.diff(patients) == 0)
    correlation = np.corrcoef(values[pairs], values[pairs + 1])[0, 1]
    assert correlation == pytest.approx(0.6, abs=0.12)
    assert np.corrcoef(values, trial.sets.second.values)[0, 1] == pytest.approx(0.7, abs=0.08)
    assert trial.sets.grouping.known is Known.GIVEN


def test_a_leak_has_at_least_one_patient() -> None:
    assert Leak(0.01, 1.0).patients(rng(), 20).sum() == 1
    assert log_uniform(rng(), 50, 1).tolist() == [1] * 50
