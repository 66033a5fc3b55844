"""Whose each image is, as an audit takes it: known, found, or each image by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whorl.auditing.findings import Known
from whorl.methods.companions import FEWEST, LEVEL, find_companions
from whorl.tasks.patients import Patients, with_patients
from whorl.tasks.pseudonyms import (
    patients_known,
    pseudonyms,
    require_apart,
    with_masked_ids,
    without_shared,
)
from whorl.tasks.view import View

Codes = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Grouping:
    """The patient of each real image.

    Attributes
    ----------
    known : Known
        How that is known.
    candidates, reference : ndarray of intp
        Each image's patient as a number; nobody is on both sides. The reference is empty where
        none was given.
    names : tuple of str
        What outputs call each patient.
    dropped : int
        Reference images left out because their patients are among the candidates.
    """

    known: Known
    candidates: Codes
    reference: Codes
    names: tuple[str, ...]
    dropped: int = 0


def with_known_patients(
    view: View,
    patients: Patients | None,
    folders: Mapping[str, Path | None],
    *,
    drop_shared: bool,
) -> tuple[View, int]:
    """Give the real images their patients, and see that nobody is on both sides.

    Parameters
    ----------
    view : View
        What is audited; its images may carry their patients already.
    patients : path, str, mapping or None
        As :func:`whorl.tasks.patients.with_patients` takes them.
    folders : mapping of str to path or None
        The folder that each set was read from.
    drop_shared : bool
        Leave out the reference images of patients who are among the candidates.

    Returns
    -------
    tuple of (View, int)
        The view, whose ids name no folder by its patient, and how many reference images were left
        out.

    Raises
    ------
    WhorlError
        If an image has no patient, or one is on both sides and `drop_shared` is off.
    """
    if patients is not None:
        candidates = with_patients(view.candidates, patients, folder=folders.get("candidates"))
        reference = view.reference
        if reference is not None:
            reference = with_patients(reference, patients, folder=folders.get("reference"))
        view = replace(view, candidates=candidates, reference=reference)
    reals = [view.candidates] if view.reference is None else [view.candidates, view.reference]
    if not patients_known(*reals):
        return view, 0
    dropped = 0
    if view.reference is not None and drop_shared:
        kept = without_shared(view.reference, view.candidates)
        dropped = len(view.reference) - len(kept)
        view = replace(view, reference=kept)
    elif view.reference is not None:
        require_apart(view.candidates, view.reference)
    return _masked(view), dropped


def _masked(view: View) -> View:
    """Return the view with ids in which no folder is called by a patient."""
    known = [view.candidates] if view.reference is None else [view.candidates, view.reference]
    called = pseudonyms(*known)
    return replace(
        view,
        generated=with_masked_ids(view.generated, called),
        candidates=with_masked_ids(view.candidates, called),
        reference=None if view.reference is None else with_masked_ids(view.reference, called),
    )


def grouping_of(view: View, *, dropped: int = 0, seed: int = 0) -> Grouping:
    """Return whose each real image is: as it carries it, else as it looks, else by itself.

    Parameters
    ----------
    view : View
        What is audited.
    dropped : int
        Reference images that were left out, for the record.
    seed : int
        Seeds the search for companions.

    Examples
    --------
    >>> from whorl.images import ImageSet
    >>> images = ImageSet(("a", "b", "c"), np.zeros((3, 8, 8), np.uint8))
    >>> view = View(images, images.with_patients(["Meier", "Abel", "Meier"]))
    >>> found = grouping_of(view)
    >>> found.candidates, found.names
    (array([0, 1, 0]), ('P001', 'P002'))
    """
    reals = [view.candidates] if view.reference is None else [view.candidates, view.reference]
    n = len(view.candidates)
    if patients_known(*reals):
        called = pseudonyms(*reals)
        number = {patient: k for k, patient in enumerate(called)}
        codes = np.array([number[p] for images in reals for p in images.patients or ()], np.intp)
        headers = any(images.patients_confidential for images in reals)
        known = Known.HEADERS if headers else Known.GIVEN
        return Grouping(known, codes[:n], codes[n:], tuple(called.values()), dropped)
    if view.reference is not None and min(map(len, reals)) >= FEWEST:
        found = find_companions(view.candidates, view.reference, seed=seed)
        if found.p <= LEVEL and found.groups < len(found.codes):
            return _named(Known.FOUND, found.codes, n, "G")
    return _named(Known.ALONE, np.arange(sum(map(len, reals))), n, "I")


def _named(known: Known, codes: Codes, candidates: int, letter: str) -> Grouping:
    """Return a grouping whose patients are numbered, and named, as they first appear."""
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.intp)
    rank[np.argsort(first)] = np.arange(len(first))
    codes = rank[inverse]
    names = tuple(f"{letter}{k:03d}" for k in range(1, len(first) + 1))
    return Grouping(known, codes[:candidates], codes[candidates:], names)
