"""The three sets that are scored: read, checked, and with their patients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from whorl.auditing.blanks import without_blanks
from whorl.auditing.findings import Known
from whorl.auditing.grouping import Codes, grouping_of
from whorl.errors import WhorlError
from whorl.images import ImageSet, load, require_distinct
from whorl.images.unread import unread_sentences
from whorl.tasks.patients import Patients, with_patients
from whorl.tasks.pseudonyms import patients_known, pseudonyms, shared_patients, with_masked_ids
from whorl.tasks.textfile import first_few
from whorl.tasks.view import View

Images = ImageSet | Path | str | Iterable[Any]
"""Images, or what :func:`whorl.images.load` reads."""

TRAINING, HOLDOUT = "training", "holdout"


@dataclass(frozen=True, eq=False)
class Sets:
    """What is scored.

    Attributes
    ----------
    generated, training, holdout : ImageSet
        Images of one size, none of them blank; their ids name no patient.
    known : Known
        How it is known whose the real images are.
    training_patients, holdout_patients : ndarray of intp
        Whose each is, as a number from 0 on; nobody is in both.
    notes : tuple of str
        What was left out on the way.
    """

    generated: ImageSet
    training: ImageSet
    holdout: ImageSet
    known: Known
    training_patients: Codes
    holdout_patients: Codes
    notes: tuple[str, ...] = ()

    @property
    def patients(self) -> int:
        """How many there are on both sides together."""
        return 1 + int(max(self.training_patients.max(), self.holdout_patients.max()))


def read_sets(
    generated: Images,
    training: Images,
    holdout: Images,
    *,
    patients: Patients | None = None,
    drop_shared_patients: bool = False,
    seed: int = 0,
    **reading: Any,
) -> Sets:
    """Read the sets, and see that training and holdout are apart.

    Parameters
    ----------
    generated, training, holdout
        Image sets, or folders.
    patients : path, str or mapping, optional
        Whose each real image is, as :func:`whorl.tasks.patients.with_patients` takes it. Where
        nobody says, images that look like several of one patient count as one.
    drop_shared_patients : bool
        Leave out the holdout images of patients who are in training; else they are an error.
    seed : int
        Seeds the search for patients.
    **reading
        How folders are read, as for :func:`whorl.images.load`.

    Raises
    ------
    WhorlError
        If images cannot be read or differ in size, a patient or an image is in both training and
        holdout, or an image has no patient.
    """
    given = {"GENERATED": generated, "--training": training, "--holdout": holdout}
    require_distinct(*given.items(), flat=bool(reading.get("flat")))
    made = _images(generated, "generated", reading)
    trained = _with_patients(_images(training, TRAINING, reading), patients, training)
    held = _with_patients(_images(holdout, HOLDOUT, reading), patients, holdout)
    notes = list(unread_sentences(made, trained, held))
    if patients_known(trained, held):
        held, dropped = _apart(trained, held, drop=drop_shared_patients)
        if dropped:
            notes.append(
                f"{dropped:,} holdout images are left out: their patients are in training too"
            )
        called = pseudonyms(trained, held)
        made = with_masked_ids(made, called)
        trained, held = _nameless(trained, called), _nameless(held, called)
    view, blank = without_blanks(View(made, trained, held))
    if view.reference is None:
        raise TypeError("a view with a reference keeps it")
    left_out = zip((made, trained, held), blank.values(), strict=True)
    notes += [
        f"{len(ids):,} of {len(images):,} images of {images.name} are blank or nearly so, and are "
        "left out"
        for images, ids in left_out
        if ids
    ]
    _require_different(view.candidates, view.reference)
    grouping = grouping_of(view, seed=seed)
    return Sets(
        view.generated,
        view.candidates,
        view.reference,
        grouping.known,
        grouping.candidates,
        grouping.reference,
        tuple(notes),
    )


def _images(source: Images, name: str, reading: dict[str, Any]) -> ImageSet:
    """Return the images under the name of their part."""
    if isinstance(source, ImageSet):
        return replace(source, name=name)
    return load(source, name=name, **reading)


def _with_patients(images: ImageSet, patients: Patients | None, source: Images) -> ImageSet:
    """Give real images their patients, where somebody says whose they are."""
    if patients is None:
        return images
    folder = source if isinstance(source, Path | str) else None
    return with_patients(images, patients, folder=folder)


def _apart(training: ImageSet, holdout: ImageSet, *, drop: bool) -> tuple[ImageSet, int]:
    """Return the holdout without training patients, and how many images that took out."""
    shared = shared_patients(training, holdout)
    if not shared:
        return holdout, 0
    if not drop:
        raise WhorlError(
            f"{len(shared):,} of the patients have images in both --training and --holdout: a "
            "holdout is of patients the generator never saw; --drop-shared-patients goes on "
            "without their holdout images"
        )
    kept = np.flatnonzero([p not in set(shared) for p in holdout.patients or ()])
    if not len(kept):
        raise WhorlError("--holdout: all its patients are in --training too: give other patients")
    return holdout.take(kept), len(holdout) - len(kept)


def _nameless(images: ImageSet, called: Mapping[str, str]) -> ImageSet:
    """Return the images with ids that name no patient, be it by a folder or within a name."""
    masked = with_masked_ids(images, called)
    ids = [
        f"{images.name} image {k}" if patient.casefold() in image_id.casefold() else image_id
        for k, (image_id, patient) in enumerate(
            zip(masked.ids, images.patients or (), strict=True), 1
        )
    ]
    return masked.with_ids(ids)


def _require_different(training: ImageSet, holdout: ImageSet) -> None:
    """Raise an error if an image stands in both sets."""
    seen = set(training.hashes)
    both = [i for i, content in zip(holdout.ids, holdout.hashes, strict=True) if content in seen]
    if both:
        raise WhorlError(
            f"{len(both):,} images of --holdout are equal to images of --training "
            f"({first_few(both)}): a holdout was not trained on; take them out"
        )
