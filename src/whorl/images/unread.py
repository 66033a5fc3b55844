"""What was there and was not read: counted by kind, so that it can stand with the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whorl.images.imageset import ImageSet

SUB_FOLDER = "sub-folder"
LINKED_FOLDER = "linked folder"
CLOSED_FOLDER = "folder without permission"
OTHER = "file of another kind"
NO_ENDING = "file without an ending"
UNREADABLE = "unreadable file"

TEXTS = (
    ".txt", ".md", ".csv", ".tsv", ".json", ".xml", ".html", ".htm", ".log", ".yaml", ".yml",
    ".ini", ".rtf", ".tex", ".rst", ".py", ".sha256", ".md5",
)  # fmt: skip
KINDS = {
    **dict.fromkeys(TEXTS, "text file"),
    **dict.fromkeys((".zip", ".gz", ".tar", ".tgz", ".bz2", ".xz", ".7z", ".rar"), "archive"),
    **dict.fromkeys((".jp2", ".j2k", ".jpx", ".j2c", ".jph"), "JPEG 2000 file"),
    **dict.fromkeys((".jls",), "JPEG-LS file"),
    **dict.fromkeys((".mp4", ".avi", ".mov", ".mkv", ".webm", ".wmv", ".mpg"), "video"),
    **dict.fromkeys((".mha", ".mhd", ".raw", ".zraw"), "MetaImage file"),
    **dict.fromkeys((".nrrd", ".nhdr"), "NRRD file"),
    **dict.fromkeys((".mgz", ".mgh", ".hdr", ".img", ".mnc"), "volume of another format"),
    **dict.fromkeys((".svs", ".ndpi", ".mrxs", ".scn", ".vsi", ".czi"), "whole-slide image"),
    **dict.fromkeys((".npy", ".npz"), "NumPy file"),
    **dict.fromkeys((".h5", ".hdf5", ".hdf"), "HDF5 file"),
    **dict.fromkeys((".xls", ".xlsx", ".ods", ".ppt", ".pptx"), "office file"),
    **dict.fromkeys((".doc", ".docx", ".odt"), "office file"),
    ".gif": "GIF file", ".heic": "HEIC file", ".heif": "HEIC file", ".avif": "AVIF file",
    ".jxl": "JPEG XL file", ".svg": "SVG file", ".psd": "Photoshop file", ".pdf": "PDF file",
    ".pgm": "PGM file", ".ppm": "PPM file", ".mat": "MATLAB file", ".pt": "PyTorch file",
    ".pth": "PyTorch file", ".safetensors": "safetensors file", ".pkl": "pickle file",
    ".parquet": "Parquet file", ".tfrecord": "TFRecord file", ".lnk": "shortcut",
    ".exe": "program", ".dll": "program", "": NO_ENDING,
}  # fmt: skip


class Unread:
    """What is passed over while files are listed.

    Examples
    --------
    >>> unread = Unread()
    >>> for name in ("a.gif", "notes.txt", "b.gif"):
    ...     unread.add(described(name), name)
    >>> unread.counts, str(unread)
    ({'GIF file': 2, 'text file': 1}, '2 GIF files (first: a.gif), 1 text file (first: notes.txt)')
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._first: dict[str, str] = {}

    def add(self, kind: str, name: str) -> None:
        """Count one of a kind, called `name`."""
        self._counts[kind] += 1
        self._first.setdefault(kind, name)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind, the most frequent first."""
        return dict(sorted(self._counts.items(), key=lambda item: (-item[1], item[0])))

    def __str__(self) -> str:
        return ", ".join(
            f"{counted({kind: count})} (first: {self._first[kind]})"
            for kind, count in self.counts.items()
        )


def described(name: str) -> str:
    """Return the kind of a file that is not read, by its ending.

    Only endings that are well known are told: others may hold a name.

    Examples
    --------
    >>> described("scan.GIF"), described("LICENSE"), described("scan.meier")
    ('GIF file', 'file without an ending', 'file of another kind')
    """
    return KINDS.get(PurePath(name).suffix.lower(), OTHER)


def counted(unread: Mapping[str, int]) -> str:
    """Return the kinds with their numbers, in a row.

    Examples
    --------
    >>> counted({"GIF file": 10, "sub-folder": 1, "file without an ending": 3})
    '10 GIF files, 1 sub-folder, 3 files without an ending'
    """
    return ", ".join(f"{count:,} {_in_number(kind, count)}" for kind, count in unread.items())


def unread_sentences(*sets: ImageSet) -> tuple[str, ...]:
    """Say of each set what was there and was not read; nothing of sets read whole.

    Parameters
    ----------
    *sets : ImageSet
        What was read.

    Examples
    --------
    >>> import numpy as np
    >>> from whorl.images import ImageSet
    >>> unread = {"GIF file": 10}
    >>> pixels = np.zeros((1, 8, 8), np.uint8)
    >>> unread_sentences(ImageSet(("a",), pixels, "candidates", unread=unread))
    ('Not read of candidates, and nothing is said about them: 10 GIF files.',)
    """
    said = []
    for images in sets:
        kinds = dict(images.unread)
        if images.skipped:
            kinds[UNREADABLE] = len(images.skipped)
        if kinds:
            said.append(
                f"Not read of {images.name}, and nothing is said about them: {counted(kinds)}."
            )
    return tuple(said)


def _in_number(kind: str, count: int) -> str:
    """Return a kind in the plural where there are several."""
    if count == 1:
        return kind
    for link in (" without ", " of "):
        if link in kind:
            head, rest = kind.split(link, 1)
            return f"{head}s{link}{rest}"
    return f"{kind}s"
