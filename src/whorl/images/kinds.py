"""What tells that a file is an image, which module reads it, and what it is called."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path, PurePath

READABLE = "PNG, JPEG, TIFF, BMP, WebP, DICOM, NIfTI"

MARK_AT, MARK = 128, b"DICM"


class Kind(StrEnum):
    """Families of file formats, each read by one module."""

    RASTER = "PNG, JPEG, TIFF, BMP, WebP"
    DICOM = "DICOM"
    NIFTI = "NIfTI"


ENDINGS = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"), Kind.RASTER),
    **dict.fromkeys((".dcm", ".dicom"), Kind.DICOM),
    **dict.fromkeys((".nii", ".nii.gz"), Kind.NIFTI),
}
LENGTHS = sorted({len(ending) for ending in ENDINGS}, reverse=True)


@dataclass(frozen=True, slots=True)
class ImageFile:
    """A file to be read.

    Attributes
    ----------
    path : pathlib.Path
        Where it is.
    kind : Kind
        What reads it.
    id : str
        Its path below the folder that was given, parted by "/", without the extension. An ending
        that whorl does not know is part of the name: DICOM files are often called by numbers and
        points.
    patient : str
        Whose it is, where a list says so; empty where it does not.
    """

    path: Path
    kind: Kind
    id: str
    patient: str = ""


def image_file(path: Path, within: str = "") -> ImageFile:
    """Name a file; one that shows no other sign is left to Pillow to judge.

    Parameters
    ----------
    path : path
        The file.
    within : str
        The way to it, below the folder that was given: "" or "patient_1/".

    Examples
    --------
    >>> image_file(Path("export/patient_1/slice_1.png"), "patient_1/").id
    'patient_1/slice_1'
    """
    return ImageFile(path, kind_of(path) or Kind.RASTER, within + without_ending(path.name))


def kind_of(path: Path) -> Kind | None:
    """Tell what reads a file, by its ending or by DICOM's mark; None if nothing does."""
    return kind_by_name(path.name) or (Kind.DICOM if _starts_as_dicom(path) else None)


def kind_by_name(name: str) -> Kind | None:
    """Tell what reads a file by its ending; None where that does not say.

    Examples
    --------
    >>> str(kind_by_name("scan.nii.gz")), kind_by_name("1.2.840.7")
    ('NIfTI', None)
    """
    ending = _ending(name)
    return ENDINGS[ending.lower()] if ending else None


def is_dicom(start: bytes) -> bool:
    """Tell whether a file that starts so carries DICOM's mark.

    Examples
    --------
    >>> is_dicom(bytes(128) + b"DICM"), is_dicom(b"DICM")
    (True, False)
    """
    return start[MARK_AT : MARK_AT + len(MARK)] == MARK


def without_ending(name: str) -> str:
    """Return a file's name without the ending, where whorl knows it.

    Examples
    --------
    >>> without_ending("scan.nii.gz"), without_ending("1.2.840.7")
    ('scan', '1.2.840.7')
    """
    return name.removesuffix(_ending(name))


def natural(path: str) -> tuple[object, ...]:
    """Return what sorts paths as people do: numbers by their value, folder by folder.

    Examples
    --------
    >>> sorted(["a/slice_10", "a/slice_2", "A/slice_3", "b/slice_1"], key=natural)
    ['a/slice_2', 'A/slice_3', 'a/slice_10', 'b/slice_1']
    """
    parts = (_pieces(part.casefold()) for part in path.split("/"))
    return (*parts, path)


def printable(name: PurePath | str) -> str:
    r"""Return a file's name, or an escaped form if it holds control characters or is no UTF-8.

    Examples
    --------
    >>> printable("scan.png"), printable("two\nlines")
    ('scan.png', "'two\\nlines'")
    """
    text = str(name)
    plain = not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text)
    return text if plain else ascii(text)


@lru_cache(4096)  # of many files in few folders
def _pieces(name: str) -> tuple[str | tuple[int, str], ...]:
    """Part a name into text and numbers, in turns; a number by its length, then its digits."""
    digits = re.split(r"([0-9]+)", name)
    digits[1::2] = [number.lstrip("0") for number in digits[1::2]]
    return tuple((len(piece), piece) if place % 2 else piece for place, piece in enumerate(digits))


def _ending(name: str) -> str:
    """Return the file's ending as written, or nothing if whorl does not know it."""
    lower = name.lower()
    length = next((length for length in LENGTHS if lower[-length:] in ENDINGS), 0)
    return name[len(lower) - length :]


def _starts_as_dicom(path: Path) -> bool:
    """Tell whether a file carries DICOM's mark; not where it cannot be read."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return is_dicom(file.read(MARK_AT + len(MARK)))
    except OSError:
        return False
