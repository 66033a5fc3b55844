"""Whose each image is: from a table, from sub-folders, or out of file names."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from whorl.errors import WhorlError
from whorl.images import ImageSet
from whorl.tasks.names import advice, matched
from whorl.tasks.tables import IMAGE_ID, header_of, read_table
from whorl.tasks.textfile import first_few, shown

PATIENT = "patient"
FOLDER = "folder"
SETS = ("candidates", "reference", "generated", "training", "holdout")

Patients = Path | str | Mapping[str, str]
"""A table's path, the word "folder", a regular expression, or image id → patient."""


def with_patients(
    images: ImageSet,
    given: Patients,
    *,
    column: str | None = None,
    folder: Path | str | None = None,
) -> ImageSet:
    r"""Return the same images, each with its patient.

    Parameters
    ----------
    images : ImageSet
        Whatever patients it carries already are replaced.
    given : path, str or mapping
        One of: image id → patient, where an image that another set has too may be written with
        its set's name, "reference/ct_1"; a CSV file with a column image_id and one of patients; the
        word "folder", for the sub-folder an image lies in, the uppermost where they are nested; a
        regular expression with one group, which is looked for in the name of an image's file, and
        then in its id, which has its folders. A text that is the name of a file is that file. Ids
        in a table or mapping are read as :func:`whorl.tasks.names.matched` reads them.
    column : str or None
        The CSV file's column of patients; None = as :func:`patients_column` finds it.
    folder : path, optional
        The folder whose sub-folders are patients; by default the lowest one that holds all images
        of the set.

    Raises
    ------
    WhorlError
        If an image has no patient, naming the first of them; if `given` is none of the above; if
        the images did not come from files, but their places or names are asked for.

    Examples
    --------
    >>> import numpy as np
    >>> images = ImageSet(("p1_a", "p1_b", "p2_a"), np.zeros((3, 8, 8), np.uint8))
    >>> with_patients(images, r"(p\d)_").patients
    ('p1', 'p1', 'p2')
    >>> with_patients(images, {"p1_a": "Ann"})
    Traceback (most recent call last):
    whorl.errors.WhorlError: images: no patient is given for 2 of 3 images: 'p1_b', 'p2_a'; ...
    """
    if isinstance(given, Mapping):
        return _by_table(images, given, "is given")
    table = table_of(given)
    if table is not None:
        named = column or patients_column(table)
        said = [] if named in (PATIENT, column) else [f"patients: read from column {shown(named)}"]
        return _by_table(images, read_patients(table, named), f"stands in {given}", said)
    if given == FOLDER:
        return _by_folder(images, folder)
    return _by_pattern(images, _pattern(str(given)))


def table_of(given: Path | str) -> Path | None:
    r"""Return the table whose path was given; None if the word "folder" or an expression was.

    Examples
    --------
    >>> table_of("patients.csv").name, table_of("folder"), table_of(r"(person\d+)_")
    ('patients.csv', None, None)
    """
    if isinstance(given, Path):
        return given
    named = given != FOLDER and (given.lower().endswith(".csv") or Path(given).is_file())
    return Path(given) if named else None


def patients_column(path: Path | str) -> str:
    r"""Return which column of a table names the patients.

    ``patient`` where there is one; else the only column beside image_id; else the only one with
    "patient" in its name, in whatever case.

    Raises
    ------
    WhorlError
        If the table cannot be read, or several columns may be meant, or none.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "manifest.csv"
    >>> _ = file.write_text("image_id,PatientID,age\nslice_1,a,61\n")
    >>> patients_column(file)
    'PatientID'
    """
    names = header_of(path, WhorlError)
    others = [name for name in names if name != IMAGE_ID]
    likely = [name for name in others if PATIENT in name.casefold()]
    if PATIENT in others or IMAGE_ID not in names:
        return PATIENT
    for only in (others, likely):
        if len(only) == 1:
            return only[0]
    raise WhorlError(
        f"{path}: line 1: which column names the patients is not clear: found {first_few(names)}; "
        f"call it {PATIENT}, or name it by --patient-column where a command has that"
    )


def read_patients(path: Path | str, column: str = PATIENT) -> dict[str, str]:
    r"""Return each image's patient: image id → patient.

    Parameters
    ----------
    path : path
        A CSV file in UTF-8 whose header names, among others, image_id and `column`.
    column : str
        Its column of patients.

    Raises
    ------
    WhorlError
        As :func:`whorl.tasks.tables.read_table` does.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "patients.csv"
    >>> _ = file.write_text("image_id,patient\nslice_1,a\nslice_2,a\n")
    >>> read_patients(file)
    {'slice_1': 'a', 'slice_2': 'a'}
    """
    rows = read_table(path, [column], WhorlError)
    return {image_id: fields[column] for image_id, fields in rows.items()}


def _by_table(
    images: ImageSet, table: Mapping[str, str], where: str, said: Sequence[str] = ()
) -> ImageSet:
    """Look each image up, first under its set's name."""
    own = [f"{images.name}/{i}" for i in images.ids]
    found = {i: table[text] for text, i in zip(own, images.ids, strict=True) if text in table}
    others = tuple(f"{name}/" for name in SETS if name != images.name)
    known = set(images.ids)
    given = [text for text in table if text in known or not text.startswith(others)]
    written = matched(given, [i for i in images.ids if i not in found])
    found |= {i: table[text] for i, text in written.given.items()}
    if lacking := [i for i in images.ids if not found.get(i)]:
        raise WhorlError(
            f"{_lack(images, lacking, f'no patient {where} for')}; "
            f"{advice(lacking, given, images.ids)}"
        )
    notes = [*said, *([f"patients: {written.note}"] if written.note else [])]
    return images.with_patients([found[i] for i in images.ids], notes=notes)


def _by_folder(images: ImageSet, folder: Path | str | None) -> ImageSet:
    """Take the uppermost sub-folder of each image as its patient: where it lies, else by its id."""
    if images.origins is None:
        if not any("/" in image_id for image_id in images.ids):
            raise WhorlError(
                f"{images.name}: --patients folder needs images that came from files in "
                "sub-folders: give a table"
            )
        patients = [image_id.rpartition("/")[0].split("/")[0] for image_id in images.ids]
        return _complete(images, patients, "no sub-folder holds")
    places = [Path(os.path.abspath(origin.path)).parent for origin in images.origins]  # noqa: PTH100
    top = Path(
        os.path.abspath(folder)  # noqa: PTH100
        if folder is not None and Path(folder).is_dir()
        else os.path.commonpath(set(places))
    )
    inner = [place.relative_to(top).parts if place.is_relative_to(top) else () for place in places]
    patients = [parts[0] if parts else "" for parts in inner]
    return _complete(images, patients, f"no sub-folder of {top} holds")


def _by_pattern(images: ImageSet, pattern: re.Pattern[str]) -> ImageSet:
    """Take what the group matches in the name of each image's file, else in its id, as patient."""
    names: Sequence[str] = images.ids
    if images.origins is not None:
        names = [origin.path.name for origin in images.origins]
    found = [
        pattern.search(name) or pattern.search(image_id)
        for name, image_id in zip(names, images.ids, strict=True)
    ]
    patients = ["" if match is None else match[1] or "" for match in found]
    return _complete(
        images, patients, f"the expression {shown(pattern.pattern)} finds no patient in"
    )


def _complete(images: ImageSet, patients: Sequence[str], lack: str) -> ImageSet:
    """Return the images with their patients, or raise an error that names those without."""
    lacking = [i for i, patient in zip(images.ids, patients, strict=True) if not patient]
    if lacking:
        raise WhorlError(_lack(images, lacking, lack))
    return images.with_patients(patients)


def _lack(images: ImageSet, lacking: Sequence[str], lack: str) -> str:
    """Say which images have no patient."""
    return f"{images.name}: {lack} {len(lacking):,} of {len(images):,} images: {first_few(lacking)}"


def _pattern(text: str) -> re.Pattern[str]:
    """Compile a regular expression with one group."""
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise WhorlError(
            f"--patients {text}: is no file, and no regular expression either: {error}"
        ) from error
    if pattern.groups != 1:
        raise WhorlError(
            f"--patients {text}: is no file, and has {pattern.groups} groups where a regular "
            r"expression needs one round what names the patient: '(person\d+)_'"
        )
    return pattern
