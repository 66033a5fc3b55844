"""Which files of a folder are images, of what kind, and what they are called."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from whorl.errors import ImageError
from whorl.images.notes import shortened

READABLE = "PNG, JPEG, TIFF, BMP, DICOM, NIfTI"

Source = Path | str | Sequence[Path | str]


class Kind(StrEnum):
    """Families of file formats, each read by one module."""

    RASTER = "PNG, JPEG, TIFF, BMP"
    DICOM = "DICOM"
    NIFTI = "NIfTI"


ENDINGS = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"), Kind.RASTER),
    **dict.fromkeys((".dcm", ".dicom"), Kind.DICOM),
    **dict.fromkeys((".nii", ".nii.gz"), Kind.NIFTI),
}


@dataclass(frozen=True)
class ImageFile:
    """A file to be read.

    Attributes
    ----------
    path : pathlib.Path
        Where it is.
    kind : Kind
        What reads it.
    id : str
        Its name without the extension. An ending that whorl does not know is part of the name:
        DICOM files are often called by numbers and points.
    """

    path: Path
    kind: Kind
    id: str


@dataclass(frozen=True)
class Listing:
    """What a folder, a volume or a list of paths holds.

    Attributes
    ----------
    name : str
        The folder's or the volume's name.
    files : tuple of ImageFile
        In the order of their names, or as listed.
    notes : tuple of str
        What is there besides.
    """

    name: str
    files: tuple[ImageFile, ...]
    notes: tuple[str, ...] = ()


def listed(source: Source) -> Listing:
    """Find the image files of a folder, of a list of paths, or of one DICOM or NIfTI file.

    In a folder the ending tells an image, or the content of a DICOM file with any ending or none;
    hidden files are passed over, and other files and sub-folders are noted.

    Raises
    ------
    ImageError
        If the source is missing, is a file of another kind or holds no image, or if two files
        have the same id.
    """
    if isinstance(source, str | Path):
        path = Path(source)
        listing = _folder(path) if path.is_dir() else _volume(path)
    else:
        listing = Listing("images", tuple(_image_file(Path(path)) for path in source))
        if not listing.files:
            raise ImageError("the list of images is empty")
    require_distinct_ids((file.id, file.path) for file in listing.files)
    return listing


def nested(folder: Path | str) -> list[Path]:
    """Return the image files of a folder and of all its sub-folders, hidden ones passed over.

    Raises
    ------
    ImageError
        If there are none.

    Examples
    --------
    >>> import tempfile
    >>> top = Path(tempfile.mkdtemp())
    >>> (top / "patient_1").mkdir()
    >>> _ = (top / "patient_1" / "slice_1.png").write_bytes(b"")
    >>> [path.relative_to(top).as_posix() for path in nested(top)]
    ['patient_1/slice_1.png']
    """
    top = Path(folder)
    paths = [
        path
        for path in sorted(top.rglob("*"))
        if not any(part.startswith(".") for part in path.relative_to(top).parts)
        and path.is_file()
        and _kind(path) is not None
    ]
    if not paths:
        raise ImageError(f"{folder}: no image that whorl reads ({READABLE}), nor in sub-folders")
    return paths


def require_distinct_ids(named: Iterable[tuple[str, Path]]) -> None:
    """Raise an error if two images have the same id.

    Raises
    ------
    ImageError
        Naming the first id that is taken twice, and its files.
    """
    paths = defaultdict(list)
    for image_id, path in named:
        paths[image_id].append(path)
    for image_id, same in paths.items():
        if len(same) > 1:
            files = " and ".join(map(str, same))
            raise ImageError(f"{files} have the same id {image_id!r}: rename or remove one")


def require_distinct(*named: tuple[str, Source | None]) -> None:
    """Raise an error if one folder is given twice, be it through links.

    Parameters
    ----------
    *named : (str, source)
        What each folder was given as ("GENERATED", "--reference"), and the folder. Lists of paths
        and None are left out.

    Raises
    ------
    ImageError
        Naming what both were given as.

    Examples
    --------
    >>> require_distinct(("GENERATED", "a"), ("CANDIDATES", "b/../a"), ("--reference", None))
    Traceback (most recent call last):
    whorl.errors.ImageError: GENERATED and CANDIDATES are the same folder, a: ...
    """
    seen: dict[Path, str] = {}
    for given_as, source in named:
        if not isinstance(source, str | Path):
            continue
        other = seen.setdefault(Path(source).resolve(), given_as)
        if other != given_as:
            first = next(path for name, path in named if name == other)
            raise ImageError(
                f"{other} and {given_as} are the same folder, {first}: an image compared with "
                "itself shows nothing, so give two folders"
            )


def printable(name: Path | str) -> str:
    r"""Return a file's name, or an escaped form if it holds control characters or is no UTF-8.

    Examples
    --------
    >>> printable("scan.png"), printable("two\nlines")
    ('scan.png', "'two\\nlines'")
    """
    text = str(name)
    plain = not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text)
    return text if plain else ascii(text)


def _folder(folder: Path) -> Listing:
    """List a folder."""
    try:
        paths = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        raise ImageError(f"{folder}: cannot be listed: {error.strerror}") from error
    images, others, folders = [], [], []
    for path in paths:
        if path.name.startswith("."):
            continue
        if path.is_dir():
            folders.append(path)
        elif _kind(path) is None:
            others.append(path)
        else:
            images.append(_image_file(path))
    notes = [*_not_read("other file", others), *_not_read("sub-folder", folders)]
    if not images:
        raise ImageError(
            f"{folder}: holds no image that whorl reads ({READABLE})"
            + "".join(f"; {note}" for note in notes)
        )
    name = folder.name or folder.resolve().name
    return Listing(name, tuple(images), tuple(notes))


def _volume(path: Path) -> Listing:
    """List one DICOM or NIfTI file, which may hold many images."""
    if not path.exists():
        raise ImageError(f"{path}: no such folder")
    if path.is_file() and _kind(path) in (Kind.DICOM, Kind.NIFTI):
        file = _image_file(path)
        return Listing(file.id, (file,))
    raise ImageError(
        f"{path}: is not a folder: give a folder of images, or one DICOM or NIfTI file"
    )


def _image_file(path: Path) -> ImageFile:
    """Name a file; one that shows no other sign is left to Pillow to judge."""
    return ImageFile(path, _kind(path) or Kind.RASTER, path.name.removesuffix(_ending(path)))


def _kind(path: Path) -> Kind | None:
    """Tell what reads a file; None if nothing does."""
    ending = _ending(path)
    if ending:
        return ENDINGS[ending.lower()]
    return Kind.DICOM if path.name != "DICOMDIR" and _starts_as_dicom(path) else None


def _ending(path: Path) -> str:
    """Return the file's ending as written, or nothing if whorl does not know it."""
    name = path.name.lower()
    length = next((len(ending) for ending in ENDINGS if name.endswith(ending)), 0)
    return path.name[len(name) - length :]


def _starts_as_dicom(path: Path) -> bool:
    """Tell whether a file carries DICOM's mark; not where it cannot be read."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(132)[128:] == b"DICM"
    except OSError:
        return False


def _not_read(what: str, paths: Sequence[Path]) -> list[str]:
    """Say in a line what is not read; nothing if there is none."""
    if not paths:
        return []
    names = shortened([printable(path.name) for path in paths])
    return [f"{len(paths)} {what}{'s' if len(paths) > 1 else ''} not read: {names}"]
