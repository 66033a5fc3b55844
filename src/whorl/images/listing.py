"""Which images a source holds, and what they are called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from whorl.errors import ImageError
from whorl.images.containers import unpacked
from whorl.images.kinds import (
    ENDINGS,
    READABLE,
    ImageFile,
    Kind,
    image_file,
    kind_of,
    printable,
)
from whorl.images.lists import read_list
from whorl.images.series import in_series
from whorl.images.slices import Slices
from whorl.images.trees import walked
from whorl.images.unread import Unread

__all__ = [
    "ENDINGS", "READABLE", "ImageFile", "Kind", "Listing", "Source", "files_of", "listed",
    "opened", "printable", "require_distinct", "require_distinct_ids",
]  # fmt: skip

Source = Path | str | Sequence[Path | str | ImageFile]
"""A folder, a zip, a CSV list, one DICOM or NIfTI file, or files in a row."""


@dataclass(frozen=True)
class Listing:
    """What a folder, a container, a volume or a list of paths holds.

    Attributes
    ----------
    name : str
        The folder's or the file's name.
    files : tuple of ImageFile
        In natural order, a DICOM series by position; or as listed.
    notes : tuple of str
        What is to be told of the choice.
    unread : mapping of str to int
        What is there besides and is not read: kind → how many.
    lasting : bool
        Whether the files are still there after reading.
    """

    name: str
    files: tuple[ImageFile, ...]
    notes: tuple[str, ...] = ()
    unread: Mapping[str, int] = field(default_factory=dict)
    lasting: bool = True


def listed(source: Source, *, flat: bool = False, slices: Slices | None = None) -> Listing:
    """Find the image files of a folder, of a list of paths, or of one DICOM or NIfTI file.

    In a folder, and in all folders below it, the ending tells an image, or the content of a DICOM
    file with any ending or none. A system's own files are passed over, others are counted.

    Parameters
    ----------
    source : path, or sequence of paths and image files
        A folder, a CSV list, one volume, or files.
    flat : bool
        Whether to look at the top folder alone.
    slices : Slices or None
        Which slices of each DICOM series of a folder to take.

    Raises
    ------
    ImageError
        If the source is missing, is a file of another kind or holds no image, or if two files
        have the same id.
    """
    if not isinstance(source, str | Path):
        files = tuple(
            file if isinstance(file, ImageFile) else image_file(Path(file)) for file in source
        )
        if not files:
            raise ImageError("the list of images is empty")
        listing = Listing("images", files)
    elif (path := Path(source)).is_dir():
        unread = Unread()
        listing = _chosen(path, walked(path, unread, flat=flat), unread, slices)
    elif path.suffix.lower() == ".csv" and path.exists():
        listing = Listing(path.stem, tuple(read_list(path)))
    else:
        listing = _volume(path)
    require_distinct_ids((file.id, file.path) for file in listing.files)
    return listing


def files_of(source: object) -> Source | None:
    """Return a source that names files; None of one that holds images itself.

    Examples
    --------
    >>> files_of("scans"), files_of(["a.png"]), files_of([[0, 255]])
    ('scans', ['a.png'], None)
    """
    if isinstance(source, str | Path):
        return source
    if isinstance(source, Sequence) and not hasattr(source, "features"):
        named = all(isinstance(item, str | Path | ImageFile) for item in source[:1])
        return source if named else None
    return None


@contextmanager
def opened(
    source: Source, *, flat: bool = False, slices: Slices | None = None
) -> Iterator[Listing]:
    """Yield what :func:`listed` finds, or the content of a zip, whose files last for the block."""
    if isinstance(source, str | Path) and Path(source).suffix.lower() == ".zip":
        path, unread = Path(source), Unread()
        if not path.exists():
            raise ImageError(f"{path}: no such file")
        if path.is_file():
            with unpacked(path, unread, flat=flat) as files:
                listing = _chosen(path, files, unread, slices, lasting=False)
                require_distinct_ids((file.id, file.path) for file in listing.files)
                yield listing
            return
    yield listed(source, flat=flat, slices=slices)


def require_distinct_ids(named: Iterable[tuple[str, Path]]) -> None:
    """Raise an error if two images have the same id.

    Raises
    ------
    ImageError
        Naming the first id that is taken twice, and its files.
    """
    named = list(named)
    if len({image_id for image_id, _ in named}) == len(named):
        return
    paths = defaultdict(list)
    for image_id, path in named:
        paths[image_id].append(path)
    for image_id, same in paths.items():
        if len(same) > 1:
            files = " and ".join(map(str, same))
            raise ImageError(f"{files} have the same id {image_id!r}: rename or remove one")


def require_distinct(*named: tuple[str, object], flat: bool = False) -> None:
    """Raise an error if one folder is given twice, be it through links, or lies within another.

    Parameters
    ----------
    *named : (str, source)
        What each folder was given as ("GENERATED", "--reference"), and the folder. What is no path
        is left out.
    flat : bool
        Whether folders are read without their sub-folders, so that one may lie within another.

    Raises
    ------
    ImageError
        Naming what both were given as.

    Examples
    --------
    >>> require_distinct(("GENERATED", "a"), ("CANDIDATES", "b/../a"), ("--reference", None))
    Traceback (most recent call last):
    whorl.errors.ImageError: GENERATED and CANDIDATES are the same folder, a: ...
    >>> require_distinct(("GENERATED", "a/made"), ("CANDIDATES", "a"))
    Traceback (most recent call last):
    whorl.errors.ImageError: GENERATED lies within CANDIDATES, a: ...
    """
    seen: list[tuple[str, str | Path, Path]] = []
    for given_as, source in named:
        if not isinstance(source, str | Path):
            continue
        place = Path(source).resolve()
        for other, first, there in seen:
            if place == there and other != given_as:
                raise ImageError(
                    f"{other} and {given_as} are the same folder, {first}: an image compared with "
                    "itself shows nothing, so give two folders"
                )
            if place != there and not flat:
                _require_apart((other, first, there), (given_as, source, place))
        seen.append((given_as, source, place))


def _require_apart(one: tuple[str, str | Path, Path], other: tuple[str, str | Path, Path]) -> None:
    """Raise an error if one of two folders lies within the other."""
    for (inner, _, place), (outer, named, there) in ((one, other), (other, one)):
        if place.is_relative_to(there):
            raise ImageError(
                f"{inner} lies within {outer}, {named}: folders are read with their sub-folders, "
                "so give folders side by side, or --flat to read each without them"
            )


def _chosen(
    path: Path,
    files: Sequence[ImageFile],
    unread: Unread,
    slices: Slices | None,
    *,
    lasting: bool = True,
) -> Listing:
    """Order the files of a folder or a zip, and take the slices that are asked for."""
    there = len(files)
    files, left_out = in_series(files, unread, slices)
    if not files:
        found = f"; found {unread}" if unread.counts else ""
        if left_out:
            found += f"; --slices {slices.text if slices else ''} takes none of {left_out:,} slices"
        raise ImageError(f"{path}: holds no image that whorl reads ({READABLE}){found}")
    notes = [f"{left_out:,} of {there:,} files left out by --slices"] if left_out else []
    name = path.name or path.resolve().name
    return Listing(name, tuple(files), tuple(notes), unread.counts, lasting)


def _volume(path: Path) -> Listing:
    """List one DICOM or NIfTI file, which may hold many images."""
    if not path.exists():
        raise ImageError(f"{path}: no such folder")
    if path.is_file() and kind_of(path) in (Kind.DICOM, Kind.NIFTI):
        file = image_file(path)
        return Listing(file.id, (file,))
    raise ImageError(
        f"{path}: is not a folder: give a folder of images, a zip of one, a CSV list of paths, an "
        ".npz, .npy or HDF5 stack (file.h5::dataset), or one DICOM or NIfTI file"
    )
