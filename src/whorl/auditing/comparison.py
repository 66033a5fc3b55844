"""Candidates against reference: the findings that rest on scores and patients."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np

from whorl.auditing.findings import (
    AtLeast,
    Attack,
    Finding,
    Flags,
    Interval,
    Meaning,
    Part,
    Patients,
    SetTest,
    Shift,
)
from whorl.auditing.grouping import Grouping
from whorl.decisions import (
    Decisions,
    Estimate,
    GlobalTest,
    PatientDecisions,
    decide_patients,
    detectable_auc,
    epsilon_lower_bound,
    patient_auc,
    true_positive_rate,
    used_at_least,
    whole_set_test,
)
from whorl.decisions.rules import null_of, without_ranking
from whorl.methods import Scores
from whorl.methods.shift import find_shift
from whorl.tasks.view import View

EXCLUDED_AUC = 0.60  # "no evidence" needs the interval's upper end at or below this
DETECTABLE_AUC = 0.70  # and enough patients to have shown an effect of this size
SHIFT_LEVEL = 0.01
FEWEST_FOR_SHIFT = 4  # patients on either side: with fewer no classifier can be judged


RULE = "Storey's procedure on conformal p-values, behind the test of the whole set"


@dataclass(frozen=True, eq=False)
class Compared:
    """What is compared: the images, their patients, and the scores by two measures.

    Attributes
    ----------
    view : View or None
        With a reference; None where there are scores without images, as in simulations: the sets
        are then not tested for a difference of their images.
    grouping : Grouping
        Their patients.
    measure, second_measure : str
        What the method and the second measure are called.
    scores, second : Scores
        By either, with the reference's as null.
    """

    view: View | None
    grouping: Grouping
    measure: str
    scores: Scores
    second_measure: str
    second: Scores


def compare(
    sets: Compared, level: float, seed: int
) -> tuple[PatientDecisions, Decisions, list[Finding]]:
    """Test the set as a whole, then flag patients and images behind it, and say how much leaks.

    Parameters
    ----------
    sets : Compared
        Candidates and reference.
    level : float
        Of all that is said together.
    seed : int
        Seeds permutations, resamples and subsets.

    Returns
    -------
    tuple of (PatientDecisions, Decisions, list of Finding)
        Over patients and images; over images alone, as every rule gives it; and what was found.
    """
    scores, grouping = sets.scores, sets.grouping
    null, sides = null_of(scores), (grouping.candidates, grouping.reference)
    names = {sets.measure: scores, sets.second_measure: sets.second}
    measures = {name: (each.values, null_of(each)) for name, each in names.items()}
    test = whole_set_test(measures, *sides, seed=seed)
    shown = test.p_value <= level
    decided = decide_patients(
        scores.values, sides[0], null, sides[1], shown=shown, level=level, seed=seed
    )
    findings: list[Finding] = [
        set_finding(test, scores, sets.measure, grouping, level, seed),
        *flag_findings(decided, len(np.unique(sides[1])), RULE),
        at_least_finding(scores, grouping, shown=shown, seed=seed),
        attack_finding(scores, grouping, seed),
    ]
    shift = None if sets.view is None else shift_finding(sets.view, grouping, seed)
    if shift is not None:
        findings.append(shift)
    return decided, _image_decisions(scores, decided), findings


def own_rule_finding(decisions: Decisions) -> Flags:
    """Return what the method's own rule flags, of which nothing is guaranteed."""
    return Flags(
        meaning=Meaning.LEAVES_OPEN,
        unit="images",
        rule=decisions.rule,
        total=len(decisions.ids),
        flagged=int(decisions.used.sum()),
    )


def patients_finding(grouping: Grouping, level: float) -> Patients:
    """Return how many patients there are, and how many more any statement would take."""
    sides = (grouping.candidates, grouping.reference)
    sizes = [np.unique(side, return_counts=True)[1] for side in sides]
    candidates, reference = len(sizes[0]), len(sizes[1])
    needed = reference
    while reference and comb(candidates + needed, candidates) * level < 1:
        needed += 1
    more = needed - reference
    return Patients(
        meaning=Meaning.LEAVES_OPEN if more else Meaning.ASIDE,
        known=grouping.known,
        candidates=candidates,
        reference=reference,
        candidate_images=len(grouping.candidates),
        reference_images=len(grouping.reference),
        largest=max(float(side.max() / side.sum()) for side in sizes if len(side)),
        more_reference=more,
        dropped=grouping.dropped,
    )


def set_finding(
    test: GlobalTest, scores: Scores, measure: str, grouping: Grouping, level: float, seed: int
) -> SetTest:
    """Return what the test of the whole set found, with its effect and what it could show."""
    null = null_of(scores)
    auc = patient_auc(scores.values, grouping.candidates, null, grouping.reference, seed=seed)
    smallest = detectable_auc(
        len(np.unique(grouping.candidates)),
        len(np.unique(grouping.reference)),
        level,
        parts=len(test.parts),
    )
    return SetTest(
        meaning=_meaning_of_set(test, auc, smallest, level),
        measure=measure,
        level=level,
        p_value=test.p_value,
        parts=tuple(
            Part(name=part.name, p_value=part.p_value, effect=part.effect) for part in test.parts
        ),
        auc=_interval(auc),
        detectable=smallest,
        below=test.below,
        permutations=test.permutations,
    )


def flag_findings(decided: PatientDecisions, reference: int, rule: str) -> tuple[Flags, Flags]:
    """Return which patients and which images are flagged, and what could not be."""
    smallest = 1 / (reference + 1)
    found = []
    for unit, flags in (("patients", decided.patients), ("images", decided.images)):
        flagged = int(flags.flagged.sum())
        found.append(
            Flags.model_validate(
                {
                    "meaning": Meaning.SHOWS if flagged else Meaning.LEAVES_OPEN,
                    "unit": unit,
                    "rule": rule,
                    "total": len(flags.flagged),
                    "flagged": flagged,
                    "benjamini_hochberg": int(flags.flagged_bh.sum()),
                    "level": decided.level,
                    "smallest_p_value": smallest,
                    "warnings": decided.warnings if unit == "patients" else (),
                }
            )
        )
    return found[0], found[1]


def at_least_finding(scores: Scores, grouping: Grouping, *, shown: bool, seed: int) -> AtLeast:
    """Return how many were used at least; none behind a closed gate."""
    found = used_at_least(
        scores.values, grouping.candidates, null_of(scores), grouping.reference, seed=seed
    )
    return AtLeast(
        meaning=Meaning.ASIDE,
        patients=found.patients.count if shown else 0,
        images=found.images.count if shown else 0,
        confidence=0.95,
    )


def attack_finding(scores: Scores, grouping: Grouping, seed: int) -> Attack:
    """Return what an attacker reaches at few false alarms, and the ε that shows."""
    sides = (scores.values, grouping.candidates, null_of(scores), grouping.reference)
    rates = [true_positive_rate(*sides, fpr, seed=seed) for fpr in (0.01, 0.05)]
    epsilon = epsilon_lower_bound(*sides)
    return Attack(
        meaning=Meaning.ASIDE,
        tpr_at_1=None if rates[0] is None else _interval(rates[0]),
        tpr_at_5=None if rates[1] is None else _interval(rates[1]),
        epsilon=epsilon.bound,
        delta=epsilon.delta,
    )


def shift_finding(view: View, grouping: Grouping, seed: int) -> Shift | None:
    """Return whether the real images alone tell the sets apart; None with too few patients."""
    sides = (grouping.candidates, grouping.reference)
    if view.reference is None or min(len(np.unique(side)) for side in sides) < FEWEST_FOR_SHIFT:
        return None
    found = find_shift(view.candidates, view.reference, np.concatenate(sides), seed=seed)
    fires = found.p <= SHIFT_LEVEL
    return Shift(
        meaning=Meaning.CONTRADICTS if fires else Meaning.ASIDE,
        auc=found.auc,
        p_value=found.p,
        level=SHIFT_LEVEL,
    )


def _meaning_of_set(test: GlobalTest, auc: Estimate, smallest: float, level: float) -> Meaning:
    """Return what the test of the whole set means."""
    if test.p_value <= level:
        return Meaning.SHOWS
    if test.below <= level:
        return Meaning.CONTRADICTS
    small = smallest <= DETECTABLE_AUC and auc.high <= EXCLUDED_AUC
    return Meaning.EXCLUDES if small else Meaning.LEAVES_OPEN


def _image_decisions(scores: Scores, decided: PatientDecisions) -> Decisions:
    """Return the decisions over images; the threshold is the largest score not flagged."""
    used, null = decided.images.flagged, null_of(scores)
    threshold = np.inf
    if used.any():
        kept = np.concatenate([scores.values[~used], null])
        below = kept[kept < scores.values[used].min()]
        threshold = float(below.max()) if below.size else -np.inf
    return Decisions(
        scores.ids, used, float(threshold), RULE, decided.images.p_values, decided.level,
        without_ranking(scores.values),
    )  # fmt: skip


def _interval(estimate: Estimate) -> Interval:
    """Return an estimate as a finding holds it."""
    clipped = np.clip([estimate.value, estimate.low, estimate.high], 0, 1).tolist()
    return Interval(value=clipped[0], low=clipped[1], high=clipped[2])
