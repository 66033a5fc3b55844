"""Whose each real image is, as an audit takes it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from whorl.auditing.findings import Known
from whorl.auditing.grouping import grouping_of, with_known_patients
from whorl.errors import WhorlError
from whorl.images import ImageSet
from whorl.tasks.view import View
from whorl.testing.worlds import image_set, noisy, null_view, smooth_images

FOLDERS: dict[str, Path | None] = {"candidates": None, "reference": None}


def small(candidates: str, reference: str, *, confidential: bool = False) -> View:
    """A view whose real images belong to the patients that letters stand for."""

    def real(patients: str, name: str) -> ImageSet:
        images = image_set(np.zeros((len(patients), 8, 8), np.uint8), name)
        return replace(images, patients=tuple(patients), patients_confidential=confidential)

    generated = image_set(np.zeros((1, 8, 8), np.uint8), "generated")
    return View(generated, real(candidates, "candidates"), real(reference, "reference"))


def repeated(seed: int, patients: int, each: int) -> ImageSet:
    """Images that resemble each other within a patient."""
    rng = np.random.default_rng(seed)
    pixels = np.repeat(smooth_images(patients, rng), each, axis=0)
    return image_set(noisy(pixels, rng, 8), f"set_{seed}")


def test_given_patients_are_numbered_as_they_first_appear() -> None:
    found = grouping_of(small("MAM", "ZXZ"))
    assert found.known is Known.GIVEN
    assert found.candidates.tolist() == [0, 1, 0]
    assert found.reference.tolist() == [2, 3, 2]
    assert found.names == ("P001", "P002", "P003", "P004")


def test_patients_of_headers_are_said_to_be_of_headers() -> None:
    assert grouping_of(small("MA", "ZX", confidential=True)).known is Known.HEADERS


def test_patients_known_of_one_set_only_are_an_error() -> None:
    view = small("MA", "ZX")
    half = replace(view, reference=replace(view.reference, patients=None))
    with pytest.raises(WhorlError, match="patients are known of candidates, but not of"):
        grouping_of(half)


def test_what_is_given_goes_before_what_headers_say() -> None:
    view = small("MA", "ZX", confidential=True)
    given = {i: i for i in (*view.candidates.ids, *view.reference.ids)}
    found, dropped = with_known_patients(view, given, FOLDERS, drop_shared=False)
    assert grouping_of(found).known is Known.GIVEN
    assert dropped == 0


def test_a_patient_on_both_sides_is_an_error_that_names_them() -> None:
    with pytest.raises(WhorlError, match=r"'M' has images among both.*--drop-shared-patients"):
        with_known_patients(small("MAM", "MX"), None, FOLDERS, drop_shared=False)


def test_a_patient_of_a_header_on_both_sides_is_named_by_pseudonym() -> None:
    view = small("QQA", "QX", confidential=True)
    with pytest.raises(WhorlError, match="'P001' has images") as told:
        with_known_patients(view, None, FOLDERS, drop_shared=False)
    assert "'Q'" not in str(told.value)


def test_shared_patients_leave_the_reference_where_asked() -> None:
    view, dropped = with_known_patients(small("MAM", "MXM"), None, FOLDERS, drop_shared=True)
    assert view.reference is not None
    assert view.reference.patients == ("X",)
    assert view.candidates.patients == ("M", "A", "M")
    assert dropped == 2
    assert grouping_of(view, dropped=dropped).dropped == 2


def test_a_reference_of_shared_patients_alone_is_an_error() -> None:
    with pytest.raises(WhorlError, match="all its patients are among the candidates too"):
        with_known_patients(small("MA", "AM"), None, FOLDERS, drop_shared=True)


def test_a_reference_without_an_id_is_named() -> None:
    view = small("MA", "ZX")
    given = {i: i for i in view.candidates.ids}
    with pytest.raises(WhorlError, match="reference: no patient is given for 2 of 2 images"):
        with_known_patients(view, given, FOLDERS, drop_shared=False)


def test_several_images_of_fewer_patients_are_found() -> None:
    view = View(repeated(0, 2, 1), repeated(1, 12, 5), repeated(2, 12, 5))
    found = grouping_of(view)
    assert found.known is Known.FOUND
    true = np.repeat(np.arange(12), 5)
    same = true[:, None] == true
    for codes in (found.candidates, found.reference):
        assert (codes[:, None] == codes)[same].mean() > 0.9
    assert not set(found.candidates) & set(found.reference)
    assert len(found.names) == len({*found.candidates, *found.reference}) < 60
    assert found.names[found.candidates[0]] == "G001"


def test_unrelated_images_count_one_by_one() -> None:
    found = grouping_of(null_view(1, candidates=20, reference=40))
    assert found.known is Known.ALONE
    assert found.candidates.tolist() == list(range(20))
    assert found.reference.tolist() == list(range(20, 60))
    assert (found.names[0], found.names[-1]) == ("I001", "I060")


@pytest.mark.parametrize("reference", [0, 4])
def test_with_no_reference_or_a_handful_nothing_is_looked_for(reference: int) -> None:
    """Every image stands twice, which would be found."""
    others = repeated(2, reference, 1) if reference else None
    found = grouping_of(View(repeated(0, 2, 1), repeated(1, 10, 2), others))
    assert found.known is Known.ALONE
    assert len(found.reference) == reference
