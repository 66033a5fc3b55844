"""Which images belong together: a CSV file with the columns image_id and group."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from whorl.errors import WhorlError
from whorl.tasks.textfile import BYTE_ORDER_MARK, raise_problems, read_text, shown, some

IMAGE_ID, GROUP = "image_id", "group"


def read_groups(path: Path | str) -> dict[str, str]:
    r"""Return each image's group, usually its patient: image id → group.

    Parameters
    ----------
    path : path
        A CSV file in UTF-8 whose header names, among others, image_id and group.

    Raises
    ------
    WhorlError
        Naming the file and every line at fault: a missing column, an empty field, an image given
        twice, no line at all.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "groups.csv"
    >>> _ = file.write_text("image_id,group\nslice_1,patient_a\nslice_2,patient_a\n")
    >>> read_groups(file)
    {'slice_1': 'patient_a', 'slice_2': 'patient_a'}
    """
    text = read_text(path, WhorlError).removeprefix(BYTE_ORDER_MARK)
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    groups: dict[str, str] = {}
    try:
        header = list(rows.fieldnames or ())
        lacking = [name for name in (IMAGE_ID, GROUP) if name not in header]
        if lacking:
            found = some(header) if header else "nothing"
            raise WhorlError(f"{path}: line 1: no column {' and '.join(lacking)}; found {found}")
        raise_problems(path, list(_faults(rows, groups)), WhorlError)
    except csv.Error as error:
        raise WhorlError(
            f"{path}: line {rows.reader.line_num}: is not valid CSV: {error}"
        ) from error
    if not groups:
        raise WhorlError(f"{path}: line 2: expected an image, found nothing")
    return groups


def _faults(rows: csv.DictReader[str], groups: dict[str, str]) -> Iterator[str]:
    """Put each line into `groups`, and yield what is wrong with it."""
    for row in rows:
        line = f"line {rows.line_num}"
        image_id, group = (row[IMAGE_ID] or "").strip(), (row[GROUP] or "").strip()
        if not image_id or not group:
            yield f"{line}: expected an image and its group, found {shown(image_id or group)}"
        elif image_id in groups:
            yield f"{line}: {shown(image_id)} was given before"
        groups.setdefault(image_id, group)
