"""The folders of a task of subsets: real and generated, each subset in a sub-folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from whorl.attribution.labels import labelled, renamed
from whorl.attribution.view import Labelled, SubsetView
from whorl.errors import LayoutError
from whorl.images import ImageSet, load
from whorl.tasks.textfile import first_few

REAL, GENERATED = "real", "generated"


def read_subset_view(
    test: Path | str, development: Path | str | None = None, **reading: Any
) -> SubsetView:
    """Read a task of subsets from its folders.

    Parameters
    ----------
    test : path
        Folder that holds ``generated``, and ``real`` with a sub-folder for each subset, itself or
        in its folder ``test``. Without ``real`` the development set's reals are taken.
    development : path or None
        Folder that holds ``real`` and ``generated``, each with a sub-folder for each subset,
        itself or in its folder ``development``.
    **reading
        As for :func:`whorl.images.load`: resize, window, colour and so on.

    Raises
    ------
    LayoutError
        If a folder is missing, naming what was looked for and found.
    ImageError, SubsetError
        If images cannot be read, differ in size, or lie in no sub-folder.
    """

    def read(folder: Path, name: str) -> ImageSet:
        return load(folder, name=name, **reading)

    top = place_of(test, "test", (GENERATED,))
    learn = None if development is None else place_of(development, "development", (GENERATED,))
    real = next((f / REAL for f in (top, learn) if f is not None and (f / REAL).is_dir()), None)
    if real is None:
        raise LayoutError(
            f"{top}: looked for a folder {REAL} with a sub-folder for each subset, here or in the "
            f"development set, found none; it holds {_inventory(top)}"
        )
    generated = read(top / GENERATED, "generated")
    reals = labelled(read(real, "reals"))
    known = None if learn is None else read_known(learn, reals, read)
    return SubsetView(generated, reals, known)


def read_known(place: Path, reals: Labelled, read: Callable[[Path, str], ImageSet]) -> Labelled:
    """Read generated images whose subsets their sub-folders tell; see :func:`renamed`.

    Raises
    ------
    LayoutError
        If there is no folder ``generated``.
    ImageError, SubsetError
        If images cannot be read, or lie in no sub-folder.
    """
    place = place_of(place, "development", (GENERATED,))
    known = labelled(read(place / GENERATED, "development generated"))
    return renamed(known, reals.names)


def place_of(root: Path | str, inner: str, parts: tuple[str, ...]) -> Path:
    """Return the folder that has all of the parts: `root`, or its folder `inner`.

    Raises
    ------
    LayoutError
        Naming what was looked for and what is there.
    """
    root = Path(root)
    if not root.is_dir():
        raise LayoutError(f"{root}: is not a folder")
    for place in (root, root / inner):
        if all((place / part).is_dir() for part in parts):
            return place
    raise LayoutError(
        f"{root}: looked for {' and '.join(parts)}, here or in {inner}; it holds {_inventory(root)}"
    )


def _inventory(root: Path) -> str:
    """Say which folders a folder holds."""
    names = sorted(path.name for path in root.iterdir() if path.is_dir())
    return f"the folders {first_few(names)}" if names else "no folder"
