"""Lists of images: a CSV file with a column of paths, and of patients where they are known."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from whorl.errors import ImageError
from whorl.files import own_folders
from whorl.images.kinds import ImageFile, Kind, kind_of, without_ending

PATH_COLUMNS = ("path", "file", "filename", "image", "image_path")
ID, PATIENT = "image_id", "patient"
MOST_SHOWN = 5


def read_list(path: Path) -> list[ImageFile]:
    r"""Return the image files that a CSV file lists, in its order.

    Parameters
    ----------
    path : path
        A CSV file in UTF-8 whose header names a column of paths: path, file, filename, image or
        image_path. Paths that are not absolute start from the file's own folder. A column
        image_id names the images; without it they are called by their paths below the folder that
        holds them all. A column patient says whose they are.

    Raises
    ------
    ImageError
        Naming the file and the lines at fault: text that is no CSV, no or several columns of
        paths, an empty field, a file that is not there.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("a.png", "b.png"):
    ...     _ = (folder / name).write_bytes(b"")
    >>> _ = (folder / "list.csv").write_text("path,patient\na.png,p1\nb.png,p2\n")
    >>> [(file.id, file.patient) for file in read_list(folder / "list.csv")]
    [('a', 'p1'), ('b', 'p2')]
    """
    rows, column = _rows(path)
    places = [Path(os.path.normpath(path.parent / row[column])) for _, row in rows]
    faults = [
        f"line {line}: no file {row[column]!r}"
        for (line, row), place in zip(rows, places, strict=True)
        if not place.exists()
    ]
    _require_none(path, faults)
    top = Path(os.path.commonpath([place.absolute().parent for place in places]))
    files = []
    for (_, row), place in zip(rows, places, strict=True):
        inner = _inner(place.absolute(), top)
        named = row.get(ID) or str(inner.with_name(without_ending(inner.name)))
        kind = kind_of(place) or Kind.RASTER
        files.append(ImageFile(place, kind, named, row.get(PATIENT, "")))
    return files


def _inner(place: Path, top: Path) -> PurePosixPath:
    """Return a place as seen from `top`, though never the way to the user's home or folder."""
    tops = [top, *(own for own in own_folders() if own.is_relative_to(top))]
    nearest = max((t for t in tops if place.is_relative_to(t)), key=lambda t: len(t.parts))
    return PurePosixPath(place.relative_to(nearest).as_posix())


def _rows(path: Path) -> tuple[list[tuple[int, dict[str, str]]], str]:
    """Return the lines of a list by their numbers, and the name of its column of paths."""
    header, lines = _table(path)
    columns = [name for name in PATH_COLUMNS if name in header]
    if len(columns) != 1:
        raise ImageError(
            f"{path}: line 1: expected one column of paths ({', '.join(PATH_COLUMNS)}), found "
            f"{' and '.join(columns) or ', '.join(header) or 'nothing'}"
        )
    rows, faults = [], []
    for line, fields in lines:
        if len(fields) != len(header):
            faults.append(f"line {line}: expected {len(header)} fields, found {len(fields)}")
            continue
        row = dict(zip(header, fields, strict=True))
        empty = [name for name in (*columns, ID, PATIENT) if name in row and not row[name]]
        faults += [f"line {line}: has no {name}" for name in empty]
        rows.append((line, row))
    _require_none(path, faults)
    if not rows:
        raise ImageError(f"{path}: line 2: expected an image, found nothing")
    return rows, columns[0]


def _table(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Read a CSV file: its header, and its lines with their numbers."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise ImageError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ImageError(f"{path}: is not UTF-8 text: save the list as CSV in UTF-8") from error
    try:
        header, *lines = list(_numbered(text)) or [(1, [])]
    except csv.Error as error:
        raise ImageError(f"{path}: is not valid CSV: {error}") from error
    if len(set(header[1])) != len(header[1]):
        raise ImageError(f"{path}: line 1: names a column twice")
    return header[1], lines


def _numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that hold anything, with their numbers."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    for fields in reader:
        if fields:
            yield reader.line_num, [field.strip() for field in fields]


def _require_none(path: Path, faults: Sequence[str]) -> None:
    """Raise an error that lists the first faults and counts the rest."""
    if faults:
        rest = f"; and {len(faults) - MOST_SHOWN:,} more" if len(faults) > MOST_SHOWN else ""
        raise ImageError(f"{path}: {'; '.join(faults[:MOST_SHOWN])}{rest}")
