"""Folders with all that is below them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tests.images.files import RAMP, write
from whorl.errors import ImageError
from whorl.images import load
from whorl.images.kinds import natural
from whorl.images.trees import walked
from whorl.images.unread import Unread


def tree(top: Path, *names: str) -> Path:
    """Write a picture under each name."""
    for number, name in enumerate(names):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        write((top / name).parent, Path(name).name, RAMP + np.uint8(number))
    return top


def test_two_patients_may_both_have_a_slice_of_one_name(tmp_path: Path) -> None:
    tree(tmp_path, "p1/s/slice_001.png", "p2/s/slice_001.png", "top.png")
    images = load(tmp_path)
    assert images.ids == ("p1/s/slice_001", "p2/s/slice_001", "top")
    assert images.pixels[:, 0, 0].tolist() == [0, 1, 2]
    assert images.source == tmp_path.name


def test_order_is_natural_in_files_and_folders(tmp_path: Path) -> None:
    tree(tmp_path, "p10/a.png", "p2/slice_10.png", "p2/slice_2.png", "p2/slice_02b.png")
    assert load(tmp_path).ids == ("p2/slice_2", "p2/slice_02b", "p2/slice_10", "p10/a")


def test_numbers_of_any_length_are_ordered_by_value() -> None:
    names = ["a" + "9" * 5000, "a" + "1" * 5001, "a7", "a007"]
    assert sorted(names, key=natural) == ["a007", "a7", *names[:2]]


def test_two_pictures_of_one_name_in_a_sub_folder_are_an_error(tmp_path: Path) -> None:
    tree(tmp_path, "p/a.png", "p/a.jpg", "q/a.png")
    with pytest.raises(ImageError, match=r"p/a\.jpg and .*p/a\.png have the same id 'p/a'"):
        load(tmp_path)


def test_flat_reads_the_top_alone_and_counts_sub_folders(tmp_path: Path) -> None:
    tree(tmp_path, "a.png", "p/b.png", "q/c.png")
    images = load(tmp_path, flat=True)
    assert (images.ids, images.unread) == (("a",), {"sub-folder": 2})


def test_links_to_folders_are_counted_and_loops_end(tmp_path: Path) -> None:
    tree(tmp_path / "scans", "p/a.png")
    (tmp_path / "scans" / "p" / "loop").symlink_to(tmp_path / "scans")
    (tmp_path / "scans" / "b.png").symlink_to(tmp_path / "scans" / "p" / "a.png")
    images = load(tmp_path / "scans")
    assert (images.ids, images.unread) == (("b", "p/a"), {"linked folder": 1})


def test_a_folder_that_may_not_be_opened_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(tmp_path, "a.png", "shut/b.png")
    scandir = os.scandir

    def refusing(folder: Path) -> object:
        if Path(folder).name == "shut":
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    unread = Unread()
    assert [file.id for file in walked(tmp_path, unread)] == ["a"]
    assert unread.counts == {"folder without permission": 1}


def test_a_folder_whose_name_is_no_text_is_named(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/p_\xff"))
    tree(folder, "a.png")
    with pytest.raises(ImageError, match=r"has a name with control .*: rename"):
        load(tmp_path)


def test_a_skipped_file_is_called_by_its_name_alone(tmp_path: Path) -> None:
    tree(tmp_path, "meier/a.png")
    (tmp_path / "meier" / "b.png").touch()
    assert load(tmp_path, skip_unreadable=True).skipped[0].startswith("b.png: is empty")
