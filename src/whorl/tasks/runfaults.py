"""What may be wrong with a run file, told line by line, and put into words when somebody asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from whorl.tasks.edition import Edition
from whorl.tasks.lookalikes import lookalike
from whorl.tasks.names import Names, extension
from whorl.tasks.textfile import first_few, shown

LINE = "'<id>,<0 or 1>'"
SCORE = re.compile(r"[+-]?0+|\+?0*1")
DECISIONS = {"0": False, "1": True}

Fields = Sequence[str]
Fault = Callable[["Reading", int], str]
"""Says what is wrong with a line of some number, when it is asked to."""


@dataclass(frozen=True)
class Reading:
    """What was read, for words about what is wrong with it.

    Attributes
    ----------
    rows : sequence of sequence of str
        The fields of each line.
    known : Names or None
        The candidates' ids; None = any.
    edition : Edition or None
        Whose format it must keep to the letter.
    first : dict of str to int
        Id → the line it was first given on.
    """

    rows: Sequence[Fields]
    known: Names | None
    edition: Edition | None
    first: dict[str, int]


def known_id(written: str, known: Names | None, edition: Edition | None) -> str | None:
    """Return the id that is written, None if it is none, or not as the edition writes it."""
    if known is not None and (edition is None or not edition.extension) and written in known.wanted:
        return written
    found = extension(written)
    if edition is not None and found != edition.extension:
        return None
    image_id = written.removesuffix(found)
    if known is None:
        return image_id if image_id == image_id.strip() else None
    return image_id if image_id in known.wanted else None


def written_id(fields: Fields) -> str:
    """Return what stands where an id belongs."""
    return fields[0] if len(fields) == 2 else re.split(r"[;\s]", fields[0])[0]


def line_faults(
    number: int, fields: Fields, image_id: str | None, known: Names | None
) -> Iterator[Fault]:
    """Yield what is wrong with one line, taken by itself; its id is None if none is written."""
    if fields == [""]:
        yield _is_blank
    elif len(fields) != 2:
        yield _wrong_number
    elif number == 1 and (known is None or image_id is None) and fields[1][:1].isalpha():
        yield _is_header
    else:
        if not fields[0]:
            yield _has_no_id
        elif image_id is None:
            yield _wrong_id
        if fields[1] not in DECISIONS and not SCORE.fullmatch(fields[1]):
            yield _wrong_score


def begins_with_mark(_: Reading, number: int) -> str:
    """Say that there is a byte order mark."""
    return f"line {number}: begins with a byte order mark: save the file as UTF-8 without one"


def is_empty(_: Reading, number: int) -> str:  # noqa: ARG001
    """Say that there is no line."""
    return f"is empty: expected one line {LINE} for each image"


def _is_blank(_: Reading, number: int) -> str:
    return f"line {number}: is empty: expected {LINE}, or no line"


def _is_header(reading: Reading, number: int) -> str:
    found = shown(",".join(reading.rows[number - 1]))
    return f"line {number}: expected {LINE}, found {found}: the format has no header"


def _has_no_id(_: Reading, number: int) -> str:
    return f"line {number}: has no id: expected {LINE}"


def given_twice(reading: Reading, number: int) -> str:
    """Say that an image has a line already."""
    written = written_id(reading.rows[number - 1])
    image_id = known_id(written, reading.known, reading.edition) or written
    first = reading.first[image_id]
    return f"line {number}: {shown(image_id)} was already given on line {first}"


def _wrong_number(reading: Reading, number: int) -> str:
    fields = len(reading.rows[number - 1])
    return f"line {number}: has {fields} comma-separated field{'s' * (fields > 1)}: expected {LINE}"


def _wrong_id(reading: Reading, number: int) -> str:
    """Say what is wrong with an id that no image has, or that has a wrong extension."""
    written, known, edition = reading.rows[number - 1][0], reading.known, reading.edition
    found, ending = extension(written), "" if edition is None else edition.extension
    if edition is not None and found != ending:
        had = f"has the file extension {found!r}" if found else "has no file extension"
        cure = f"write {ending!r} behind the name" if ending else f"drop {found!r}"
        return f"line {number}: the id {shown(written)} {had}: {cure}, as in {edition.name}"
    meant = known and known.near(written)
    if not meant:
        hint = "expected the name of an image of the test set"
        return f"line {number}: unknown id {shown(written)}: {hint}"
    why = lookalike(written.removesuffix(found), meant)
    hint = f"did you mean {meant + ending!r}?" + (f" It is written with {why}" if why else "")
    return f"line {number}: unknown id {shown(written)}: {hint}"


def _wrong_score(reading: Reading, number: int) -> str:
    """Say what is wrong with a score."""
    score = reading.rows[number - 1][1]
    kind = "is not an integer"
    if re.fullmatch(r"\+?[0-9]+", score):
        kind = "is above 1"
    elif re.fullmatch(r"-[0-9]+", score):
        kind = "is below 0"
    found = f"the score {shown(score)} {kind}"
    return f"line {number}: {found}: expected 0 (not used) or 1 (used)"


def missing_ids(reading: Reading) -> list[str]:
    """Return the ids that were not given, not even in a wrong spelling."""
    known, given = reading.known, reading.first
    if known is None:
        return []
    missing = known.wanted.keys() - given.keys()
    if missing:
        missing -= known.near_to_any([i for i in given if i not in known.wanted])
    return [i for i in known.wanted if i in missing]


def has_no_line(reading: Reading, _: int) -> str:
    """Say which images have no line."""
    ids = missing_ids(reading)
    every = 0 if reading.known is None else len(reading.known.wanted)
    have = "has" if len(ids) == 1 else "have"
    return f"{len(ids):,} of {every:,} ids {have} no line: {first_few(ids)}"
