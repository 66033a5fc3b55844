"""The words of a verdict, made from its findings; nowhere else does the audit make a sentence.

The headline is for a board: no option, no p-value. Numbers follow in the reasons, and what to do
in the advice.
"""

from __future__ import annotations

from collections.abc import Sequence

from whorl.auditing.findings import (
    AtLeast,
    Copies,
    Finding,
    Flags,
    Known,
    Meaning,
    Patients,
    SetTest,
    Shared,
    Shift,
)
from whorl.auditing.numerals import counted, percent
from whorl.auditing.reasons import patients_reason, reasons

SHIFTED = "unless it is that candidates and reference differ otherwise than by use"


def sentence_of(findings: Sequence[Finding]) -> str:
    """Return the whole answer in one plain sentence.

    Examples
    --------
    >>> sentence_of([Copies(meaning=Meaning.SHOWS, pairs=2)])
    'Leakage shown: generated images are exact copies of candidates.'
    """
    found = _Found(findings)
    if found.copies is not None and found.copies.meaning is Meaning.SHOWS:
        how = "" if found.copies.pairs else ", mirrored or turned"
        return f"Leakage shown: generated images are exact copies of candidates{how}."
    if found.set_test is not None and found.set_test.meaning is Meaning.SHOWS:
        return _shown(found)
    if found.set_test is None:
        return _without_reference(found)
    if found.set_test.meaning is Meaning.CONTRADICTS:
        return (
            "Inconclusive: the reference lies closer to the generated images than the candidates "
            "do, so the two are sets of different kinds and cannot be compared."
        )
    if found.nearly:
        return (
            "Inconclusive: the test of the whole set shows nothing, but more candidates than "
            "reference images are nearly the same as a generated image: look at the pairs."
        )
    if found.doubtful:
        why = (
            "candidates and reference differ otherwise than by use"
            if found.shifted
            else "images stand among both candidates and reference"
        )
        return f"Inconclusive: nothing was shown, but {why}, so that a leak may be hidden."
    if found.set_test.meaning is Meaning.EXCLUDES:
        return (
            f"No evidence of leakage: the {found.candidates} lie no closer to the generated images "
            f"than the {found.reference} of the reference."
        )
    return "Inconclusive: no leakage was shown, but one too large to overlook cannot be ruled out."


def first_of(findings: Sequence[Finding]) -> str:
    """Return what is to be said before all else: patients that were only found; empty if none.

    Examples
    --------
    >>> first_of([])
    ''
    """
    patients = _Found(findings).patients
    if patients is None or patients.known is not Known.FOUND:
        return ""
    return patients_reason(patients)


def reasons_of(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return what was found, one plain sentence each, in the order of the findings."""
    shown = any(finding.meaning is Meaning.SHOWS for finding in findings)
    alone = _Found(findings).unit == "images"
    return tuple(
        reason for finding in findings for reason in reasons(finding, shown=shown, alone=alone)
    )


def advice_of(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return what to do, one sentence each.

    Examples
    --------
    >>> advice_of([Copies(meaning=Meaning.SHOWS, pairs=2)])[0][:24]
    'Do not release the gener'
    """
    found = _Found(findings)
    test, patients = found.set_test, found.patients
    if found.copies is not None and found.copies.meaning is Meaning.SHOWS:
        return ("Do not release the generated images: some are pictures of real patients.",)
    if test is None:
        return (
            "Give --reference a folder of real images that were certainly not used: other "
            "patients, the same scanners and the same preparation. Without it nothing can be said "
            "at a stated error.",
        )
    advice = []
    if found.nearly:
        advice.append(
            "Look at the generated images that are nearly candidates: if some are copies, do not "
            "release them."
        )
    if test.meaning is Meaning.SHOWS and found.flagged:
        advice.append(
            "Do not release the generated images as they are. Look at the evidence of the flagged "
            f"ones; leave {'their patients' if found.unit == 'patients' else 'them'} out, train "
            "again, and audit again."
        )
    elif test.meaning is Meaning.SHOWS:
        advice.append(
            "Influence of the set is shown, and nobody is named: releasing gives away that these "
            "people, taken together, were used, but not who. Whether that may be released is a "
            f"decision about the group, not about one person. More reference {found.unit} may name "
            "some; a generator that repeats less may show none."
        )
    if any(isinstance(f, Shift) and f.meaning is Meaning.CONTRADICTS for f in findings) or (
        test.meaning is Meaning.CONTRADICTS
    ):
        advice.append(
            "Take candidates and reference from the same scanners, the same time and the same "
            "preparation, and audit again: only then does a difference mean use."
        )
    if any(isinstance(finding, Shared) for finding in findings):
        advice.append(
            "Images stand among both candidates and reference: put each where it belongs."
        )
    if test.meaning is Meaning.LEAVES_OPEN and patients is not None:
        advice.append(_short_side(patients))
    return tuple(advice)


def guarantee_of(findings: Sequence[Finding]) -> str:
    """Say what is guaranteed, and on what condition."""
    found = _Found(findings)
    if found.set_test is None or found.patients is None:
        return (
            "No error rate is guaranteed: there was no reference, and the decision rule is the "
            "method's own."
        )
    level, unit = percent(found.set_test.level), found.unit
    return (
        f"If nothing leaked, “leakage shown” comes up in at most {level} of audits, all tests "
        f"together. Of the {unit} flagged, at most {level} are expected to be wrong. Both hold "
        "provided that the reference is like the candidates that were not used: same source, same "
        f"preparation, other patients. Nothing is guaranteed of the {unit} not flagged, and a "
        "stronger attack than this one may see more."
    )


class _Found:
    """The findings by what they are."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.copies = next((f for f in findings if isinstance(f, Copies)), None)
        self.patients = next((f for f in findings if isinstance(f, Patients)), None)
        self.set_test = next((f for f in findings if isinstance(f, SetTest)), None)
        self.at_least = next((f for f in findings if isinstance(f, AtLeast)), None)
        self.flags = [f for f in findings if isinstance(f, Flags)]
        self.doubtful = any(f.meaning is Meaning.CONTRADICTS for f in findings)
        self.shifted = any(
            isinstance(f, Shift) and f.meaning is Meaning.CONTRADICTS for f in findings
        )

    @property
    def nearly(self) -> bool:
        """Whether more candidates are nearly generated ones than the reference lets expect."""
        return self.copies is not None and self.copies.meaning is Meaning.CONTRADICTS

    @property
    def flagged(self) -> int:
        """How many are flagged, patients and images together."""
        return sum(flags.flagged for flags in self.flags)

    def flagged_of(self, unit: str) -> int:
        """How many patients, or images, are flagged."""
        return sum(flags.flagged for flags in self.flags if flags.unit == unit)

    @property
    def unit(self) -> str:
        """What counts once."""
        alone = self.patients is None or self.patients.known is Known.ALONE
        return "images" if alone else "patients"

    @property
    def candidates(self) -> str:
        """The candidates, counted."""
        assert self.patients is not None  # noqa: S101
        images = f"{self.patients.candidate_images} candidates"
        if self.unit == "images":
            return images
        return f"{images} of {counted(self.patients.candidates, 'patient')}"

    @property
    def reference(self) -> str:
        """The reference, counted."""
        assert self.patients is not None  # noqa: S101
        return counted(self.patients.reference, self.unit.removesuffix("s"))


def _shown(found: _Found) -> str:
    """Say that leakage is shown, of whom, and whether it may be a shift."""
    start = f"Leakage shown, {SHIFTED}: " if found.shifted else "Leakage shown: "
    at_least = found.at_least
    if at_least is not None and at_least.images:
        many = counted(at_least.images, "candidate")
        if found.unit == "patients":
            many += f", of at least {counted(at_least.patients, 'patient')},"
        verb = "was" if at_least.images == 1 else "were"
        body = f"at least {many} {verb} used to train the generator"
    else:
        body = "the generated images carry traces of the candidates as a set"
    for unit in (found.unit, "images"):
        flagged = found.flagged_of(unit)
        if flagged:
            named = counted(flagged, unit.removesuffix("s"))
            return f"{start}{body}; {named} {'is' if flagged == 1 else 'are'} named below."
    return f"{start}{body}, though nobody can be named."


def _without_reference(found: _Found) -> str:
    """Say what the method's own rule did, and why that shows nothing."""
    flags = found.flags[0]
    return (
        f"Inconclusive: by the method's own rule {flags.flagged} of {flags.total} candidates look "
        "used, but without a reference of images that were certainly not used, nobody knows how "
        "often that rule is wrong."
    )


def _short_side(patients: Patients) -> str:
    """Advise on the side that has fewer, which is what limits what can be seen."""
    unit = "images" if patients.known is Known.ALONE else "patients"
    if patients.more_reference:
        return f"Give {patients.more_reference} more reference {unit}: so few can show nothing."
    short, where = min((patients.reference, "reference"), (patients.candidates, "candidates"))
    return (
        f"The {where} {'is' if where == 'reference' else 'are'} short ({short} {unit}): more "
        f"{unit} there narrow the interval most."
    )
