"""Run files and truth files in the official format: one ``<id>,<0 or 1>`` a line, no header.

A line's id is a candidate's, as the edition writes it: without file extension in 2023, with
``.png`` in 2025; where no edition is asked for, either is read. 1 = used, 0 = not used. Lines may
stand in any order, each candidate has exactly one, white space around the fields is ignored, and
lines may end as on Windows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whorl.errors import RunFileError
from whorl.files import write_text
from whorl.tasks.edition import UNTOLD, Edition
from whorl.tasks.lookalikes import lookalike
from whorl.tasks.names import Names, extension
from whorl.tasks.textfile import (
    BYTE_ORDER_MARK,
    Told,
    first_few,
    plain_pairs,
    raise_problems,
    read_text,
    shown,
)
from whorl.tasks.view import Truth

LINE = "'<id>,<0 or 1>'"
SCORE = re.compile(r"[+-]?0+|\+?0*1")
DECISIONS = {"0": False, "1": True}

Fields = Sequence[str]
Fault = Callable[["_Reading", int], str]
"""Says what is wrong with a line of some number, when it is asked to."""


def format_run(
    ids: Sequence[str], used: Sequence[bool] | NDArray[np.bool_], edition: Edition = UNTOLD
) -> str:
    r"""Return the text of a run file.

    Parameters
    ----------
    ids : sequence of str
        The candidates' ids.
    used : sequence of bool
        Whether each was used.
    edition : Edition
        Whose format.

    Raises
    ------
    RunFileError
        If the format cannot hold an id (it has a comma, a line break or outer white space).

    Examples
    --------
    >>> format_run(["real_unknown_0001", "real_unknown_0002"], [True, False])
    'real_unknown_0001,1\nreal_unknown_0002,0\n'
    """
    ending = edition.extension
    text = "".join(f"{i}{ending},{int(u)}\n" for i, u in zip(ids, used, strict=True))
    raise_problems(
        "the official run format cannot hold these ids", problems(text, ids, edition), RunFileError
    )
    return text


def write_run(
    path: Path | str,
    ids: Sequence[str],
    used: Sequence[bool] | NDArray[np.bool_],
    edition: Edition = UNTOLD,
) -> str:
    """Write a run file atomically, and return the SHA-256 of its bytes; see :func:`format_run`.

    Raises
    ------
    WhorlError
        If the format cannot hold an id, or the file cannot be written.
    """
    return write_text(path, format_run(ids, used, edition))


def read_run(
    path: Path | str, ids: Collection[str] | None, edition: Edition | None = None
) -> dict[str, bool]:
    """Return what a run file says of each image: id → True (used) or False (not used).

    Parameters
    ----------
    path : path
        The run file.
    ids : collection of str or None
        The candidates' ids, each of which must have its line; None = any ids.
    edition : Edition or None
        Whose format it must keep to the letter; None = ids with or without file extension.

    Raises
    ------
    RunFileError
        Naming the file and every line that breaks the format (20 shown, the rest counted).
    """
    used, faults = _parse(read_text(path, RunFileError), ids, edition)
    raise_problems(path, faults, RunFileError)
    return used


def read_truth(path: Path | str) -> Truth:
    """Return the truth kept in a file of the run format.

    Raises
    ------
    RunFileError
        As :func:`read_run` does.
    """
    return Truth(read_run(path, None))


def problems(text: str, ids: Collection[str] | None, edition: Edition | None = None) -> list[str]:
    r"""Return all that is wrong with the text of a run file, one line each, in its order.

    Parameters
    ----------
    text : str
        What the file holds.
    ids : collection of str or None
        The candidates' ids, each of which must have its line; None = any ids.
    edition : Edition or None
        As for :func:`read_run`.

    Examples
    --------
    >>> for problem in problems("a,1\nb,2\n", ["a", "b", "c"]):
    ...     print(problem)
    line 2: the score '2' is above 1: expected 0 (not used) or 1 (used)
    1 of 3 ids has no line: 'c'
    """
    return list(_parse(text, ids, edition)[1])


@dataclass(frozen=True)
class _Reading:
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


def _parse(
    text: str, ids: Collection[str] | None, edition: Edition | None
) -> tuple[dict[str, bool], Told]:
    """Return what each line says, and all problems; without problems the former is the run."""
    known = None if ids is None else Names(ids)
    bare = edition is None or not edition.extension
    exact = known.wanted if known is not None and bare else {}
    rows = _rows(text.removeprefix(BYTE_ORDER_MARK))
    used: dict[str, bool] = {}
    first: dict[str, int] = {}
    # two lists of what exists already: to make a million new objects takes long
    faults: list[Fault] = [_begins_with_mark] if text.startswith(BYTE_ORDER_MARK) else []
    numbers = [1] * len(faults)
    for number, fields in enumerate(rows, 1):
        written = _written(fields)
        image_id = written if written in exact else _id(written, known, edition)
        if image_id and len(fields) == 2 and fields[1] in DECISIONS and image_id not in first:
            first[image_id], used[image_id] = number, DECISIONS[fields[1]]
            continue
        faults += _line_faults(number, fields, image_id, known)
        image_id = image_id or written
        if image_id and image_id in first:
            faults.append(_given_twice)
        first.setdefault(image_id, number)
        used.setdefault(image_id, fields[-1].endswith("1"))
        numbers += [number] * (len(faults) - len(numbers))
    reading = _Reading(rows, known, edition, first)
    if all(fields == [""] for fields in rows):
        faults = [*faults[: text.startswith(BYTE_ORDER_MARK)], _is_empty]
    elif _missing(reading):
        faults.append(_has_no_line)
    numbers += [1] * (len(faults) - len(numbers))
    return used, Told(len(faults), lambda k: faults[k](reading, numbers[k]))


def _rows(text: str) -> Sequence[Sequence[str]]:
    """Return the fields of each line, without line endings and white space around them."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = plain_pairs(text)
    if plain is not None:
        return plain
    lines = text.split("\n")
    whole = lines[:-1] if lines[-1] == "" else lines
    return [[field.strip() for field in line.split(",")] for line in whole]


def _id(written: str, known: Names | None, edition: Edition | None) -> str | None:
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


def _written(fields: Fields) -> str:
    """Return what stands where an id belongs."""
    return fields[0] if len(fields) == 2 else re.split(r"[;\s]", fields[0])[0]


def _line_faults(
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


def _begins_with_mark(_: _Reading, number: int) -> str:
    return f"line {number}: begins with a byte order mark: save the file as UTF-8 without one"


def _is_empty(_: _Reading, number: int) -> str:  # noqa: ARG001
    return f"is empty: expected one line {LINE} for each image"


def _is_blank(_: _Reading, number: int) -> str:
    return f"line {number}: is empty: expected {LINE}, or no line"


def _is_header(reading: _Reading, number: int) -> str:
    found = shown(",".join(reading.rows[number - 1]))
    return f"line {number}: expected {LINE}, found {found}: the format has no header"


def _has_no_id(_: _Reading, number: int) -> str:
    return f"line {number}: has no id: expected {LINE}"


def _given_twice(reading: _Reading, number: int) -> str:
    written = _written(reading.rows[number - 1])
    image_id = _id(written, reading.known, reading.edition) or written
    first = reading.first[image_id]
    return f"line {number}: {shown(image_id)} was already given on line {first}"


def _wrong_number(reading: _Reading, number: int) -> str:
    fields = len(reading.rows[number - 1])
    return f"line {number}: has {fields} comma-separated field{'s' * (fields > 1)}: expected {LINE}"


def _wrong_id(reading: _Reading, number: int) -> str:
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


def _wrong_score(reading: _Reading, number: int) -> str:
    """Say what is wrong with a score."""
    score = reading.rows[number - 1][1]
    kind = "is not an integer"
    if re.fullmatch(r"\+?[0-9]+", score):
        kind = "is above 1"
    elif re.fullmatch(r"-[0-9]+", score):
        kind = "is below 0"
    found = f"the score {shown(score)} {kind}"
    return f"line {number}: {found}: expected 0 (not used) or 1 (used)"


def _missing(reading: _Reading) -> list[str]:
    """Return the ids that were not given, not even in a wrong spelling."""
    known, given = reading.known, reading.first
    if known is None:
        return []
    missing = known.wanted.keys() - given.keys()
    if missing:
        missing -= known.near_to_any([i for i in given if i not in known.wanted])
    return [i for i in known.wanted if i in missing]


def _has_no_line(reading: _Reading, _: int) -> str:
    ids = _missing(reading)
    every = 0 if reading.known is None else len(reading.known.wanted)
    have = "has" if len(ids) == 1 else "have"
    return f"{len(ids):,} of {every:,} ids {have} no line: {first_few(ids)}"
