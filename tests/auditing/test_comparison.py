"""Candidates against reference: the findings that rest on scores and patients."""

from __future__ import annotations

from dataclasses import replace
from math import comb

import numpy as np
import pytest

from tests.decisions.worlds import world
from whorl.auditing.comparison import (
    Compared,
    compare,
    own_rule_finding,
    patients_finding,
    shift_finding,
)
from whorl.auditing.findings import Finding, Known, Meaning, Patients
from whorl.auditing.grouping import Grouping
from whorl.decisions import AboveMedian, Decisions, PatientDecisions
from whorl.methods import Scores
from whorl.tasks.view import View
from whorl.testing.worlds import image_set, noisy, smooth_images

LEVEL = 0.05


def grouping(sizes: list[int], null_sizes: list[int], known: Known = Known.GIVEN) -> Grouping:
    both = np.array([*sizes, *null_sizes])
    codes = np.repeat(np.arange(len(both)), both)
    n = sum(sizes)
    return Grouping(known, codes[:n], codes[n:], tuple(f"P{k}" for k in range(len(both))))


def compared(
    seed: int = 0, patients: int = 24, reference: int = 40, each: int = 3, **kind: float
) -> Compared:
    """Made-up scores of patients with several images each; by the second measure they are noise."""
    rng = np.random.default_rng(seed)
    sizes, null_sizes = np.full(patients, each), np.full(reference, each)
    made = world(rng, sizes, null_sizes, **kind)
    ids = tuple(f"c{k}" for k in range(patients * each))
    noise = Scores(ids, rng.normal(size=len(ids)), rng.normal(size=reference * each))
    view = View(
        image_set(smooth_images(2, rng), "generated"),
        image_set(smooth_images(len(ids), rng), "c"),
        image_set(smooth_images(reference * each, rng), "r"),
    )
    whose = grouping(sizes.tolist(), null_sizes.tolist())
    return Compared(view, whose, "first", Scores(ids, made.values, made.null), "second", noise)


def found_in(sets: Compared) -> tuple[PatientDecisions, Decisions, dict[str, Finding]]:
    decided, decisions, findings = compare(sets, LEVEL, seed=0)
    return decided, decisions, {f"{f.kind} {getattr(f, 'unit', '')}".strip(): f for f in findings}


def test_all_that_is_asked_is_found_in_order() -> None:
    _, _, findings = compare(compared(), LEVEL, seed=0)
    assert [finding.kind for finding in findings] == [
        "set", "flags", "flags", "at least", "attack", "shift",
    ]  # fmt: skip


def test_used_patients_are_shown_flagged_and_counted() -> None:
    decided, decisions, found = found_in(compared(used=16, shift=6.0))
    assert found["set"].meaning is Meaning.SHOWS
    assert found["set"].auc.value > 0.75
    assert found["flags patients"].flagged == decided.patients.flagged.sum() >= 14
    assert found["flags images"].flagged == decisions.used.sum() >= 42
    assert 10 <= found["at least"].patients <= 16
    assert found["at least"].patients <= found["at least"].images <= 48
    assert found["attack"].tpr_at_1.value > 0.5
    assert found["attack"].epsilon > 0


def test_nothing_is_flagged_or_counted_behind_a_closed_gate() -> None:
    """One patient stands out, but too little for the set: the gate keeps the level."""
    sets = compared(used=0)
    values = sets.scores.values.copy()
    values[:3] = 1.02 * sets.scores.null.max()
    decided, decisions, found = found_in(replace(sets, scores=replace(sets.scores, values=values)))
    assert decided.patients.p_values[0] == 1 / 41
    assert found["set"].p_value > LEVEL
    assert not decisions.used.any()
    assert (found["flags patients"].flagged, found["flags images"].flagged) == (0, 0)
    assert (found["at least"].patients, found["at least"].images) == (0, 0)


def test_a_leak_that_only_the_second_measure_sees_opens_the_gate() -> None:
    sets = compared(used=20, shift=5.0)
    _, _, found = found_in(replace(sets, scores=sets.second, second=sets.scores))
    assert found["set"].meaning is Meaning.SHOWS
    assert min(found["set"].parts, key=lambda part: part.p_value).name == "second, mean"
    assert found["set"].auc.value == pytest.approx(0.5, abs=0.15)


def test_the_threshold_is_the_largest_score_not_flagged() -> None:
    _, decisions, _ = found_in(compared(used=16, shift=6.0))
    values = compared(used=16, shift=6.0).scores.values
    assert decisions.threshold < values[decisions.used].min()
    _, none, _ = found_in(compared())
    assert none.threshold == np.inf


def test_candidates_below_the_reference_make_it_doubtful_and_alike_ones_do_not() -> None:
    assert found_in(compared(used=24, shift=-3.0))[2]["set"].meaning is Meaning.CONTRADICTS
    assert found_in(compared())[2]["set"].meaning is not Meaning.CONTRADICTS


def test_no_more_than_a_small_leak_is_left_open_by_many_alike_patients() -> None:
    assert found_in(compared(2, 250, 250, 1))[2]["set"].meaning is Meaning.EXCLUDES
    assert found_in(compared(2, 12, 12, 1))[2]["set"].meaning is Meaning.LEAVES_OPEN


@pytest.mark.parametrize(
    ("candidates", "reference", "more"), [(3, 3, 0), (2, 3, 2), (1, 4, 15), (30, 1, 0), (1, 19, 0)]
)
def test_too_few_patients_are_told_with_how_many_more_it_takes(
    candidates: int, reference: int, more: int
) -> None:
    """The smallest p-value is one over the number of ways to choose the candidates."""
    found = patients_finding(grouping([2] * candidates, [1] * reference), LEVEL)
    assert found.more_reference == more
    assert comb(candidates + reference + more, candidates) * LEVEL >= 1
    assert found.meaning is (Meaning.LEAVES_OPEN if more else Meaning.ASIDE)
    if more:
        assert comb(candidates + reference + more - 1, candidates) * LEVEL < 1


def test_patients_and_their_images_are_counted_by_hand() -> None:
    assert patients_finding(grouping([6, 1, 1], [2, 2]), LEVEL) == Patients(
        meaning=Meaning.LEAVES_OPEN,
        known=Known.GIVEN,
        candidates=3,
        reference=2,
        candidate_images=8,
        reference_images=4,
        largest=0.75,
        more_reference=1,
    )


def test_without_a_reference_none_is_missed() -> None:
    found = patients_finding(grouping([2, 2], []), LEVEL)
    assert (found.reference, found.more_reference) == (0, 0)


def scanner(sigma: float, patients: int = 12) -> View:
    """Candidates with the noise of another scanner than the reference's."""
    rng = np.random.default_rng(3)
    pixels = smooth_images(4 * patients, rng)
    return View(
        image_set(pixels[:1], "generated"),
        image_set(noisy(pixels[: 2 * patients], rng, sigma) if sigma else pixels[: 2 * patients],
                  "candidates"),
        image_set(pixels[2 * patients :], "reference"),
    )  # fmt: skip


def test_another_scanner_sets_the_warning_off_and_the_same_one_does_not() -> None:
    whose = grouping([2] * 12, [2] * 12)
    other, same = (shift_finding(scanner(sigma), whose, seed=0) for sigma in (8, 0))
    assert other is not None
    assert same is not None
    assert (other.meaning, same.meaning) == (Meaning.CONTRADICTS, Meaning.ASIDE)
    assert other.p_value <= other.level < same.p_value


def test_with_a_handful_of_patients_no_shift_is_looked_for() -> None:
    assert shift_finding(scanner(8, 3), grouping([2] * 3, [2] * 3), seed=0) is None


def test_the_methods_own_rule_guarantees_nothing() -> None:
    decisions = AboveMedian().decide(Scores(("a", "b", "c"), np.array([1.0, 2.0, 3.0])))
    found = own_rule_finding(decisions)
    assert (found.unit, found.total, found.flagged, found.level) == ("images", 3, 1, None)
    assert found.meaning is Meaning.LEAVES_OPEN
