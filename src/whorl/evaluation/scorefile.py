"""Score files: CSV, one line for each candidate, with a header or, as run files, without.

``whorl run --scores`` writes the columns image_id and score; ``whorl audit`` adds more. Reading
takes these two by name and leaves the others alone. A file without a header has these two.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from whorl.errors import ScoreError
from whorl.files import write_text
from whorl.formulas import neutral_row
from whorl.tasks.tables import IMAGE_ID, Fields, read_kept
from whorl.tasks.textfile import plain_pairs, read_text, shown

SCORE = "score"
HEADER = re.compile(rf"{IMAGE_ID},{SCORE}((?:,\w+)*)\n", re.ASCII)


def write_scores(
    path: Path | str, columns: Mapping[str, Sequence[object]], *, exact: bool = False
) -> str:
    """Write a score file atomically, and return the SHA-256 of its bytes.

    Text is quoted as CSV asks. One that a spreadsheet would take for a formula, as an id that
    begins with ``=``, has a ``'`` before it, which :func:`read_scores` takes off again.

    Parameters
    ----------
    path : path
        The file.
    columns : mapping of str to sequence
        Column name → one value for each candidate, among them image_id and score. Floats are
        written in full, None as an empty field.
    exact : bool
        Whether text is written as it is, formulas too.

    Raises
    ------
    WhorlError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "scores.csv"
    >>> columns = {"image_id": ["a", "b"], "score": [0.25, 1.0], "p_value": [None, None]}
    >>> _ = write_scores(file, columns)
    >>> file.read_text(encoding="utf-8").splitlines()
    ['image_id,score,p_value', 'a,0.25,', 'b,1.0,']
    """
    rows = [[str(name) for name in columns], *zip(*columns.values(), strict=True)]
    if not exact:
        rows = [neutral_row(row) for row in rows]
    text = _format(rows, csv.QUOTE_MINIMAL)
    if "\r" in text:  # which older versions of the csv module leave unquoted
        text = _format(rows, csv.QUOTE_ALL)
    return write_text(path, text)


def read_scores(path: Path | str) -> dict[str, float]:
    """Return the scores in a score file: candidate id → finite score.

    Parameters
    ----------
    path : path
        A CSV file in UTF-8 whose header names, among others, image_id and score; or, as a run
        file, one without a header and with ``<id>,<score>`` on each line.

    Raises
    ------
    ScoreError
        As :func:`whorl.tasks.tables.read_table` does, and where a score is not a finite number.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "scores.csv"
    >>> _ = write_scores(file, {"image_id": ["a", "b"], "score": [0.25, 1.0]})
    >>> read_scores(file)
    {'a': 0.25, 'b': 1.0}
    """
    plain = _plain(read_text(path, ScoreError))
    if plain is not None:
        return plain
    return read_kept(
        path,
        [SCORE],
        ScoreError,
        lambda fields: float(fields[SCORE]),
        stripped=False,
        bare=True,
        faults_of=_score_faults,
    )


def _plain(text: str) -> dict[str, float] | None:
    """Return the scores if all lines are plain and nothing is wrong; None otherwise."""
    text = text.replace("\r\n", "\n")
    header = HEADER.match(text)
    others = header[1].split(",")[1:] if header else []
    if len({IMAGE_ID, SCORE, *others}) < 2 + len(others):
        return None
    pairs = plain_pairs(text[header.end() :] if header else text, len(others))
    if pairs is None or not all(_is_finite(score) for _, score in pairs):
        return None
    scores = {image_id: float(score) for image_id, score in pairs}
    return scores if len(scores) == len(pairs) else None


def _format(rows: Iterable[Iterable[object]], quoting: Literal[0, 1]) -> str:
    """Return the text of a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=quoting)
    writer.writerows(rows)
    return text.getvalue()


def _score_faults(fields: Fields) -> tuple[str, ...]:
    """Return what is wrong with a line's score."""
    if _is_finite(fields[SCORE]):
        return ()
    return (f"the score {shown(fields[SCORE])} is not a finite number",)


def _is_finite(text: str) -> bool:
    """Tell whether a field holds a finite number."""
    try:
        return math.isfinite(float(text)) and "_" not in text
    except ValueError:
        return False
