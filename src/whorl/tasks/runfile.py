"""Run files and truth files in the official 2023 format: one ``<id>,<0 or 1>`` a line, no header.

A line's id is a candidate's, without file extension; 1 = used, 0 = not used. Lines may stand in
any order, each candidate has exactly one, white space around the fields is ignored, and lines may
end as on Windows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whorl.errors import RunFileError
from whorl.files import write_text
from whorl.images.listing import ENDINGS
from whorl.tasks.textfile import BYTE_ORDER_MARK, first_few, raise_problems, read_text, shown
from whorl.tasks.view import Truth

LINE = "'<id>,<0 or 1>'"


def format_run(ids: Sequence[str], used: Sequence[bool] | NDArray[np.bool_]) -> str:
    r"""Return the text of a run file.

    Parameters
    ----------
    ids : sequence of str
        The candidates' ids.
    used : sequence of bool
        Whether each was used.

    Raises
    ------
    RunFileError
        If the format cannot hold an id (it has a comma, a line break or outer white space).

    Examples
    --------
    >>> format_run(["real_unknown_0001", "real_unknown_0002"], [True, False])
    'real_unknown_0001,1\nreal_unknown_0002,0\n'
    """
    text = "".join(f"{i},{int(u)}\n" for i, u in zip(ids, used, strict=True))
    raise_problems(
        "the official run format cannot hold these ids", problems(text, ids), RunFileError
    )
    return text


def write_run(
    path: Path | str, ids: Sequence[str], used: Sequence[bool] | NDArray[np.bool_]
) -> str:
    """Write a run file atomically, and return the SHA-256 of its bytes; see :func:`format_run`.

    Raises
    ------
    WhorlError
        If the format cannot hold an id, or the file cannot be written.
    """
    return write_text(path, format_run(ids, used))


def read_run(path: Path | str, ids: Collection[str] | None) -> dict[str, bool]:
    """Return what a run file says of each image: id → True (used) or False (not used).

    Parameters
    ----------
    path : path
        The run file.
    ids : collection of str or None
        The candidates' ids, each of which must have its line; None = any ids.

    Raises
    ------
    RunFileError
        Naming the file and every line that breaks the format (20 shown, the rest counted).
    """
    used, faults = _parse(read_text(path, RunFileError), ids)
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


def problems(text: str, ids: Collection[str] | None) -> list[str]:
    r"""Return all that is wrong with the text of a run file, one line each, in its order.

    Parameters
    ----------
    text : str
        What the file holds.
    ids : collection of str or None
        The candidates' ids, each of which must have its line; None = any ids.

    Examples
    --------
    >>> for problem in problems("a,1\nb,2\n", ["a", "b", "c"]):
    ...     print(problem)
    line 2: the score '2' is above 1: expected 0 (not used) or 1 (used)
    1 of 3 ids has no line: 'c'
    """
    return _parse(text, ids)[1]


def _parse(text: str, ids: Collection[str] | None) -> tuple[dict[str, bool], list[str]]:
    """Return what each line says, and all problems; without problems the former is the run."""
    faults: list[str] = []
    if text.startswith(BYTE_ORDER_MARK):
        faults.append("line 1: begins with a byte order mark: save the file as UTF-8 without one")
    lines = _lines(text.removeprefix(BYTE_ORDER_MARK))
    if not any(lines):
        return {}, [*faults, f"is empty: expected one line {LINE} for each image"]
    known = None if ids is None else _Known(ids)
    used: dict[str, bool] = {}
    first: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        fields = [field.strip() for field in line.split(",")]
        faults += [f"line {number}: {fault}" for fault in _line_faults(fields, number == 1, known)]
        image_id = fields[0] if len(fields) == 2 else re.split(r"[,;\s]", line)[0]
        if image_id and image_id in first:
            faults.append(
                f"line {number}: {shown(image_id)} was already given on line {first[image_id]}"
            )
        first.setdefault(image_id, number)
        used.setdefault(image_id, fields[-1].endswith("1"))
    if known is not None:
        faults += known.missing(first)
    return used, faults


def _lines(text: str) -> list[str]:
    """Return the lines without line endings and outer white space."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [line.strip() for line in (lines[:-1] if lines[-1] == "" else lines)]


def _line_faults(fields: list[str], is_first: bool, known: _Known | None) -> Iterator[str]:
    """Yield what is wrong with one line, taken by itself."""
    if fields == [""]:
        yield f"is empty: expected {LINE}, or no line"
    elif len(fields) != 2:
        yield f"has {len(fields)} comma-separated field{'s' * (len(fields) > 1)}: expected {LINE}"
    elif is_first and _is_header(fields, known):
        yield f"expected {LINE}, found {shown(','.join(fields))}: the format has no header"
    else:
        yield from _id_faults(fields[0], known)
        yield from _score_faults(fields[1])


def _is_header(fields: list[str], known: _Known | None) -> bool:
    """Tell whether a first line names its columns."""
    return (known is None or fields[0] not in known.ids) and fields[1][:1].isalpha()


def _id_faults(image_id: str, known: _Known | None) -> Iterator[str]:
    """Yield what is wrong with an id."""
    if not image_id:
        yield f"has no id: expected {LINE}"
    elif known is not None and image_id in known.ids:
        return
    elif extension := _extension(image_id):
        yield f"the id {shown(image_id)} has a file extension: drop {extension!r}"
    elif known is not None:
        meant = known.meant(image_id)
        hint = "expected the name of an image of the test set, without extension"
        yield f"unknown id {shown(image_id)}: " + (f"did you mean {meant!r}?" if meant else hint)


def _score_faults(score: str) -> Iterator[str]:
    """Yield what is wrong with a score."""
    if re.fullmatch(r"[+-]?0+|\+?0*1", score):
        return
    kind = "is not an integer"
    if re.fullmatch(r"\+?[0-9]+", score):
        kind = "is above 1"
    elif re.fullmatch(r"-[0-9]+", score):
        kind = "is below 0"
    yield f"the score {shown(score)} {kind}: expected 0 (not used) or 1 (used)"


class _Known:
    """The ids that a run must name, found again when spelled a little differently."""

    def __init__(self, ids: Collection[str]) -> None:
        self.ids = dict.fromkeys(ids)
        self._by_key = {_key(i): i for i in ids}

    def meant(self, image_id: str) -> str | None:
        """Return the id that is meant, None if that cannot be told."""
        return image_id if image_id in self.ids else self._by_key.get(_key(image_id))

    def missing(self, given: Iterable[str]) -> Iterator[str]:
        """Yield a problem if an id was not given, not even in a wrong spelling."""
        meant = {self.meant(i) for i in given}
        missing = [i for i in self.ids if i not in meant]
        if missing:
            have = "has" if len(missing) == 1 else "have"
            yield f"{len(missing):,} of {len(self.ids):,} ids {have} no line: {first_few(missing)}"


def _key(image_id: str) -> str:
    """Return an id without what is easily misspelled: folder, quotes, extension, case, zeros."""
    name = re.split(r"[/\\]", image_id.strip("'\""))[-1].lower()
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", name.removesuffix(_extension(name)))


def _extension(image_id: str) -> str:
    """Return the image extension that an id ends with, empty if none."""
    ending = next((e for e in ENDINGS if image_id.lower().endswith(e)), "")
    return image_id[len(image_id) - len(ending) :]
