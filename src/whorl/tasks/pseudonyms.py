"""Patients across sets: that nobody stands on both sides, and what outputs call them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from whorl.errors import WhorlError
from whorl.files import write_text
from whorl.formulas import neutral_row
from whorl.images import ImageSet
from whorl.tasks.textfile import first_few

HEADER = ("image_set", "image_id", "patient", "pseudonym")
OWNER_ONLY = 0o600
FEWEST_DIGITS = 3


def patients_known(*sets: ImageSet) -> bool:
    """Tell whether the sets' patients are known.

    Raises
    ------
    WhorlError
        If they are known of some sets only, naming images without.

    Examples
    --------
    >>> images = ImageSet(("a", "b"), np.zeros((2, 8, 8), np.uint8))
    >>> patients_known(images), patients_known(images.with_patients(["x", "y"]))
    (False, True)
    """
    lacking = [images for images in sets if images.patients is None]
    if lacking and len(lacking) < len(sets):
        names = " and ".join(images.name for images in lacking)
        others = " and ".join(images.name for images in sets if images.patients is not None)
        raise WhorlError(
            f"{names}: patients are known of {others}, but not of "
            f"{first_few(lacking[0].ids)}: give all of them with --patients"
        )
    return not lacking


def pseudonyms(*sets: ImageSet) -> dict[str, str]:
    """Return what outputs call each patient: P001, P002 and so on, as they first appear.

    Parameters
    ----------
    *sets : ImageSet
        Candidates, then reference. Sets that know no patients are passed over.

    Returns
    -------
    dict of str to str
        Patient → pseudonym.

    Examples
    --------
    >>> images = ImageSet(("a", "b", "c"), np.zeros((3, 8, 8), np.uint8))
    >>> pseudonyms(images.with_patients(["Meier", "Abel", "Meier"]))
    {'Meier': 'P001', 'Abel': 'P002'}
    """
    patients = dict.fromkeys(patient for images in sets for patient in images.patients or ())
    digits = max(FEWEST_DIGITS, len(str(len(patients))))
    return {patient: f"P{n:0{digits}d}" for n, patient in enumerate(patients, 1)}


def pseudonymous(images: ImageSet) -> ImageSet:
    """Return the images with patients as outputs show them: by pseudonym if out of headers.

    Examples
    --------
    >>> images = ImageSet(("a", "b"), np.zeros((2, 8, 8), np.uint8), patients=("Abel", "Meier"))
    >>> pseudonymous(images).patients
    ('Abel', 'Meier')
    >>> from dataclasses import replace
    >>> pseudonymous(replace(images, patients_confidential=True)).patients
    ('P001', 'P002')
    """
    if not images.patients_confidential:
        return images
    called = pseudonyms(images)
    return images.with_patients([called[patient] for patient in images.patients or ()])


def with_masked_ids(images: ImageSet, called: Mapping[str, str]) -> ImageSet:
    """Return the images with ids in which no folder is called by a patient.

    A folder that bears the id of the patient of its images, in whatever case, is called by the
    pseudonym instead; of images of none of these patients, a folder that bears any one's. Files'
    own names stay.

    Parameters
    ----------
    images : ImageSet
        Generated images, candidates or reference.
    called : mapping of str to str
        Patient → pseudonym, as :func:`pseudonyms` gives it.

    Examples
    --------
    >>> images = ImageSet(("Abel/ct/1", "Abel/ct/2"), np.zeros((2, 8, 8), np.uint8))
    >>> with_masked_ids(images.with_patients(["Abel", "Abel"]), {"Abel": "P001"}).ids
    ('P001/ct/1', 'P001/ct/2')
    """
    folded = {patient.casefold(): pseudonym for patient, pseudonym in called.items()}
    patients = images.patients or ("",) * len(images)
    ids = []
    for image_id, patient in zip(images.ids, patients, strict=True):
        own = patient.casefold()
        *folders, name = image_id.split("/")
        kept = [
            folded.get(part.casefold(), part)
            if own not in folded or part.casefold() == own
            else part
            for part in folders
        ]
        ids.append("/".join([*kept, name]))
    return images if ids == list(images.ids) else images.with_ids(ids)


def write_key(path: Path | str, *sets: ImageSet, exact: bool = False) -> str:
    """Write which pseudonym is whose, for its owner's eyes alone (mode 600).

    Parameters
    ----------
    path : path
        A CSV file: image_set, image_id, patient, pseudonym.
    *sets : ImageSet
        As for :func:`pseudonyms`.
    exact : bool
        Whether text is written as it is, though a spreadsheet would take it for a formula.

    Returns
    -------
    str
        The SHA-256 of the file.

    Raises
    ------
    WhorlError
        If the file cannot be written.
    """
    called = pseudonyms(*sets)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for images in sets:
        for image_id, patient in zip(images.ids, images.patients or (), strict=False):
            row = (images.name, image_id, patient, called[patient])
            writer.writerow(row if exact else neutral_row(row))
    return write_text(path, text.getvalue(), OWNER_ONLY)


def shared_patients(candidates: ImageSet, reference: ImageSet) -> tuple[str, ...]:
    """Return the patients who have images in both sets, as they appear among the candidates."""
    others = set(reference.patients or ())
    return tuple(p for p in dict.fromkeys(candidates.patients or ()) if p in others)


def require_apart(candidates: ImageSet, reference: ImageSet) -> None:
    """Raise an error if a patient has images in both sets.

    Raises
    ------
    WhorlError
        Naming them, as they were given; by pseudonym where their ids came from files' headers.

    Examples
    --------
    >>> images = ImageSet(("a", "b"), np.zeros((2, 8, 8), np.uint8), "candidates")
    >>> require_apart(images.with_patients(["Abel", "Meier"]), images.with_patients(["Meier", "Y"]))
    Traceback (most recent call last):
    whorl.errors.WhorlError: 'Meier' has images among both candidates and reference: ...
    """
    shared = shared_patients(candidates, reference)
    if not shared:
        return
    confidential = candidates.patients_confidential or reference.patients_confidential
    called: Mapping[str, str] = pseudonyms(candidates, reference) if confidential else {}
    names = first_few([called.get(patient, patient) for patient in shared])
    placeholder = (
        "; the ids came from DICOM headers (PatientID): if they are placeholders, say with "
        "--patients whose the images are"
        if confidential
        else ""
    )
    raise WhorlError(
        f"{names} {'has' if len(shared) == 1 else 'have'} images among both candidates and "
        "reference: a reference is of patients the generator never saw; --drop-shared-patients "
        f"goes on without their reference images{placeholder}"
    )


def without_shared(reference: ImageSet, candidates: ImageSet) -> ImageSet:
    """Return the reference without the images of patients who are among the candidates.

    Raises
    ------
    WhorlError
        If nothing remains.

    Examples
    --------
    >>> images = ImageSet(("a", "b"), np.zeros((2, 8, 8), np.uint8))
    >>> reference = images.with_patients(["Meier", "Y"])
    >>> without_shared(reference, images.with_patients(["Abel", "Meier"])).patients
    ('Y',)
    """
    shared = set(shared_patients(candidates, reference))
    kept = np.flatnonzero([patient not in shared for patient in reference.patients or ()])
    if not shared:
        return reference
    if not len(kept):
        raise WhorlError(
            f"{reference.name}: all its patients are among the candidates too: give a reference "
            "of other patients"
        )
    return reference.take(kept)
