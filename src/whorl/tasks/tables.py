"""Tables: CSV files with a header, and one line below it for each image."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TypeVar

from whorl.errors import WhorlError
from whorl.formulas import QUOTE, restored
from whorl.tasks.textfile import (
    BYTE_ORDER_MARK,
    first_few,
    raise_problems,
    read_text,
    shown,
)

IMAGE_ID = "image_id"

Fields = Mapping[str, str]
"""A line of a table: column → field."""

Kept = TypeVar("Kept")

_Record = tuple[int, Sequence[str], str]
"""The number of a record's first line, what it holds, and why it is not CSV, empty if it is."""


def read_table(
    path: Path | str,
    columns: Sequence[str],
    error: type[WhorlError],
    *,
    stripped: bool = True,
    bare: bool = False,
    faults_of: Callable[[Fields], Iterable[str]] = lambda _: (),
) -> dict[str, Fields]:
    r"""Read a table whose header names image_id and, among others, some columns.

    Parameters
    ----------
    path : path
        A CSV file in UTF-8, with or without a byte order mark.
    columns : sequence of str
        The columns that must be there, beside image_id, and filled in on every line.
    error : type of WhorlError
        What to raise.
    stripped : bool
        Whether to remove white space around fields and the names of columns.
    bare : bool
        Whether the header may be left out: a first line with which nothing is wrong as a line of
        image_id and `columns` is one.
    faults_of : callable
        ``faults_of(fields)``: what else is wrong with a line in which nothing is missing.

    Returns
    -------
    dict of str to mapping of str to str
        Image id → column → field, in the order of the file.

    Raises
    ------
    WhorlError
        Of the given type, naming the file and every line at fault (20 shown, the rest counted): a
        column that is missing or named twice, a line with too many or too few fields or without
        one that must be there, an image given twice, text that is not CSV, nothing below the
        header.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "ages.csv"
    >>> _ = file.write_text("image_id,age\nct_1,61\nct_2, 40\n")
    >>> read_table(file, ["age"], WhorlError)
    {'ct_1': {'image_id': 'ct_1', 'age': '61'}, 'ct_2': {'image_id': 'ct_2', 'age': '40'}}
    >>> _ = file.write_text("image_id,age\nct_1,\nct_1,40,m\n")
    >>> read_table(file, ["age"], WhorlError)
    Traceback (most recent call last):
    whorl.errors.WhorlError: ...ages.csv: 2 problems
      line 2: has no age
      line 3: expected 2 fields, found 3
    """
    return read_kept(
        path, columns, error, lambda fields: fields, stripped=stripped, bare=bare,
        faults_of=faults_of,
    )  # fmt: skip


def read_kept(
    path: Path | str,
    columns: Sequence[str],
    error: type[WhorlError],
    keep: Callable[[Fields], Kept],
    *,
    stripped: bool = True,
    bare: bool = False,
    faults_of: Callable[[Fields], Iterable[str]] = lambda _: (),
) -> dict[str, Kept]:
    r"""Read a table as :func:`read_table` does, and keep of each line only what is wanted of it.

    A table of a million lines then takes the memory of what is kept.

    Parameters
    ----------
    path, columns, error, stripped, bare, faults_of
        As for :func:`read_table`.
    keep : callable
        ``keep(fields)``: what is kept of a line with which nothing is wrong.

    Raises
    ------
    WhorlError
        As :func:`read_table` does.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "ages.csv"
    >>> _ = file.write_text("image_id,age\nct_1,61\n")
    >>> read_kept(file, ["age"], WhorlError, lambda fields: int(fields["age"]))
    {'ct_1': 61}
    """
    text = read_text(path, error).removeprefix(BYTE_ORDER_MARK)
    required = [IMAGE_ID, *columns]
    records = _records(text, stripped=stripped)
    head = next(records, (1, (), ""))
    _, header, fault = head
    if bare and _is_line(header, required, faults_of):
        header, records = required, chain([head], records)
    raise_problems(path, list(_header_faults(header, fault, required)), error)
    rows: dict[str, Kept] = {}
    first: dict[str, int] = {}
    problems: list[str] = []
    width = len(header)
    for line, record, fault in records:
        if fault or len(record) != width:
            problems.append(
                f"line {line}: {fault or f'expected {width} fields, found {len(record)}'}"
            )
            continue
        fields = dict(zip(header, record, strict=True))
        image_id = fields[IMAGE_ID]
        whole = all(record) or all(fields[name] for name in required)
        found = [] if whole else [f"has no {name}" for name in required if not fields[name]]
        if image_id in first:
            found.append(f"{shown(image_id)} was already given on line {first[image_id]}")
        elif image_id:
            first[image_id] = line
        if whole:
            found += faults_of(fields)
        if found:
            problems += [f"line {line}: {fault}" for fault in found]
        else:
            rows[image_id] = keep(fields)
    if not rows and not problems:
        problems.append("line 2: expected an image, found nothing")
    raise_problems(path, problems, error)
    return rows


def header_of(path: Path | str, error: type[WhorlError]) -> Sequence[str]:
    r"""Return the columns that a table's first line names; none where it is not CSV.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "ages.csv"
    >>> _ = file.write_text("image_id, age\nct_1,61\n")
    >>> header_of(file, WhorlError)
    ['image_id', 'age']
    """
    text = read_text(path, error).removeprefix(BYTE_ORDER_MARK)
    return next(_records(text, stripped=True), (1, (), ""))[1]


def _is_line(
    fields: Sequence[str], columns: Sequence[str], faults_of: Callable[[Fields], Iterable[str]]
) -> bool:
    """Tell whether nothing is wrong with the first line as a line of these columns."""
    if len(fields) != len(columns) or not all(fields):
        return False
    return not list(faults_of(dict(zip(columns, fields, strict=True))))


def _records(text: str, *, stripped: bool) -> Iterator[_Record]:
    """Yield the records of a CSV file, down to the first that is not CSV."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    quoted = QUOTE in text
    line = 1
    try:
        for fields in reader:
            plain = [field.strip() for field in fields] if stripped else fields
            if quoted:
                plain = [restored(field) for field in plain]
            yield line, plain, ""
            line = reader.line_num + 1
    except csv.Error as error:
        yield line, (), f"is not valid CSV: {error}"


def _header_faults(names: Sequence[str], fault: str, required: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with the first line."""
    if fault:
        yield f"line 1: {fault}"
    elif not any(names):
        yield f"line 1: expected a header with {' and '.join(required)}, found nothing"
    else:
        for name in required:
            if name not in names:
                yield f"line 1: the header names no column {name}; found {first_few(names)}"
        for name in dict.fromkeys(names):
            if names.count(name) > 1:
                yield f"line 1: the column {shown(name)} is named {names.count(name)} times"
