"""Run files and truth files in the official format: one ``<id>,<0 or 1>`` a line, no header.

A line's id is a candidate's, as the edition writes it: without file extension in 2023, with
``.png`` in 2025; where no edition is asked for, either is read. 1 = used, 0 = not used. Lines may
stand in any order, each candidate has exactly one, white space around the fields is ignored, and
lines may end as on Windows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whorl.errors import RunFileError
from whorl.files import write_text
from whorl.tasks.edition import UNTOLD, Edition
from whorl.tasks.names import Names
from whorl.tasks.runfaults import (
    DECISIONS,
    Fault,
    Reading,
    begins_with_mark,
    given_twice,
    has_no_line,
    is_empty,
    known_id,
    line_faults,
    missing_ids,
    written_id,
)
from whorl.tasks.textfile import BYTE_ORDER_MARK, Told, plain_pairs, raise_problems, read_text
from whorl.tasks.view import Truth


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
    faults: list[Fault] = [begins_with_mark] if text.startswith(BYTE_ORDER_MARK) else []
    numbers = [1] * len(faults)
    for number, fields in enumerate(rows, 1):
        written = written_id(fields)
        image_id = written if written in exact else known_id(written, known, edition)
        if image_id and len(fields) == 2 and fields[1] in DECISIONS and image_id not in first:
            first[image_id], used[image_id] = number, DECISIONS[fields[1]]
            continue
        faults += line_faults(number, fields, image_id, known)
        image_id = image_id or written
        if image_id and image_id in first:
            faults.append(given_twice)
        first.setdefault(image_id, number)
        used.setdefault(image_id, fields[-1].endswith("1"))
        numbers += [number] * (len(faults) - len(numbers))
    reading = Reading(rows, known, edition, first)
    if all(fields == [""] for fields in rows):
        faults = [*faults[: text.startswith(BYTE_ORDER_MARK)], is_empty]
    elif missing_ids(reading):
        faults.append(has_no_line)
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
