"""Which images belong together: a CSV file with the columns image_id and group."""

from __future__ import annotations

from pathlib import Path

from whorl.errors import WhorlError
from whorl.tasks.tables import read_table

GROUP = "group"


def read_groups(path: Path | str) -> dict[str, str]:
    r"""Return each image's group, usually its patient: image id → group.

    Parameters
    ----------
    path : path
        A CSV file in UTF-8 whose header names, among others, image_id and group.

    Raises
    ------
    WhorlError
        As :func:`whorl.tasks.tables.read_table` does.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "groups.csv"
    >>> _ = file.write_text("image_id,group\nslice_1,patient_a\nslice_2,patient_a\n")
    >>> read_groups(file)
    {'slice_1': 'patient_a', 'slice_2': 'patient_a'}
    """
    rows = read_table(path, [GROUP], WhorlError)
    return {image_id: fields[GROUP] for image_id, fields in rows.items()}
