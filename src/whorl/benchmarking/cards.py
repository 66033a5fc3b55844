"""What a benchmark knows of a task: which it is, whom it judges, and the right answers."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from whorl.building.record import RECORD
from whorl.errors import LayoutError, WhorlError
from whorl.files import file_hash
from whorl.generators.card import CARD
from whorl.images import ImageSet, digest_of, load
from whorl.images.listing import listed
from whorl.tasks.layout import task_folders
from whorl.tasks.patients import FOLDER, table_of, with_patients
from whorl.tasks.runfile import read_run

TRUTH = "truth.csv"
REFERENCE = "reference"
PATIENTS = "patients.csv"


class Making(BaseModel):
    """How a task's generator came to be, as its card says it.

    Attributes
    ----------
    trained_on : int
        Number of training images.
    steps : int
        Of its training.
    seconds : float
        That it took.
    copied : float
        Share of what it made that lies far nearer to one training image than to the next.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    trained_on: int
    steps: int
    seconds: float
    copied: float


class TaskCard(BaseModel):
    """A task as results refer to it. No path and no patient's id is in it.

    Attributes
    ----------
    format : int
        Of this card: 1.
    digest : str
        SHA-256 over the names and contents of all image files; the truth is no part of it.
    name : str
        Of its folder.
    height, width : int
        Of its images, in pixels.
    candidates, reference : tuple of str
        Their ids; the reference is empty where the task has none.
    generated : int
        Number of generated images to look at.
    development : tuple of int or None
        Numbers of generated, used and unused images for development.
    truth : tuple of bool or None
        Whether each candidate was used; None where that is not known.
    patients, reference_patients : tuple of int or None
        Whose each image is, numbered over both sets; None where that is not known.
    generator : str
        Kind of the generator, as the task's record says it; else "unknown".
    memorised : float or None
        Share of what it made that is memorised, as its card says.
    making : Making or None
        How the generator was made, where its card says it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    digest: str = Field(pattern="^[0-9a-f]{64}$")
    name: str
    height: int
    width: int
    candidates: tuple[str, ...]
    reference: tuple[str, ...]
    generated: int
    development: tuple[int, int, int] | None
    truth: tuple[bool, ...] | None
    patients: tuple[int, ...] | None
    reference_patients: tuple[int, ...] | None
    generator: str
    memorised: float | None
    making: Making | None = None


@dataclass(frozen=True)
class TaskFolder:
    """A task on disk, and its card.

    Attributes
    ----------
    root : pathlib.Path
        As it was given.
    card : TaskCard
        What is known of it.
    """

    root: Path
    card: TaskCard


def survey(root: Path | str, patients: str | None = None) -> TaskFolder:
    """Look a task over: hash its files, read its candidates, its truth and its record.

    Parameters
    ----------
    root : path
        A folder in the official layout that holds ``test``, and where there are such
        ``development``, ``reference`` (real images known not to be used) and ``truth.csv``.
    patients : str or None
        Whose each real image is, as :func:`whorl.tasks.patients.with_patients` takes it. By
        default what ``patients.csv`` (image_id, patient) in the folder says, else ``task.json``,
        else the images' headers.

    Raises
    ------
    LayoutError
        If it is no such folder.
    WhorlError
        If its images, its truth or its record cannot be used.

    Examples
    --------
    >>> from whorl.tasks.sample import sample_folder
    >>> card = survey(sample_folder()).card
    >>> card.name, len(card.candidates), card.generated, card.development, sum(card.truth)
    ('sample', 60, 300, (60, 20, 100), 30)
    """
    root = Path(root)
    parts = task_folders(root)
    if "test" not in parts:
        raise LayoutError(f"{root}: holds no test set: there is nothing to judge")
    places = [(f"{name}/{part}", folder) for name, of in parts.items()
              for part, folder in of.items()]  # fmt: skip
    if (root / REFERENCE).is_dir():
        places.append((REFERENCE, root / REFERENCE))
    hashed = {name: _hashes(folder) for name, folder in places}
    record = _record(root)
    seen = _judged(root, parts["test"]["candidates"], patients, record)
    development = None
    if "development" in parts:
        generated, used, not_used = (len(hashed[f"development/{p}"]) for p in
                                     ("generated", "used", "not_used"))  # fmt: skip
        development = (generated, used, not_used)
    candidates, reference = seen
    codes = _codes(candidates, reference)
    answers = _truth(root, candidates.ids)
    generator, memorised, making = _generator(root, record)
    height, width = candidates.size
    card = TaskCard(
        digest=digest_of(f"{name}/{line}" for name, lines in hashed.items() for line in lines),
        name=Path(os.path.abspath(root)).name,  # noqa: PTH100 - a link keeps its own name
        height=height,
        width=width,
        candidates=candidates.ids,
        reference=() if reference is None else reference.ids,
        generated=len(hashed["test/generated"]),
        development=development,
        truth=answers,
        patients=codes[0],
        reference_patients=codes[1],
        generator=generator,
        memorised=memorised,
        making=making,
    )
    return TaskFolder(root, card)


def _hashes(folder: Path) -> list[str]:
    """Return the name and the hash of each image file."""
    return [f"{file.id} {file_hash(file.path)}" for file in listed(folder).files]


def _record(root: Path) -> dict[str, Any]:
    """Return what ``task.json`` holds, empty if there is none."""
    return _json(root / RECORD)


def _json(path: Path) -> dict[str, Any]:
    """Return the object that a JSON file holds, empty if there is none."""
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_bytes())
    except ValueError as error:
        raise WhorlError(f"{path}: is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise WhorlError(f"{path}: expected a JSON object")
    return found


def _judged(
    root: Path, folder: Path, patients: str | None, record: dict[str, Any]
) -> tuple[ImageSet, ImageSet | None]:
    """Read candidates and reference, with their patients where they are known."""
    if patients is None and (root / PATIENTS).is_file():
        patients = str(root / PATIENTS)
    there = (root / REFERENCE).is_dir()
    candidates = load(folder, name="candidates")
    reference = load(root / REFERENCE, name=REFERENCE) if there else None
    if patients is not None:
        given = _given(patients)
        candidates = with_patients(candidates, given)
        reference = None if reference is None else with_patients(reference, given)
    elif known := _recorded(record):
        candidates = with_patients(candidates, known)
    return candidates, reference


def _given(patients: str) -> str | Path:
    """Return a table's path, or the text that was given."""
    table = table_of(patients)
    return patients if table is None or patients == FOLDER else table


def _recorded(record: dict[str, Any]) -> dict[str, str]:
    """Return the candidates' patients as ``task.json`` has them: id → patient."""
    files = record.get("files")
    known = {}
    for path, file in files.items() if isinstance(files, dict) else ():
        patient = file.get("patient", file.get("group")) if isinstance(file, dict) else None
        if patient is not None and "real_unknown" in path:
            known[Path(path).stem] = str(patient)
    return known


def _codes(
    candidates: ImageSet, reference: ImageSet | None
) -> tuple[tuple[int, ...] | None, tuple[int, ...] | None]:
    """Return the patients numbered over both sets, in the order in which they appear."""
    both = (candidates.patients, None if reference is None else reference.patients)
    numbers: dict[str, int] = {}
    coded = [
        None if of is None else tuple(numbers.setdefault(patient, len(numbers)) for patient in of)
        for of in both
    ]
    return coded[0], coded[1]


def _truth(root: Path, ids: Iterable[str]) -> tuple[bool, ...] | None:
    """Return the right answer for each candidate; None if there is no truth file."""
    path = root / TRUTH
    if not path.is_file():
        return None
    order = tuple(ids)
    used = read_run(path, order)
    return tuple(used[i] for i in order)


def _generator(root: Path, record: dict[str, Any]) -> tuple[str, float | None, Making | None]:
    """Return the generator's kind, the share it memorised and its making, as far as told."""
    told = record.get("generator")
    if not isinstance(told, dict):
        card = _json(root / CARD)
        test = card.get("test")
        told = card | (test if isinstance(test, dict) else {})
    share = told.get("memorised_share")
    kind = told.get("kind")
    return (kind if isinstance(kind, str) else "unknown",
            float(share) if isinstance(share, int | float) else None, _making(told))  # fmt: skip


def _making(told: dict[str, Any]) -> Making | None:
    """Return how a generator was made; None unless all of it is told."""
    names = ("training_images", "steps", "seconds", "copied_share")
    images, steps, seconds, copied = (told.get(name) for name in names)
    if not isinstance(images, int) or not isinstance(steps, int):
        return None
    if not isinstance(seconds, int | float) or not isinstance(copied, int | float):
        return None
    return Making(trained_on=images, steps=steps, seconds=seconds, copied=copied)
