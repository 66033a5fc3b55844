"""Check a task: its files, what stands on both sides, and shortcuts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whorl.building.checking.files import Parts, check_formats, check_hashes, check_names
from whorl.building.checking.findings import Finding, Level, TaskCheck
from whorl.building.checking.leaks import LABELS, check_card, check_duplicates, check_patients
from whorl.building.checking.shortcuts import MARGIN, Shortcut, find_shortcuts
from whorl.building.checking.whose import Told, with_known_patients
from whorl.building.record import TaskRecord, read_record
from whorl.images import ImageSet, load
from whorl.images.listing import listed
from whorl.seeds import require_seed
from whorl.tasks.layout import task_folders
from whorl.tasks.patients import Patients
from whorl.tasks.runfile import read_run

TRUTH = "truth.csv"


@dataclass(frozen=True)
class Reals:
    """All real images of a task, with what is known of each.

    Attributes
    ----------
    images : ImageSet
        Ids are paths within the task. Patients, where known of all, are called as outputs may.
    in_test : ndarray of bool
        Candidates.
    used : ndarray of bool
        Where `known`.
    known : ndarray of bool
        Whether the truth is known.
    file_sizes, places : ndarray of float64
        Bytes of its file; its place among the candidates, NaN in development.
    """

    images: ImageSet
    in_test: NDArray[np.bool_]
    used: NDArray[np.bool_]
    known: NDArray[np.bool_]
    file_sizes: NDArray[np.float64]
    places: NDArray[np.float64]


def check_task(
    root: Path | str,
    *,
    patients: Patients | None = None,
    patient_column: str | None = None,
    seed: int = 0,
) -> TaskCheck:
    """Check a task in the official layout, with or without its truth and ``task.json``.

    Parameters
    ----------
    root : path
        A task's folder, or that of its test or development set alone.
    patients : path, str or mapping, optional
        Whose each real image is, as :func:`whorl.tasks.patients.with_patients` takes it: by its id
        in the pool where ``task.json`` names that, else by its name in the task. Without it, as
        ``task.json`` says, or DICOM headers, whose ids are shown by pseudonym.
    patient_column : str or None
        The column of patients where that is a table; None = as
        :func:`whorl.tasks.patients.patients_column` finds it.
    seed : int
        Seeds the folds of the blind classifier.

    Returns
    -------
    TaskCheck

    Raises
    ------
    LayoutError, RunFileError, RecordError, WhorlError
        If the folders, the truth, ``task.json`` or the patients cannot be read at all.

    Examples
    --------
    >>> from whorl.tasks.sample import sample_folder
    >>> check = check_task(sample_folder())
    >>> check.sound, check.counts["test candidates"]
    (True, 60)
    """
    require_seed(seed)
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
    told = None if patients is None else Told(patients, patient_column)
    reals = _reals(root, parts, record, folders, told)
    findings += _leaks(reals, record)
    shortcuts = find_shortcuts(
        reals.images.take(np.flatnonzero(reals.known)),
        reals.used[reals.known],
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
    folders: Mapping[str, Mapping[str, Path]],
    told: Told | None,
) -> Reals:
    """Read all real images, and gather what is known of each."""
    kinds = [key for key in parts if key[1] != "generated"]
    files = [(key, place, file) for key in kinds for place, file in enumerate(parts[key])]
    images = (
        load([file for _, _, file in files], name="real images")
        if (len({file.id for _, _, file in files}) == len(files))
        else _joined(parts, kinds)
    )
    candidates = parts.get(("test", "candidates"), ())
    truth_file = root / TRUTH
    truth = read_run(truth_file, [file.id for file in candidates]) if truth_file.exists() else {}
    in_test = np.array([name == "test" for (name, _), _, _ in files])
    records = {} if record is None else record.files
    own = [records.get(_within(root, file.path)) for _, _, file in files]
    images = with_known_patients(
        images,
        {key: parts[key] for key in kinds},
        own,
        {key: folders[key[0]][key[1]] for key in kinds},
        told,
    )
    return Reals(
        replace(images, ids=tuple(f"{part}/{file.id}" for (_, part), _, file in files)),
        in_test,
        np.array([part == "used" or truth.get(f.id, False) for (_, part), _, f in files]),
        np.array([name != "test" or bool(truth) for (name, _), _, _ in files]),
        np.array([file.path.stat().st_size for _, _, file in files], np.float64),
        np.array([place if n == "test" else np.nan for (n, _), place, _ in files], np.float64),
    )


def _joined(parts: Parts, kinds: list[tuple[str, str]]) -> ImageSet:
    """Read sets whose images share names one by one, and join them."""
    first, *others = (load(list(parts[key]), name=" ".join(key)) for key in kinds)
    for other in others:
        first = replace(first.joined(other), name="real images")
    return first


def _within(root: Path, path: Path) -> str:
    """Return a path as ``task.json`` has it."""
    return path.relative_to(root).as_posix()


def _leaks(reals: Reals, record: TaskRecord | None) -> Iterator[Finding]:
    """Look for images and patients on both sides, and at the truth against the card."""
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
            if one.patients is not None:
                yield from check_patients(one, other, between, record)
    if reals.images.patients is None:
        yield Finding(
            Level.WARNING, "patients", "not known: --patients says which images are of one patient"
        )


def _shortcut_findings(shortcuts: tuple[Shortcut, ...]) -> Iterator[Finding]:
    """Say of each shortcut whether it tells used from not used."""
    if not shortcuts:
        yield Finding(
            Level.WARNING, "shortcuts", "not tested: too few labelled images, or patients"
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
