"""Which slices of a series or of a volume are taken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.images.files import RAMP, write, write_dicom, write_nifti
from whorl.errors import ImageError
from whorl.images import load
from whorl.images.checking import UNSLICED
from whorl.images.slices import Slices


@pytest.mark.parametrize(
    ("text", "of_ten"),
    [
        ("2:-2:3", [2, 5]),
        (":", list(range(10))),
        ("::-4", [9, 5, 1]),
        ("-3:", [7, 8, 9]),
        (" 1 : 3 ", [1, 2]),
        ("middle", [5]),
        ("20:", []),
    ],
)
def test_slices_are_those_of_python(text: str, of_ten: list[int]) -> None:
    assert list(Slices(text).of(10)) == of_ten


@pytest.mark.parametrize("text", ["", "3", "a:b", "1:2:3:4", "1.5:2", "Middle", "1:2:0"])
def test_other_texts_are_refused_by_the_option_s_name(text: str) -> None:
    with pytest.raises(ImageError, match=r"^--slices "):
        Slices(text)


def test_slices_of_a_volume_keep_their_places_in_their_ids(tmp_path: Path) -> None:
    values = np.stack([RAMP + np.uint8(k) for k in range(7)], axis=-1)
    write_nifti(tmp_path / "v.nii", values)
    write(tmp_path, "alone.png")
    every, some = load(tmp_path), load(tmp_path, slices="1:-1:2")
    assert some.ids == ("alone", "v_001", "v_003", "v_005")
    rows = [every.ids.index(i) for i in some.ids]
    assert np.array_equal(some.pixels, every.pixels[rows])
    assert some.hashes == tuple(every.hashes[row] for row in rows)
    assert some.notes == ("4 of 7 slices of volumes left out by --slices",)


def test_that_nothing_was_left_out_is_noted(tmp_path: Path) -> None:
    write(tmp_path, "a.png")
    for source in (tmp_path, np.zeros((3, 8, 8), np.uint8)):
        assert load(source, slices="middle").notes == (UNSLICED,)


def test_the_middle_of_frames(tmp_path: Path) -> None:
    write_dicom(tmp_path / "cine.dcm", np.stack([RAMP, RAMP + np.uint8(9), RAMP]))
    assert load(tmp_path / "cine.dcm", slices="middle").ids == ("cine_001",)


def test_a_volume_too_short_for_the_slices_is_left_out_and_counted(tmp_path: Path) -> None:
    write_nifti(tmp_path / "long.nii", np.zeros((8, 8, 5), np.uint8))
    write_nifti(tmp_path / "short.nii", np.zeros((8, 8, 2), np.uint8))
    images = load(tmp_path, slices="3:")
    assert images.ids == ("long_003", "long_004")
    assert images.notes == ("5 of 7 slices of volumes left out by --slices",)


def test_slices_that_leave_nothing_are_an_error(tmp_path: Path) -> None:
    write_nifti(tmp_path / "v.nii", np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(ImageError, match=r"--slices 5: takes none of the slices of 1 volume"):
        load(tmp_path, slices="5:")
