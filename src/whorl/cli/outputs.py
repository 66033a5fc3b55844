"""Whether what a command is to write may be written: asked before it works, and of all at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from whorl.errors import WhorlError
from whorl.files import require_folder, require_writable

Outputs = Mapping[str, Path | None]
"""Option → what it names, None where it was not given."""
Inputs = Iterable[Path | str | None]


def check_outputs(
    *,
    files: Outputs | None = None,
    folders: Outputs | None = None,
    apart_from: Inputs = (),
    other_than: Inputs = (),
) -> None:
    """Refuse outputs that would replace what is no file, or that lie in what is read.

    Parameters
    ----------
    files, folders : mapping of str to path or None
        What is to be written, by its option.
    apart_from : iterable of path or None
        Files and folders that are read: no output may be one of them, or lie within.
    other_than : iterable of path or None
        Files and folders that are read and may hold outputs, but be none.

    Raises
    ------
    WhorlError
        Naming the option and the path at fault.

    Examples
    --------
    >>> import tempfile
    >>> images = Path(tempfile.mkdtemp())
    >>> check_outputs(files={"--out": images / "sheet.png"}, apart_from=[images])
    Traceback (most recent call last):
    whorl.errors.WhorlError: --out ...sheet.png: lies in ..., which is read: write elsewhere
    """
    for option, path in _given(folders):
        _named(option, path, require_folder)
    wanted: dict[str, str] = {}
    for option, path in _given(files):
        _named(option, path, require_writable)
        if (same := wanted.setdefault(os.path.realpath(path), option)) != option:
            raise WhorlError(f"{option} {path}: is what {same} names too: give each its own file")
    inside, alone = list(_there(apart_from)), list(_there(other_than))
    for option, path in (*_given(folders), *_given(files)):
        resolved = Path(os.path.realpath(path))
        for place in (resolved, *resolved.parents):
            for read in (*inside, *(alone if place == resolved else ())):
                if _same(place, read):
                    where = "is" if place == resolved else f"lies in {read}, which is"
                    raise WhorlError(f"{option} {path}: {where} read: write elsewhere")


def _given(outputs: Outputs | None) -> Iterator[tuple[str, Path]]:
    """Yield the options that name something."""
    for option, path in (outputs or {}).items():
        if path is not None:
            yield option, path


def _there(inputs: Inputs) -> Iterator[Path]:
    """Yield the inputs that are files or folders."""
    for path in inputs:
        if path is not None and os.path.exists(path):  # noqa: PTH110 (of names too long, too)
            yield Path(path)


def _named(option: str, path: Path, require: Callable[[Path], None]) -> None:
    """Check a path, and name the option before what is wrong with it."""
    try:
        require(path)
    except WhorlError as error:
        raise WhorlError(f"{option} {error}") from error


def _same(a: Path, b: Path) -> bool:
    """Tell whether two paths lead to the same, whatever their spelling."""
    try:
        return a.samefile(b)
    except (OSError, ValueError):
        return False
