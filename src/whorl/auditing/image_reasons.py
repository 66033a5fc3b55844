"""What is said of single images: copies, those on both sides, and blank ones."""

from __future__ import annotations

from collections.abc import Iterator

from whorl.auditing.findings import Blank, Copies, Shared
from whorl.auditing.numerals import counted, pairs


def image_reasons(finding: Copies | Shared | Blank, *, alone: bool) -> Iterator[str]:
    """Yield what a finding about single images gives to say.

    Parameters
    ----------
    finding : Copies, Shared or Blank
        What was found.
    alone : bool
        Whether each image counts by itself, so that nothing is to be said of patients.
    """
    match finding:
        case Copies():
            yield from _copies(finding, alone=alone)
        case Shared():
            turned = (
                f", {finding.turned:,} when one is mirrored or turned" if finding.turned else ""
            )
            yield (
                f"{pairs(finding.exact)} of a candidate and a reference image are "
                f"identical{turned}: one of the two labels is wrong."
            )
        case Blank():
            yield f"Left out as blank or nearly blank, and not judged: {_blank(finding)}."


def _copies(copies: Copies, *, alone: bool) -> Iterator[str]:
    """Name copies, exact and near."""
    pair = "of a candidate and a generated image are identical in every grey value"
    if copies.pairs:
        yield f"{pairs(copies.pairs)} {pair}."
    if copies.turned:
        yield (
            f"{pairs(copies.turned)} {pair} when one is mirrored or turned "
            f"({_named(copies, exact=True)})."
        )
    if copies.everywhere:
        yield (
            f"{counted(copies.everywhere, 'candidate')} that "
            f"{_equal(copies.everywhere)} a generated image {_equal(copies.everywhere)} a "
            "reference image too: that shows nothing."
        )
    if copies.of_reference > copies.everywhere:
        yield (
            f"{counted(copies.of_reference, 'reference image')} "
            f"{_equal(copies.of_reference)} a generated image: then the reference was used too."
        )
    if copies.near:
        yield from _near(copies, alone=alone)


def _near(copies: Copies, *, alone: bool) -> Iterator[str]:
    """Name what is nearly a copy, beside the same count of the reference."""
    verb = "is" if copies.near == 1 else "are"
    yield (
        f"{counted(copies.near, 'candidate')} {verb} nearly the same as a generated image once it "
        f"is laid over ({_named(copies, exact=False)}): look at them."
    )
    if copies.near_reference is not None:
        control = counted(copies.near_reference, "reference image")
        verb = "is" if copies.near_reference == 1 else "are"
        yield (
            f"By the same measure {control} {verb} nearly the same as a generated one"
            f"{_chance(copies, alone=alone)}."
        )


def _chance(copies: Copies, *, alone: bool) -> str:
    """Say how probable the difference is by chance."""
    if copies.p_value is None:
        return ""
    permuted = "images" if alone else "patients"
    return (
        f" (p = {copies.p_value:.2g} by dealing out the {permuted}; it decides nothing by itself)"
    )


def _named(copies: Copies, *, exact: bool) -> str:
    """Return the first pairs, and how one became the other."""
    chosen = [copy for copy in copies.named if copy.exact == exact]
    return "; ".join(f"{c.candidate} and {c.generated}: {c.road}" for c in chosen[:3])


def _equal(number: int) -> str:
    """Return the verb in its number."""
    return "equals" if number == 1 else "equal"


def _blank(blank: Blank) -> str:
    """Return how many of each set are blank."""
    nouns = {"generated": "generated images", "reference": "reference images"}
    return ", ".join(
        f"{count:,} of {blank.of[role]:,} {nouns.get(role, role)}"
        for role, count in blank.left_out.items()
        if count
    )
