"""Whose each real image of a task is: as was told, else as ``task.json`` or the headers say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from whorl.building.record import FileRecord
from whorl.images import ImageSet
from whorl.images.listing import ImageFile
from whorl.tasks.patients import FOLDER, Patients, with_patients
from whorl.tasks.pseudonyms import pseudonymous

Part = tuple[str, str]


@dataclass(frozen=True)
class Told:
    """What was told of the patients.

    Attributes
    ----------
    patients : path, str or mapping
        As :func:`whorl.tasks.patients.with_patients` takes it.
    column : str or None
        The column of patients where that is a table; None = the one that can be meant.
    """

    patients: Patients
    column: str | None = None


def with_known_patients(
    images: ImageSet,
    files: Mapping[Part, tuple[ImageFile, ...]],
    own: Sequence[FileRecord | None],
    folders: Mapping[Part, Path],
    told: Told | None,
) -> ImageSet:
    """Return a task's real images with their patients, called as outputs may show them.

    Parameters
    ----------
    images : ImageSet
        One for each file, part by part; patients it carries are those of the files' headers.
    files : mapping of (str, str) to tuple of ImageFile
        Part → its files.
    own : sequence of FileRecord or None
        What ``task.json`` knows of each file.
    folders : mapping of (str, str) to path
        Part → its folder.
    told : Told or None
        Goes before all else.

    Raises
    ------
    WhorlError
        If `told` does not give the patients of all images.
    """
    if told is None:
        recorded = [record.patient for record in own if record is not None and record.patient]
        return (
            images.with_patients(recorded) if len(recorded) == len(images) else pseudonymous(images)
        )
    patients: list[str] = []
    for part, listed in files.items():
        rows = slice(len(patients), len(patients) + len(listed))
        sources = [
            file.id if record is None or record.source is None else record.source
            for file, record in zip(listed, own[rows], strict=True)
        ]
        named = sources != [file.id for file in listed] and told.patients != FOLDER
        those = ImageSet(
            tuple(sources),
            images.pixels[rows],
            "candidates" if part[0] == "test" else " ".join(part),
            None if named or images.origins is None else images.origins[rows],
        )
        whose = with_patients(
            those, told.patients, column=told.column, folder=folders[part]
        ).patients
        patients += whose or ()
    return images.with_patients(patients)
