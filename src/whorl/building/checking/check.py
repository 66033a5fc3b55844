"""Check a task: its files, what stands on both sides, and shortcuts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whorl.building.checking.files import Parts, check_formats, check_hashes, check_names
from whorl.building.checking.findings import Finding, Level, TaskCheck
from whorl.building.checking.leaks import LABELS, check_card, check_duplicates, check_groups
from whorl.building.checking.shortcuts import MARGIN, Shortcut, find_shortcuts
from whorl.building.manifest import Manifest
from whorl.building.record import TaskRecord, read_record
from whorl.images import ImageSet, load
from whorl.images.listing import listed
from whorl.tasks.layout import task_folders
from whorl.tasks.runfile import read_run

TRUTH = "truth.csv"


@dataclass(frozen=True)
class Reals:
    """All real images of a task, with what is known of each.

    Attributes
    ----------
    images : ImageSet
        Ids are paths within the task.
    in_test : ndarray of bool
        Candidates.
    used : ndarray of bool
        Where `known`.
    known : ndarray of bool
        Whether the truth is known.
    groups : list of str or None
        Each one's group, where known of all.
    file_sizes, places : ndarray of float64
        Bytes of its file; its place among the candidates, NaN in development.
    """

    images: ImageSet
    in_test: NDArray[np.bool_]
    used: NDArray[np.bool_]
    known: NDArray[np.bool_]
    groups: list[str] | None
    file_sizes: NDArray[np.float64]
    places: NDArray[np.float64]


def check_task(
    root: Path | str,
    *,
    manifest: Manifest | None = None,
    group_column: str = "group",
    seed: int = 0,
) -> TaskCheck:
    """Check a task in the official layout, with or without its truth and ``task.json``.

    Parameters
    ----------
    root : path
        A task's folder, or that of its test or development set alone.
    manifest : Manifest, optional
        Each real image's group: by its id in the pool where ``task.json`` names that, else by its
        name in the task. Without it, the groups in ``task.json``.
    group_column : str
        The manifest's column of groups.
    seed : int
        Seeds the folds of the blind classifier.

    Returns
    -------
    TaskCheck

    Raises
    ------
    LayoutError, RunFileError, RecordError, ManifestError
        If the folders, the truth, ``task.json`` or the manifest cannot be read at all.

    Examples
    --------
    >>> from whorl.tasks.sample import sample_folder
    >>> check = check_task(sample_folder())
    >>> check.sound, check.counts["test candidates"]
    (True, 60)
    """
    root = Path(root)
    folders = task_folders(root)
    record = read_record(root)
    parts: Parts = {
        (name, part): listed(folder).files
        for name, inner in folders.items()
        for part, folder in inner.items()
    }
    findings = [*check_names(parts), *check_formats(parts), *check_hashes(root, parts, record)]
    counts = {f"{name} {part}": len(files) for (name, part), files in parts.items()}
    if any(f.level is Level.FAULT and f.topic in ("size", "files") for f in findings):
        return TaskCheck(counts, tuple(findings))
    reals = _reals(root, parts, record, manifest, group_column)
    findings += _leaks(reals, record)
    shortcuts = find_shortcuts(
        reals.images.take(np.flatnonzero(reals.known)),
        reals.used[reals.known],
        None if reals.groups is None else np.array(reals.groups)[reals.known].tolist(),
        {
            "file size": reals.file_sizes[reals.known],
            "place in the list": reals.places[reals.known],
        },
        seed=seed,
    )
    findings += _shortcut_findings(shortcuts)
    return TaskCheck(counts, tuple(findings), shortcuts)


def _reals(
    root: Path,
    parts: Parts,
    record: TaskRecord | None,
    manifest: Manifest | None,
    group_column: str,
) -> Reals:
    """Read all real images, and gather what is known of each."""
    kinds = [key for key in parts if key[1] != "generated"]
    files = [(key, place, file) for key in kinds for place, file in enumerate(parts[key])]
    images = (
        load([file.path for _, _, file in files], name="real images")
        if (len({file.id for _, _, file in files}) == len(files))
        else _joined(parts, kinds)
    )
    candidates = parts.get(("test", "candidates"), ())
    truth_file = root / TRUTH
    truth = read_run(truth_file, [file.id for file in candidates]) if truth_file.exists() else {}
    in_test = np.array([name == "test" for (name, _), _, _ in files])
    records = {} if record is None else record.files
    own = [records.get(_within(root, file.path)) for _, _, file in files]
    if manifest is not None:
        sources = [
            (r.source if r is not None else None) or file.id
            for r, (_, _, file) in zip(own, files, strict=True)
        ]
        groups: list[str] | None = list(manifest.column(group_column, sources))
    else:
        told = [r.group for r in own if r is not None and r.group is not None]
        groups = told if len(told) == len(files) else None
    return Reals(
        replace(images, ids=tuple(f"{part}/{file.id}" for (_, part), _, file in files)),
        in_test,
        np.array([part == "used" or truth.get(f.id, False) for (_, part), _, f in files]),
        np.array([name != "test" or bool(truth) for (name, _), _, _ in files]),
        groups,
        np.array([file.path.stat().st_size for _, _, file in files], np.float64),
        np.array([place if n == "test" else np.nan for (n, _), place, _ in files], np.float64),
    )


def _joined(parts: Parts, kinds: list[tuple[str, str]]) -> ImageSet:
    """Read sets whose images share names one by one, and join them."""
    first, *others = (load([file.path for file in parts[key]], name=" ".join(key)) for key in kinds)
    for other in others:
        first = replace(first.joined(other), name="real images")
    return first


def _within(root: Path, path: Path) -> str:
    """Return a path as ``task.json`` has it."""
    return path.relative_to(root).as_posix()


def _leaks(reals: Reals, record: TaskRecord | None) -> Iterator[Finding]:
    """Look for images and groups on both sides, and at the truth against the card."""
    sides = (
        (reals.known & reals.used, reals.known & ~reals.used),
        (~reals.in_test, reals.in_test),
    )
    for between, (a, b) in zip(LABELS, sides, strict=True):
        if a.any() and b.any():
            one, other = (reals.images.take(np.flatnonzero(side)) for side in (a, b))
            yield from check_duplicates(one, other, between)
            if between == LABELS[0]:
                yield from check_card(one, other, record)
            if reals.groups is not None:
                names = np.array(reals.groups)
                yield from check_groups(names[a].tolist(), names[b].tolist(), between, record)
    if reals.groups is None:
        yield Finding(
            Level.WARNING, "groups", "not known: --groups says which images are of one patient"
        )


def _shortcut_findings(shortcuts: tuple[Shortcut, ...]) -> Iterator[Finding]:
    """Say of each shortcut whether it tells used from not used."""
    if not shortcuts:
        yield Finding(
            Level.WARNING, "shortcuts", "not tested: too few labelled images, or groups of them"
        )
    for shortcut in shortcuts:
        figures = f"AUC {shortcut.auc:.3f} ({shortcut.low:.3f} to {shortcut.high:.3f})"
        if shortcut.shown:
            level, said = Level.FAULT, f"tells used from not used: {figures}, beyond 0.5 ± {MARGIN}"
        elif shortcut.suspected:
            level, said = Level.WARNING, f"may tell used from not used a little: {figures}"
        else:
            level, said = Level.FINE, f"not seen to tell used from not used: {figures}"
        yield Finding(level, shortcut.name, said)
