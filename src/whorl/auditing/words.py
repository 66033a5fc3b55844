"""The words of a verdict, made from its findings; nowhere else does the audit make a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from whorl.auditing.findings import Caution, Copies, Finding, Flags, Meaning, Reach, SetTest


def sentence_of(findings: Sequence[Finding]) -> str:
    """Return the whole answer in one sentence.

    Examples
    --------
    >>> sentence_of([Copies(meaning=Meaning.SHOWS, pairs=2)])
    'Leakage shown: generated images hold exact copies of candidates.'
    """
    shown = [finding for finding in findings if finding.meaning is Meaning.SHOWS]
    flags = next((f for f in findings if isinstance(f, Flags)), None)
    if any(isinstance(finding, Copies) for finding in shown):
        return "Leakage shown: generated images hold exact copies of candidates."
    if flags is not None and flags in shown and flags.level is not None:
        return (
            f"Leakage shown: {flags.flagged} of {flags.candidates} candidates are flagged as "
            f"training images, of which at most {percent(flags.level)} are expected to be flagged "
            "wrongly."
        )
    if shown:
        return _set_sentence([f for f in findings if isinstance(f, SetTest)])
    if flags is not None and flags.level is None:
        return (
            f"Inconclusive: the method's own rule flags {flags.flagged} of {flags.candidates} "
            "candidates, but without a reference of known non-members no error rate can be stated."
        )
    if flags is not None and any(finding.meaning is Meaning.EXCLUDES for finding in findings):
        return (
            f"No evidence of leakage: the {flags.candidates} candidates lie no closer to the "
            f"generated images than the {flags.reference} reference images do."
        )
    return "Inconclusive: no leakage was shown, but one too large to overlook cannot be ruled out."


def reasons_of(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return what was found, one plain sentence each, in the order of the findings.

    How large a leak could have been overlooked is told only where none was shown.
    """
    shown = any(finding.meaning is Meaning.SHOWS for finding in findings)
    told = [finding for finding in findings if not (shown and isinstance(finding, Reach))]
    return tuple(reason for finding in told for reason in _reasons(finding))


def guarantee_of(findings: Sequence[Finding]) -> str:
    """Say what is guaranteed of the flagged images, or that nothing is."""
    flags = next((f for f in findings if isinstance(f, Flags)), None)
    if flags is None or flags.level is None:
        return (
            "No error rate is guaranteed: there was no reference, and the decision rule is the "
            "method's own. Give --reference DIR with real images that were certainly not used."
        )
    return (
        f"Of the images flagged, at most {percent(flags.level)} are expected to be non-members "
        f"(Benjamini–Hochberg on conformal p-values from {flags.reference} reference images), "
        "provided that the reference images are like the candidates that were not used: same "
        "source, same processing, no patient in both. Nothing is guaranteed of the images not "
        "flagged."
    )


def percent(share: float) -> str:
    """Return a share in per cent, with as many digits as it needs.

    Examples
    --------
    >>> percent(0.05), percent(0.125)
    ('5 %', '12.5 %')
    """
    return f"{100 * share:.3g} %"


def _set_sentence(tests: Sequence[SetTest]) -> str:
    """Say that the set as a whole leaks; the first test is by the audit's own method."""
    shown = [test.measure for test in tests if test.meaning is Meaning.SHOWS]
    others = [measure for measure in shown if measure != tests[0].measure]
    hint = f"; --method {others[0]} may name them" if others else ", though none can be named"
    return (
        "Leakage shown: as a set, the candidates lie closer to the generated images than the "
        f"reference does, by {' and '.join(shown)}{hint}."
    )


def _reasons(finding: Finding) -> Iterator[str]:
    """Yield what one finding gives to say."""
    match finding:
        case Copies() if finding.pairs:
            pairs = "1 pair" if finding.pairs == 1 else f"{finding.pairs:,} pairs"
            yield f"{pairs} of a candidate and a generated image are identical in every grey value."
        case Flags():
            yield from _flag_reasons(finding)
        case SetTest():
            yield (
                f"By {finding.measure}, a candidate scores above a reference image with "
                f"probability {finding.auc:.2f} (95 % interval {finding.low:.2f} to "
                f"{finding.high:.2f}; 0.50 if nothing leaked), one-sided p = {finding.p_value:.2g}."
            )
        case Reach() if finding.meaning is Meaning.LEAVES_OPEN:
            yield _why_open(finding)
        case Caution():
            yield f"{finding.sentence[:1].upper()}{finding.sentence[1:]}."


def _flag_reasons(flags: Flags) -> Iterator[str]:
    """Say what the rule did, and whether it could have done anything."""
    yield f"{flags.flagged} of {flags.candidates} candidates flagged by the rule: {flags.rule}."
    if flags.needed is None or flags.smallest_p_value is None:
        return
    smallest = (
        f"With {flags.reference} reference images the smallest p-value is "
        f"{flags.smallest_p_value:.3f}"
    )
    if flags.needed > flags.candidates:
        yield f"{smallest}: too few for any candidate to be flagged at this rate."
    elif not flags.flagged and flags.needed > 1:
        yield (
            f"{smallest}: fewer than {flags.needed} members among the candidates cannot be "
            "flagged at this rate."
        )


def _why_open(reach: Reach) -> str:
    """Say what could have been seen, and what cannot be excluded."""
    if reach.detectable > reach.detectable_limit:
        return (
            f"Too few images: only an AUC of {reach.detectable:.2f} or more would probably have "
            "been shown. Give more reference images."
        )
    return (
        f"The intervals reach up to an AUC of {reach.highest:.2f}, that is, up to about "
        f"{percent(2 * (reach.highest - 0.5))} of the candidates may stand clear of the reference."
    )
