"""DICOM files of a folder, in the order of their series."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.images.files import RAMP, write, write_dicom
from whorl.errors import ImageError
from whorl.images import load
from whorl.images.series import Place, along_normal

AXIAL = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]


def slice_of(folder: Path, name: str, z: float | None, series: str = "1.2.3", **more: Any) -> Path:
    """Write a slice whose grey tells its height."""
    folder.mkdir(parents=True, exist_ok=True)
    place = {} if z is None else {"ImagePositionPatient": [0.0, 0.0, z]}
    return write_dicom(
        folder / name, RAMP, SeriesInstanceUID=series, ImageOrientationPatient=AXIAL, Modality="CT",
        **place, **more,
    )  # fmt: skip


def test_a_series_is_ordered_by_position_whatever_names_and_numbers_say(tmp_path: Path) -> None:
    for number, (name, z) in enumerate({"a": 30, "b": -2.5, "c": 100, "d": 7}.items()):
        slice_of(tmp_path / "p", f"{name}.dcm", z, InstanceNumber=number)
    assert load(tmp_path).ids == ("p/b", "p/d", "p/a", "p/c")


def test_position_is_taken_along_the_normal_of_the_plane() -> None:
    coronal = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
    places = [Place(position=(9.0 * y, y, 5.0), orientation=coronal) for y in (3.0, -4.0)]
    assert along_normal(places) == [3.0, -4.0]
    tilted = Place(position=(0, 0, 1.0), orientation=(1.0, 0.0, 0.0, 0.0, 0.8, 0.6))
    assert along_normal([*places, tilted]) is None
    assert along_normal([Place(position=(0, 0, 1.0))]) is None


@pytest.mark.parametrize(
    ("numbers", "order"),
    [((3, 1, 2), ("b", "c", "a")), ((None, 1, 2), ("a", "b", "c"))],
)
def test_without_positions_numbers_order_and_without_them_names(
    tmp_path: Path, numbers: tuple[int | None, ...], order: tuple[str, ...]
) -> None:
    for name, number in zip("abc", numbers, strict=True):
        more = {} if number is None else {"InstanceNumber": number}
        slice_of(tmp_path, f"{name}.dcm", None, **more)
    assert load(tmp_path).ids == order


def test_series_stay_apart_and_slices_are_taken_of_each(tmp_path: Path) -> None:
    for k in range(6):
        slice_of(tmp_path, f"{k}.dcm", -k, series="1.1" if k % 2 else "1.2")
    slice_of(tmp_path, "x.dcm", 1, series="1.3")
    write(tmp_path, "y.png")
    assert load(tmp_path).ids == ("4", "2", "0", "5", "3", "1", "x", "y")
    middle = load(tmp_path, slices="middle")
    assert middle.ids == ("2", "3", "x", "y")
    assert "4 of 8 files left out by --slices" in middle.notes


def test_slices_that_leave_nothing_of_a_series_are_an_error(tmp_path: Path) -> None:
    for k in range(3):
        slice_of(tmp_path, f"{k}.dcm", k)
    with pytest.raises(ImageError, match=r"--slices 7: takes none of 3 slices"):
        load(tmp_path, slices="7:")


def test_localisers_and_objects_that_are_no_pictures_are_counted(tmp_path: Path) -> None:
    from pydicom.uid import BasicTextSRStorage, RTDoseStorage, SegmentationStorage

    slice_of(tmp_path, "a.dcm", 0)
    slice_of(tmp_path, "scout.dcm", 0, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    for name, uid, modality in (
        ("report", BasicTextSRStorage, "SR"),
        ("dose.dcm", RTDoseStorage, "RTDOSE"),
        ("mask.dcm", SegmentationStorage, "MEIER"),
    ):
        write_dicom(tmp_path / name, RAMP, SOPClassUID=uid, Modality=modality)
    images = load(tmp_path)
    assert images.ids == ("a",)
    assert images.unread == {
        "DICOM localiser": 1,
        "DICOM object": 1,
        "DICOM object of kind RTDOSE": 1,
        "DICOM object of kind SR": 1,
    }
    assert load([tmp_path / "scout.dcm"]).ids == ("scout",)  # what is named is read


def test_a_damaged_header_is_left_to_the_check(tmp_path: Path) -> None:
    slice_of(tmp_path, "a.dcm", 0)
    (tmp_path / "b.dcm").write_bytes(b"no DICOM")
    with pytest.raises(ImageError, match=r"b\.dcm: is not a DICOM file"):
        load(tmp_path)


def test_pixels_follow_their_ids(tmp_path: Path) -> None:
    for name, z, grey in (("a", 5, 200), ("b", 1, 100)):
        write_dicom(
            tmp_path / f"{name}.dcm", np.full((8, 8), grey, np.uint8), SeriesInstanceUID="1.2",
            ImageOrientationPatient=AXIAL, ImagePositionPatient=[0, 0, z], PatientID=name,
        )  # fmt: skip
    images = load(tmp_path)
    assert (images.ids, images.patients) == (("b", "a"), ("b", "a"))
    assert images.pixels[:, 0, 0].tolist() == [100, 200]
