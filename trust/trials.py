"""One audit whose truth is known: what it said, beside what is true and what 0.1.0 would say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu

from whorl.auditing.comparison import Compared, compare, patients_finding
from whorl.auditing.findings import AtLeast, Finding, Meaning, Shift
from whorl.auditing.result import Outcome
from whorl.auditing.verdict import judge
from whorl.decisions import ConformalFDR
from whorl.decisions.rules import null_of

LEVEL = 0.05
SET_LEVEL_BEFORE = 0.01  # of each of the two tests of the set that 0.1.0 made

Mask = NDArray[np.bool_]
Kind = TypeVar("Kind", AtLeast, Shift)


@dataclass(frozen=True, eq=False)
class Trial:
    """What an audit is given, and the truth about it.

    Attributes
    ----------
    sets : Compared
        Candidates and reference, with their scores by two measures.
    used : ndarray of bool, shape (n,)
        Which candidate images were used.
    """

    sets: Compared
    used: Mask


@dataclass(frozen=True)
class Said:
    """What came of an audit.

    Attributes
    ----------
    rates : mapping of str to float
        What is averaged over audits, each between 0 and 1: "shown", "false patients", "false
        images" and the same with "before"; with a leak also "found …" and "covered"; where images
        were looked at also "warned".
    p_value : float
        Of the first candidate image.
    """

    rates: dict[str, float]
    p_value: float


def audited(trial: Trial, seed: int) -> Said:
    """Audit as :func:`whorl.audit` does from its scores on, and hold the answer to the truth."""
    sets, used = trial.sets, trial.used
    decided, _, findings = compare(sets, LEVEL, seed)
    findings = [patients_finding(sets.grouping, LEVEL), *findings]
    shown = judge(findings).outcome is Outcome.LEAKAGE
    patients = sets.grouping.candidates
    used_patients = of_patients(used, patients)
    rates = {"shown": float(shown)}
    rates |= held_to("patients", decided.patients.flagged, used_patients)
    rates |= held_to("images", decided.images.flagged, used)
    rates |= before(trial)
    if used.any():
        least = the(AtLeast, findings)
        covered = least.patients <= used_patients.sum() and least.images <= used.sum()
        rates["covered"] = float(covered)
    if sets.view is not None:
        rates["warned"] = float(the(Shift, findings).meaning is Meaning.CONTRADICTS)
    return Said(rates, float(decided.images.p_values[0]))


def before(trial: Trial) -> dict[str, float]:
    """Return what 0.1.0 would have said: images taken as independent, three tests side by side.

    Mann–Whitney's test by each measure at 1 %, and Benjamini and Hochberg's procedure on the
    images' conformal p-values, any of which showed leakage. A patient counts as flagged if any of
    its images was.
    """
    scores, patients = trial.sets.scores, trial.sets.grouping.candidates
    flagged = ConformalFDR(LEVEL).decide(scores).used
    as_sets = [
        mannwhitneyu(each.values, null_of(each), alternative="greater").pvalue <= SET_LEVEL_BEFORE
        for each in (scores, trial.sets.second)
    ]
    found = held_to("images", flagged, trial.used)
    found |= held_to("patients", of_patients(flagged, patients), of_patients(trial.used, patients))
    return {f"{name} before": rate for name, rate in found.items()} | {
        "shown before": float(flagged.any() or any(as_sets))
    }


def held_to(unit: str, flagged: Mask, used: Mask) -> dict[str, float]:
    """Return the share of the flagged that was not used, and of the used that was flagged.

    Examples
    --------
    >>> held_to("images", np.array([True, True, False]), np.array([True, False, False]))
    {'false images': 0.5, 'found images': 1.0}
    """
    rates = {f"false {unit}": int((flagged & ~used).sum()) / max(int(flagged.sum()), 1)}
    if used.any():
        rates[f"found {unit}"] = int((flagged & used).sum()) / int(used.sum())
    return rates


def of_patients(images: Mask, patients: NDArray[np.intp]) -> Mask:
    """Return which patients have any of the images, patients in rising order.

    Examples
    --------
    >>> of_patients(np.array([True, False, False]), np.array([4, 4, 1]))
    array([False,  True])
    """
    _, codes = np.unique(patients, return_inverse=True)
    return np.bincount(codes, weights=images) > 0


def the(kind: type[Kind], findings: Iterable[Finding]) -> Kind:
    """Return the one finding of a kind."""
    (found,) = (finding for finding in findings if isinstance(finding, kind))
    return found
