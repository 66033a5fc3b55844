"""The official folder layout of a test set and of a development set, in both its spellings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from whorl.errors import LayoutError
from whorl.images import ImageSet, Window, load, require_distinct
from whorl.images.listing import Kind, listed
from whorl.images.loading import SMALLEST_SIDE
from whorl.images.slices import Slices
from whorl.tasks.textfile import first_few
from whorl.tasks.view import Development, View

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "generated": ("generated_1", "generated"),
    "candidates": ("real_unknown_1", "real_unknown"),
    "used": ("used", "real_used"),
    "not_used": ("not_used", "real_not_used"),
}
LABELS: Mapping[str, str] = {
    "generated": "generated images",
    "candidates": "candidates",
    "used": "used images",
    "not_used": "images not used",
}
TEST = ("generated", "candidates")
DEVELOPMENT = ("generated", "used", "not_used")
SETS = ("test", "development")


def read_view(
    test: Path | str,
    development: Path | str | None = None,
    *,
    reference: Path | str | None = None,
    resize: int | None = None,
    window: Window | None = None,
    skip_unreadable: bool = False,
    flat: bool = False,
    slices: Slices | None = None,
    colour: bool = False,
) -> View:
    """Read a task's images from folders in the official layout.

    Parameters
    ----------
    test : path
        Folder that holds the generated images (``generated_1`` or ``generated``) and the
        candidates (``real_unknown_1`` or ``real_unknown``), itself or in its folder ``test``.
    development : path or None
        Folder that holds ``generated`` (or ``generated_1``), ``used`` (or ``real_used``) and
        ``not_used`` (or ``real_not_used``), itself or in its folder ``development``.
    reference : path or None
        Folder of real images known not to be members.
    resize, window, skip_unreadable, flat, slices, colour
        As for :func:`whorl.images.load`.

    Raises
    ------
    LayoutError
        If a folder is missing or there in two spellings, naming what was looked for and found.
    ImageError
        If images cannot be read or differ in size, or the reference is one of the test's folders.
    """
    read = partial(
        load, resize=resize, window=window, skip_unreadable=skip_unreadable, flat=flat,
        slices=slices, colour=colour,
    )  # fmt: skip
    seen = _folders(test, "test", TEST)
    labelled = None if development is None else _folders(development, "development", DEVELOPMENT)
    require_distinct(*seen.items(), ("--reference", reference), flat=flat)
    return View(
        generated=read(seen["generated"], name="generated"),
        candidates=read(seen["candidates"], name="candidates"),
        reference=None if reference is None else read(reference, name="reference"),
        development=None if labelled is None else _development(labelled, read),
    )


def read_development(
    development: Path | str,
    *,
    resize: int | None = None,
    window: Window | None = None,
    skip_unreadable: bool = False,
    flat: bool = False,
    slices: Slices | None = None,
    colour: bool = False,
) -> Development:
    """Read a development set from folders in the official layout.

    Parameters and errors are those of :func:`read_view`.

    Examples
    --------
    >>> from whorl.tasks.sample import sample_folder
    >>> read_development(sample_folder()).used
    ImageSet('development used', 20 images, 128×128)
    """
    read = partial(
        load, resize=resize, window=window, skip_unreadable=skip_unreadable, flat=flat,
        slices=slices, colour=colour,
    )  # fmt: skip
    return _development(_folders(development, "development", DEVELOPMENT), read)


def _development(folders: Mapping[str, Path], read: Callable[..., ImageSet]) -> Development:
    """Read the parts of a development set."""
    return Development(*(read(folders[p], name=f"development {p}") for p in DEVELOPMENT))


def candidate_ids(test: Path | str) -> tuple[str, ...]:
    """Return the ids of a test set's candidates; pixels are read only of DICOM and NIfTI files.

    Parameters
    ----------
    test : path
        As for :func:`read_view`.

    Raises
    ------
    LayoutError
        If the candidates' folder is missing or there in two spellings.
    ImageError
        If it holds no image, two images have the same id, or a volume cannot be read.
    """
    folder = _folders(test, "test", ("candidates",))["candidates"]
    files = listed(folder).files
    if all(file.kind is Kind.RASTER for file in files):
        return tuple(file.id for file in files)
    return load(folder, name="candidates", resize=SMALLEST_SIDE).ids  # volumes hold many images


def task_folders(root: Path | str) -> dict[str, dict[str, Path]]:
    """Return the folders of a task: those of its development set, of its test set, or of both.

    Parameters
    ----------
    root : path
        Folder that holds one of the sets, or the folders ``development`` and ``test``.

    Returns
    -------
    dict of str to dict of str to path
        "development" and "test", where there, → part ("generated", "used", …) → its folder.

    Raises
    ------
    LayoutError
        If neither is there, or one lacks a folder or has it in two spellings.

    Examples
    --------
    >>> from whorl.tasks.sample import sample_folder
    >>> {name: list(parts) for name, parts in task_folders(sample_folder()).items()}
    {'development': ['generated', 'used', 'not_used'], 'test': ['generated', 'candidates']}
    """
    root = Path(root)
    there = {
        name: _folders(place, name, parts)
        for name, parts in (("development", DEVELOPMENT), ("test", TEST))
        for place in (root / name, root)
        if any(_spelled(place, parts[1:]).values())
    }
    if not there:
        held = _inventory(root) if root.is_dir() else "no folder"
        raise LayoutError(
            f"{root}: holds neither a development set (used, not_used) nor a test set "
            f"(real_unknown_1); it holds {held}"
        )
    return there


def contents_of(root: Path | str | None) -> list[Path]:
    """Return what there is of a task: its folders of images, its truth and its record.

    Parameters
    ----------
    root : path or None
        As for :func:`task_folders`; what is lacking is passed over. None has nothing.

    Examples
    --------
    >>> from whorl.tasks.sample import sample_folder
    >>> [path.name for path in contents_of(sample_folder())]
    ['truth.csv', 'generated_1', 'real_unknown_1', 'generated', 'used', 'not_used']
    """
    if root is None:
        return []
    names = [name for spellings in SPELLINGS.values() for name in spellings]
    named = [Path(root, name) for name in ("truth.csv", "task.json")]
    named += [Path(root, inner, name) for inner in ("", *SETS) for name in (*names, "reference")]
    return [path for path in named if path.exists()]


def _folders(root: Path | str, inner: str, parts: Sequence[str]) -> dict[str, Path]:
    """Return the folder of each part, looked for in `root` or else in its folder `inner`."""
    root = Path(root)
    if not root.is_dir():
        raise LayoutError(f"{root}: is not a folder: give one in the official layout")
    found = _spelled(root, parts)
    if not any(found.values()) and (root / inner).is_dir():
        root = root / inner
        found = _spelled(root, parts)
    faults = [
        f"looked for {LABELS[part]} in {' or '.join(SPELLINGS[part])}, "
        f"found {'both' if folders else 'neither'}"
        for part, folders in found.items()
        if len(folders) != 1
    ]
    if faults:
        raise LayoutError(f"{root}: {'; '.join(faults)}; it holds {_inventory(root)}")
    return {part: folder for part, (folder,) in found.items()}


def _spelled(root: Path, parts: Sequence[str]) -> dict[str, list[Path]]:
    """Return the folders that are there for each part."""
    return {
        part: [root / name for name in SPELLINGS[part] if (root / name).is_dir()] for part in parts
    }


def _inventory(root: Path) -> str:
    """Say which folders a folder holds."""
    names = sorted(path.name for path in root.iterdir() if path.is_dir())
    return f"the folders {first_few(names)}" if names else "no folder"
