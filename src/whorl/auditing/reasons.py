"""One or two plain sentences on each finding."""

from __future__ import annotations

from collections.abc import Iterator

from whorl.auditing.findings import (
    AtLeast,
    Attack,
    Blank,
    Caution,
    Copies,
    Finding,
    Flags,
    Growth,
    Interval,
    Known,
    Meaning,
    Patients,
    SetTest,
    Shared,
    Shift,
)
from whorl.auditing.image_reasons import image_reasons
from whorl.auditing.numerals import counted, percent

DOMINANT = 0.5  # share of a side's images that one patient has
SMALL_GAIN = 0.05  # of an AUC


def reasons(finding: Finding, *, shown: bool, alone: bool) -> Iterator[str]:
    """Yield what a finding gives to say.

    Parameters
    ----------
    finding : Finding
        Any.
    shown : bool
        Whether leakage was shown at all.
    alone : bool
        Whether each image counts by itself, so that nothing is to be said of patients.
    """
    if isinstance(finding, Flags) and finding.unit == "patients" and alone:
        return
    match finding:
        case Copies() | Shared() | Blank():
            yield from image_reasons(finding, alone=alone)
        case Patients():
            yield from _patients(finding)
        case SetTest():
            yield from _set_test(finding, shown=shown, alone=alone)
        case Flags():
            yield from _flags(finding)
        case AtLeast() if finding.images:
            of = "" if alone else f", of at least {counted(finding.patients, 'patient')},"
            yield (
                f"At least {counted(finding.images, 'candidate')}{of} "
                f"{'was' if finding.images == 1 else 'were'} used "
                f"({percent(finding.confidence)} confidence)."
            )
        case Attack() | Growth():
            yield from _attack(finding)
        case Shift():
            yield from _shift(finding)
        case Caution():
            yield f"{finding.sentence[:1].upper()}{finding.sentence[1:]}."


def patients_reason(patients: Patients) -> str:
    """Say how many patients there are, and how that is known."""
    counts = (
        f"{patients.candidate_images} candidates of {patients.candidates} patients against "
        f"{patients.reference_images} reference images of {patients.reference}"
    )
    match patients.known:
        case Known.FOUND:
            return (
                "Nobody said whose the images are, and they look like several of fewer patients: "
                f"groups of images that resemble each other count as patients ({counts}). That "
                "keeps the error rates and costs power: --patients says whose they are."
            )
        case Known.ALONE:
            return (
                "Each image counts by itself: nobody said whose the images are, and they do not "
                "look like several of fewer patients."
            )
        case Known.HEADERS:
            return f"Patients by the files' PatientID: {counts}."
        case _:
            return f"Patients as given: {counts}."


def _patients(patients: Patients) -> Iterator[str]:
    """Say how many patients there are, and what is wrong with that."""
    if not patients.reference:
        return
    if patients.known is not Known.FOUND:  # that is said first of all
        yield patients_reason(patients)
    if patients.dropped:
        yield (
            f"{patients.dropped} reference images were left out: their patients are among the "
            "candidates."
        )
    if patients.more_reference:
        yield (
            f"Too few patients for any statement: {patients.candidates} against "
            f"{patients.reference}; it takes {patients.more_reference} more in the reference."
        )
    if patients.largest > DOMINANT and patients.known is not Known.ALONE:
        yield (
            f"One patient has {percent(patients.largest)} of a side's images: here each patient "
            "counts once, but what is said of images is mostly about that one."
        )


def _set_test(test: SetTest, *, shown: bool, alone: bool) -> Iterator[str]:
    """Say what the test of the whole set found, and what it could have shown."""
    decided = min(test.parts, key=lambda part: part.p_value)
    permuted = "images permuted" if alone else "patients permuted, each counting once"
    one, other = ("", "image") if alone else (" patient", "patient")
    yield (
        f"The set as a whole: p = {test.p_value:.2g} (level {percent(test.level)}; {permuted}), "
        f"most by {decided.name}. By {test.measure} a candidate{one} scores above a reference "
        f"{other} with probability {_interval(test.auc)}; 0.50 means no difference."
    )
    if test.below <= test.level:
        yield (
            "The candidates lie farther from the generated images than the reference does (p = "
            f"{test.below:.2g}): another scanner or another preparation, not a lack of images."
        )
    elif not shown and test.detectable < 1:
        yield (
            f"With so many, a probability of {test.detectable:.2f} would have been shown four "
            f"times in five; the interval reaches up to {test.auc.high:.2f}."
        )


def _shift(shift: Shift) -> Iterator[str]:
    """Say why candidates and reference may not be comparable."""
    if shift.meaning is Meaning.CONTRADICTS:
        yield (
            "Candidates and reference can be told apart by the real images alone (AUC "
            f"{shift.auc:.2f} on patients held out, p = {shift.p_value:.2g}): they differ "
            "otherwise than by use, in scanner, preparation or kind of patient, and scores may "
            "differ for that reason."
        )


def _flags(flags: Flags) -> Iterator[str]:
    """Say what is flagged, and what could not be."""
    if flags.level is None:
        yield f"{flags.flagged} of {flags.total} candidates flagged by the rule: {flags.rule}."
        return
    if flags.flagged:
        yield (
            f"{flags.flagged} of {flags.total} {flags.unit} flagged: of those, at most "
            f"{percent(flags.level)} are expected to be wrong."
        )
    else:
        yield f"None of {flags.total} {flags.unit} is flagged."
        yield from (f"{w[:1].upper()}{w[1:]}." for w in flags.warnings)


def _attack(attack: Attack | Growth) -> Iterator[str]:
    """Say what an attacker reaches, with these generated images or with more."""
    if isinstance(attack, Growth):
        yield _growth(attack)
        return
    rates = [
        f"{_interval(rate)} of the candidates at {name} false alarms"
        for rate, name in ((attack.tpr_at_1, "1 %"), (attack.tpr_at_5, "5 %"))
        if rate is not None
    ]
    if rates:
        yield f"This attack finds {', and '.join(rates)}."
    if attack.epsilon > 0:
        delta = f"{attack.delta:.12f}".rstrip("0")
        yield (
            f"In the terms of differential privacy the generator gave away at least ε = "
            f"{attack.epsilon:.2f} (δ = {delta}), were all candidates used."
        )


def _growth(growth: Growth) -> str:
    """Say how the effect grew with the number of generated images, and how far it may go on."""
    expected = growth.expected
    if expected.low > growth.auc:
        meaning = "more images give away more"
    elif expected.high - growth.auc <= SMALL_GAIN:
        meaning = "more images would hardly give away more"
    else:
        meaning = "whether more images give away more is open"
    return (
        f"The effect (AUC) is {growth.auc_of_fewer:.2f} by {growth.fewer:,} generated images at a "
        f"time and {growth.auc:.2f} by all {growth.generated:,}; "
        f"{growth.more:,} would show {expected.low:.2f} to {expected.high:.2f} (95 % interval): "
        f"{meaning}."
    )


def _interval(interval: Interval) -> str:
    """Print a value with its 95 % interval."""
    return f"{interval.value:.2f} (95 % interval {interval.low:.2f} to {interval.high:.2f})"
