"""Folders with all that is below them."""

from __future__ import annotations

import os
from pathlib import Path

from whorl.errors import ImageError
from whorl.images.kinds import ImageFile, kind_of, natural, printable, without_ending
from whorl.images.unread import CLOSED_FOLDER, LINKED_FOLDER, SUB_FOLDER, Unread, described

PASSED_OVER = frozenset({"thumbs.db", "desktop.ini", "dicomdir", "__macosx", "@eadir"})


def is_passed_over(name: str) -> bool:
    """Tell whether a file or folder is a system's own: hidden, thumbnails, a DICOM directory.

    Examples
    --------
    >>> [is_passed_over(name) for name in (".DS_Store", "Thumbs.db", "DICOMDIR", "a.png")]
    [True, True, True, False]
    """
    return name.startswith(".") or name.lower() in PASSED_OVER


def walked(top: Path, unread: Unread, *, flat: bool = False) -> list[ImageFile]:
    """Find the image files of a folder and of all folders below it, in natural order.

    Parameters
    ----------
    top : path
        The folder.
    unread : Unread
        Is told of what is there besides: files of other kinds, links to folders (which are not
        followed, so that no loop is), folders that may not be opened.
    flat : bool
        Whether to look at the top folder alone; its sub-folders then count as not read.

    Returns
    -------
    list of ImageFile
        Called by their paths below `top`.

    Raises
    ------
    ImageError
        If `top` itself cannot be listed.

    Examples
    --------
    >>> import tempfile
    >>> top = Path(tempfile.mkdtemp())
    >>> for patient in ("p1", "p2"):
    ...     (top / patient).mkdir()
    ...     _ = (top / patient / "slice_1.png").write_bytes(b"")
    >>> [file.id for file in walked(top, Unread())]
    ['p1/slice_1', 'p2/slice_1']
    """
    files: list[ImageFile] = []
    waiting = [(top, "")]
    while waiting:
        folder, within = waiting.pop()
        try:
            entries = _entries(folder)
        except OSError as error:
            if folder == top:
                raise ImageError(f"{folder}: cannot be listed: {error.strerror}") from error
            unread.add(CLOSED_FOLDER, printable(within.rstrip("/")))
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if flat:
                    unread.add(SUB_FOLDER, printable(within + entry.name))
                else:
                    waiting.append((folder / entry.name, f"{within}{entry.name}/"))
            elif (file := _file(folder, within, entry, unread)) is not None:
                files.append(file)
    return sorted(files, key=lambda file: natural(within_top(file)))


def within_top(file: ImageFile) -> str:
    """Return a file's path below the top folder, with its ending.

    Examples
    --------
    >>> from whorl.images.kinds import image_file
    >>> within_top(image_file(Path("export/p1/a.png"), "p1/"))
    'p1/a.png'
    """
    folder, slash, _ = file.id.rpartition("/")
    return f"{folder}{slash}{file.path.name}"


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return what a folder holds, without a system's own files, in one order everywhere."""
    with os.scandir(folder) as entries:
        seen = [entry for entry in entries if not is_passed_over(entry.name)]
    return sorted(seen, key=lambda entry: entry.name)


def _file(folder: Path, within: str, entry: os.DirEntry[str], unread: Unread) -> ImageFile | None:
    """Return an image file; or None, and count what it is instead."""
    path = folder / entry.name
    if entry.is_dir():
        unread.add(LINKED_FOLDER, printable(within + entry.name))
    elif (kind := kind_of(path)) is None:
        unread.add(described(entry.name), printable(within + entry.name))
    else:
        return ImageFile(path, kind, within + without_ending(entry.name))
    return None
