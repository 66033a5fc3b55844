"""The first pass over files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.images.files import RAMP, write
from whorl.errors import ImageError
from whorl.images.checking import Part, Skipping, checked, one_size, slice_notes
from whorl.images.kinds import ImageFile, Kind
from whorl.images.listing import listed
from whorl.images.slices import Slices


def part(count: int, taken: range, start: int = 0) -> Part:
    return Part(ImageFile(Path("p/v.nii"), Kind.NIFTI, "p/v"), (8, 9), count, taken, start)


def test_ids_tell_the_place_in_the_file_and_rows_the_place_in_the_set() -> None:
    some = part(1200, range(3, 9, 3), 5)
    assert (some.ids, list(some.rows)) == (["p/v_0003", "p/v_0006"], [5, 6])
    assert part(1, range(1)).ids == ["p/v"]


def test_what_was_left_out_is_counted_in_volumes_alone() -> None:
    parts = [part(1, range(1)), part(7, range(2)), part(3, range(0))]
    assert slice_notes(parts, Slices(":2"), ["a note"]) == [
        "8 of 10 slices of volumes left out by --slices", "a note",
    ]  # fmt: skip
    assert slice_notes(parts, None) == []


def test_files_are_laid_out_one_after_the_other(tmp_path: Path) -> None:
    write(tmp_path, "a.png")
    write(tmp_path, "b.png", RAMP[:, :7])
    parts = checked(listed(tmp_path).files, "candidates", Skipping(False))
    assert [(p.size, p.start) for p in parts] == [((8, 8), 0), ((8, 7), 1)]
    with pytest.raises(ImageError, match=r"candidates: the images differ in size: 8×8 \(1, first"):
        one_size(parts, "candidates")
