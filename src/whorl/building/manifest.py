"""What is known of images beside their pixels: a CSV file with the column image_id and others."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from whorl.errors import WhorlError
from whorl.tasks.textfile import BYTE_ORDER_MARK, raise_problems, read_text, shown, some

IMAGE_ID = "image_id"


class ManifestError(WhorlError):
    """A manifest cannot be used."""


@dataclass(frozen=True)
class Manifest:
    """The lines of a manifest.

    Attributes
    ----------
    path : pathlib.Path
        The file, for messages.
    rows : mapping of str to mapping of str to str
        Image id → column → field, white space around it removed.
    """

    path: Path
    rows: Mapping[str, Mapping[str, str]]

    def column(self, name: str, ids: Sequence[str]) -> tuple[str, ...]:
        """Return a column's field for each of `ids`.

        Raises
        ------
        ManifestError
            If there is no such column, or an image has no line or an empty field.
        """
        columns = [c for c in next(iter(self.rows.values())) if c != IMAGE_ID]
        if name not in columns:
            raise ManifestError(f"{self.path}: line 1: no column {name!r}; found {some(columns)}")
        lacking = [i for i in ids if not self.rows.get(i, {}).get(name)]
        if lacking:
            raise ManifestError(
                f"{self.path}: no {name} for {len(lacking):,} of {len(ids):,} images: "
                f"{some(lacking)}"
            )
        return tuple(self.rows[i][name] for i in ids)


def read_manifest(path: Path | str) -> Manifest:
    r"""Read a manifest.

    Parameters
    ----------
    path : path
        A CSV file in UTF-8 whose header names image_id and other columns.

    Raises
    ------
    ManifestError
        Naming the file and every line at fault: no column image_id, a column named twice, a line
        with too many or too few fields, no id, an id given twice, no line at all.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "manifest.csv"
    >>> _ = file.write_text("image_id,patient\nct_1,a\nct_2,b\n")
    >>> read_manifest(file).column("patient", ["ct_2"])
    ('b',)
    """
    text = read_text(path, ManifestError).removeprefix(BYTE_ORDER_MARK)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: dict[str, dict[str, str]] = {}
    try:
        header = [name.strip() for name in next(lines, [])]
        if IMAGE_ID not in header or len(set(header)) < len(header):
            found = some(header) if header else "nothing"
            raise ManifestError(
                f"{path}: line 1: expected a header of different columns with {IMAGE_ID} among "
                f"them, found {found}"
            )
        faults = list(_faults(lines, header, rows))
    except csv.Error as error:
        raise ManifestError(f"{path}: line {lines.line_num}: is not valid CSV: {error}") from error
    raise_problems(path, faults, ManifestError)
    if not rows:
        raise ManifestError(f"{path}: line 2: expected an image, found nothing")
    return Manifest(Path(path), rows)


def _faults(
    lines: Iterator[list[str]], header: list[str], rows: dict[str, dict[str, str]]
) -> Iterator[str]:
    """Put each line into `rows`, and yield what is wrong with it."""
    for number, fields in enumerate(lines, 2):
        if len(fields) != len(header):
            yield f"line {number}: expected {len(header)} fields, found {len(fields)}"
            continue
        row = dict(zip(header, map(str.strip, fields), strict=True))
        image_id = row[IMAGE_ID]
        if not image_id:
            yield f"line {number}: has no {IMAGE_ID}"
        elif image_id in rows:
            yield f"line {number}: {shown(image_id)} was given before"
        rows.setdefault(image_id, row)
