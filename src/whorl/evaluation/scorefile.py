"""Score files: CSV with a header, one line for each candidate.

``whorl run --scores`` writes the columns image_id and score; ``whorl audit`` adds more. Reading
takes these two by name and leaves the others alone.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from whorl.errors import ScoreError
from whorl.files import write_text
from whorl.tasks.textfile import BYTE_ORDER_MARK, raise_problems, read_text, shown, some

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

IMAGE_ID = "image_id"
SCORE = "score"


def write_scores(path: Path | str, columns: Mapping[str, Sequence[object]]) -> None:
    """Write a score file atomically.

    Text is quoted as CSV asks and otherwise left as it is: an id that begins with ``=`` stays that
    id, though a spreadsheet would take it for a formula.

    Parameters
    ----------
    path : path
        The file.
    columns : mapping of str to sequence
        Column name → one value for each candidate, among them image_id and score. Floats are
        written in full, None as an empty field.

    Raises
    ------
    WhorlError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "scores.csv"
    >>> write_scores(file, {"image_id": ["a", "b"], "score": [0.25, 1.0], "p_value": [None, None]})
    >>> file.read_text(encoding="utf-8").splitlines()
    ['image_id,score,p_value', 'a,0.25,', 'b,1.0,']
    """
    text = _format(columns, csv.QUOTE_MINIMAL)
    if "\r" in text:  # which older versions of the csv module leave unquoted
        text = _format(columns, csv.QUOTE_ALL)
    write_text(path, text)


def read_scores(path: Path | str) -> dict[str, float]:
    """Return the scores in a score file: candidate id → finite score.

    Parameters
    ----------
    path : path
        A CSV file in UTF-8 whose header names, among others, image_id and score.

    Raises
    ------
    ScoreError
        Naming the file and every line at fault (20 shown, the rest counted): a missing or doubled
        column, a line with too many or too few fields, a score that is not a finite number, an id
        given twice, no line at all.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "scores.csv"
    >>> write_scores(file, {"image_id": ["a", "b"], "score": [0.25, 1.0]})
    >>> read_scores(file)
    {'a': 0.25, 'b': 1.0}
    """
    text = read_text(path, ScoreError).removeprefix(BYTE_ORDER_MARK)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(rows, [])
        raise_problems(path, list(_header_faults(header)), ScoreError)
        scores, faults = _rows(header, rows)
    except csv.Error as error:
        raise ScoreError(f"{path}: line {rows.line_num}: is not valid CSV: {error}") from error
    raise_problems(path, faults, ScoreError)
    return scores


def _format(columns: Mapping[str, Sequence[object]], quoting: Literal[0, 1]) -> str:
    """Return the text of a CSV file with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=quoting)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue()


def _header_faults(header: list[str]) -> Iterator[str]:
    """Yield what is wrong with the first line."""
    if not header:
        yield f"line 1: expected a header with the columns {IMAGE_ID} and {SCORE}, found nothing"
        return
    for name in (IMAGE_ID, SCORE):
        if header.count(name) > 1:
            yield f"line 1: the column {name} is named {header.count(name)} times"
        elif name not in header:
            yield f"line 1: the header names no column {name}; found {some(header)}"


def _rows(header: list[str], rows: CsvReader) -> tuple[dict[str, float], list[str]]:
    """Return the scores of the lines under the header, and all problems."""
    scores: dict[str, float] = {}
    first: dict[str, int] = {}
    faults: list[str] = []
    for row in rows:
        line = f"line {rows.line_num}"
        if len(row) != len(header):
            faults.append(f"{line}: expected {len(header)} fields, found {len(row)}")
            continue
        fields = dict(zip(header, row, strict=True))
        image_id, score = fields[IMAGE_ID], _finite(fields[SCORE])
        if image_id in first:
            faults.append(f"{line}: {shown(image_id)} was already given on line {first[image_id]}")
        if score is None:
            faults.append(f"{line}: the score {shown(fields[SCORE])} is not a finite number")
        first.setdefault(image_id, rows.line_num)
        scores.setdefault(image_id, score or 0.0)
    if not scores and not faults:
        faults.append("line 2: expected a candidate, found nothing")
    return scores, faults


def _finite(text: str) -> float | None:
    """Return the number that a field holds, None if it holds no finite one."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None
