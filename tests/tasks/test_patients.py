"""Whose each image is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.images.files import write
from whorl.errors import WhorlError
from whorl.images import ImageSet, load
from whorl.tasks.patients import read_patients, with_patients


def written(folder: Path, text: str) -> Path:
    path = folder / "patients.csv"
    path.write_bytes(text.encode())
    return path


def named(*ids: str, name: str = "candidates") -> ImageSet:
    return ImageSet(ids, np.zeros((len(ids), 8, 8), np.uint8), name)


def test_columns_are_taken_by_name(tmp_path: Path) -> None:
    text = "\ufeffage,patient,image_id\r\n61,p1,a\r\n61, p1 ,b\r\n40,p2,c\r\n"
    assert read_patients(written(tmp_path, text)) == {"a": "p1", "b": "p1", "c": "p2"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected a header with image_id and patient, found nothing"),
        (
            "image_id,group,age\na,p,61\n",
            "line 1: the header names no column patient; found 'image_id', 'group', 'age'",
        ),
        ("image_id,patient\n", "line 2: expected an image, found nothing"),
        ("image_id,patient\na,\n", "line 2: has no patient"),
        ("image_id,patient\na\n", "line 2: expected 2 fields, found 1"),
        ("image_id,patient\na,p\nb,p\na,q\n", "line 4: 'a' was already given on line 2"),
        ('image_id,patient\n"a,p\n', "line 2: is not valid CSV"),
    ],
)
def test_faults_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(WhorlError, match=rf"patients\.csv: {message}"):
        read_patients(written(tmp_path, text))


def test_a_file_that_is_absent(tmp_path: Path) -> None:
    with pytest.raises(WhorlError, match=r"absent\.csv: cannot be read"):
        read_patients(tmp_path / "absent.csv")
    with pytest.raises(WhorlError, match=r"absent\.csv: cannot be read"):
        with_patients(named("a"), str(tmp_path / "absent.csv"))


def test_another_column_may_hold_the_patients(tmp_path: Path) -> None:
    path = written(tmp_path, "image_id,person,patient\na,p,x\nb,q,x\n")
    assert with_patients(named("a", "b"), path, column="person").patients == ("p", "q")
    with pytest.raises(WhorlError, match="the header names no column person_id"):
        with_patients(named("a"), path, column="person_id")


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("image_id,group", "group"),
        ("image_id,age,patient_group", "patient_group"),
        ("image_id,Age,PatientID", "PatientID"),
    ],
)
def test_the_only_column_that_can_be_meant_is_taken_and_noted(
    tmp_path: Path, header: str, column: str
) -> None:
    others = "," * header.count(",")
    path = written(tmp_path, f"{header}\na{others}p\nb{others}q\n")
    found = with_patients(named("a", "b"), path)
    assert found.patients == ("p", "q")
    assert found.notes == (f"patients: read from column '{column}'",)


def test_where_several_columns_may_be_meant_all_are_named(tmp_path: Path) -> None:
    path = written(tmp_path, "image_id,patient_a,patient_b\na,p,q\n")
    with pytest.raises(WhorlError, match=r"which column .* found 'image_id', 'patient_a'"):
        with_patients(named("a"), path)
    path = written(tmp_path, "image_id,age,sex\na,61,f\n")
    with pytest.raises(WhorlError, match="call it patient, or name it by --patient-column"):
        with_patients(named("a"), path)


def test_a_table_may_hold_more_images_than_the_set(tmp_path: Path) -> None:
    path = written(tmp_path, "image_id,patient\nb,p\nz,q\na,p\n")
    assert with_patients(named("a", "b"), str(path)).patients == ("p", "p")
    assert with_patients(named("a", "b"), path).patients == ("p", "p")


def test_images_of_two_sets_that_share_an_id_are_told_apart_by_the_set_s_name() -> None:
    table = {"a": "p", "reference/a": "q"}
    assert with_patients(named("a"), table).patients == ("p",)
    assert with_patients(named("a", name="reference"), table).patients == ("q",)


def test_images_without_a_patient_are_named(tmp_path: Path) -> None:
    path = written(tmp_path, "image_id,patient\nb,p\n")
    message = r"candidates: no patient stands in .*patients\.csv for 2 of 3 images: 'a', 'c'"
    with pytest.raises(WhorlError, match=message):
        with_patients(named("a", "b", "c"), path)


def test_sub_folders_are_patients(tmp_path: Path) -> None:
    paths = []
    for patient, study in (("p1", "s1"), ("p1", "s2"), ("p2", "s1")):
        (tmp_path / patient / study).mkdir(parents=True)
        paths.append(write(tmp_path / patient / study, f"{patient}{study}.png"))
    images = load(paths)
    assert with_patients(images, "folder").patients == ("p1", "p1", "p2")
    assert with_patients(images.take([0, 1]), "folder", folder=tmp_path).patients == ("p1", "p1")


def test_an_image_beside_the_sub_folders_has_no_patient(tmp_path: Path) -> None:
    (tmp_path / "p1").mkdir()
    images = load([write(tmp_path / "p1", "a.png"), write(tmp_path, "b.png")])
    with pytest.raises(WhorlError, match=r"no sub-folder of .* holds 1 of 2 images: 'b'"):
        with_patients(images, "folder")
    with pytest.raises(WhorlError, match="images that came from files in sub-folders"):
        with_patients(named("a"), "folder")


def test_trees_tell_patients_by_folder_by_table_and_by_expression(tmp_path: Path) -> None:
    for name in ("p1/s/slice_1.png", "p2/s/slice_1.png"):
        (tmp_path / name).parent.mkdir(parents=True)
        write((tmp_path / name).parent, Path(name).name)
    images = load(tmp_path)
    table = {"p1/s/slice_1": "Ann", "p2/s/slice_1": "Bob"}
    assert with_patients(images, "folder", folder=tmp_path).patients == ("p1", "p2")
    assert with_patients(images, table).patients == ("Ann", "Bob")
    assert with_patients(images, r"p(\d)/").patients == ("1", "2")
    unplaced = replace(images, origins=None)  # as out of a zip
    assert with_patients(unplaced, "folder", folder=tmp_path / "scans.zip").patients == ("p1", "p2")


def test_an_expression_is_looked_for_in_the_file_s_name(tmp_path: Path) -> None:
    images = load([write(tmp_path, "x_person1_7.png"), write(tmp_path, "person22_1.png")])
    assert with_patients(images, r"(person\d+)_").patients == ("person1", "person22")
    with_ending = with_patients(images, r"_\d\.(png)")
    assert with_ending.patients == ("png", "png")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("(person", "is no file, and no regular expression either: missing"),
        ("person", "is no file, and has 0 groups where a regular expression needs one"),
        ("(per)(son)", "has 2 groups"),
        (r"(person\d+)_", "finds no patient in 1 of 2 images: 'other'"),
        (r"person(\d*)", "finds no patient in 1 of 2 images: 'other'"),
    ],
)
def test_expressions_at_fault_are_named(given: str, message: str) -> None:
    with pytest.raises(WhorlError, match=message):
        with_patients(named("person1_a", "other"), given)


def test_a_table_of_file_names_is_read_as_meant_and_noted() -> None:
    images = named("ct_1", "ct_2")
    told = with_patients(images, {"scans/ct_1.png": "Ann", "scans/ct_2.png": "Bob"})
    assert told.patients == ("Ann", "Bob")
    assert told.notes == (
        "patients: 2 of 2 ids are written otherwise and were read as meant: "
        "with an extension (2), in a folder (2)",
    )
    assert with_patients(images, {"ct_1": "Ann", "ct_2": "Bob"}).notes == ()


def test_another_sets_image_is_never_taken_for_one_of_the_same_name() -> None:
    table = {"reference/ct_1": "Ann", "candidates/ct_1": "Bob"}
    candidates = replace(named("ct_1"), name="candidates")
    assert with_patients(candidates, table).patients == ("Bob",)
    with pytest.raises(WhorlError, match="no patient is given for 1 of 1 images: 'ct_1'; add a"):
        with_patients(candidates, {"reference/ct_1": "Ann"})


def test_what_looks_alike_is_named_where_a_patient_is_lacking() -> None:
    with pytest.raises(WhorlError, match=r"expected \(U\+00A0 NO-BREAK SPACE, expected U\+0020"):
        with_patients(named("ct 1"), {"ct\u00a01": "Ann"})
