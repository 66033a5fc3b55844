from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.images.files import RAMP, write, write_dicom
from whorl.errors import ImageError
from whorl.images import require_distinct
from whorl.images.listing import Kind, listed, printable


def test_files_come_by_name_and_are_called_without_their_ending(tmp_path: Path) -> None:
    for name in ("b.png", "a.2.JPG", "c.nii.gz", "d.v1.tiff", "e.dcm"):
        (tmp_path / name).touch()
    files = listed(tmp_path).files
    assert [file.id for file in files] == ["a.2", "b", "c", "d.v1", "e"]
    assert [file.kind for file in files] == [
        Kind.RASTER, Kind.RASTER, Kind.NIFTI, Kind.RASTER, Kind.DICOM,
    ]  # fmt: skip


def test_dicom_is_known_by_its_content_and_keeps_its_whole_name(tmp_path: Path) -> None:
    for name in ("1.2.840.7", "1.2.840.8", "IM0001"):
        write_dicom(tmp_path / name, RAMP)
    assert [(file.id, file.kind) for file in listed(tmp_path).files] == [
        ("1.2.840.7", Kind.DICOM), ("1.2.840.8", Kind.DICOM), ("IM0001", Kind.DICOM),
    ]  # fmt: skip


def test_hidden_files_are_passed_over_and_others_counted(tmp_path: Path) -> None:
    for folder in ("masks", "__MACOSX", ".git"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "m.png").touch()
    for name in (".DS_Store", ".hidden.png", "a.png", "README.md", "b.gif", "c.gif", "Thumbs.db"):
        (tmp_path / name).write_text("not DICOM" * 30)
    write_dicom(tmp_path / "DICOMDIR", RAMP)
    listing = listed(tmp_path)
    assert [file.id for file in listing.files] == ["a", "masks/m"]
    assert listing.unread == {"GIF file": 2, "text file": 1}
    flat = listed(tmp_path, flat=True)
    assert [file.id for file in flat.files] == ["a"]
    assert flat.unread == {"GIF file": 2, "sub-folder": 1, "text file": 1}


def test_a_list_keeps_its_order_and_may_name_hidden_files(tmp_path: Path) -> None:
    files = [tmp_path / "b.png", str(tmp_path / ".a.png")]
    assert [file.id for file in listed(files).files] == ["b", ".a"]


def test_a_volume_is_called_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "thorax.nii.gz").touch()
    assert listed(tmp_path / "thorax.nii.gz").name == "thorax"


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"gone: no such folder"):
        listed(tmp_path / "gone")


@pytest.mark.parametrize("name", ["a.png", "a.txt"])
def test_file_in_place_of_a_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("text")
    with pytest.raises(ImageError, match=rf"{name}: is not a folder: give a folder of images"):
        listed(tmp_path / name)


def test_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"holds no image that whorl reads \(PNG, JPEG.*\)$"):
        listed(tmp_path)


def test_folder_of_other_things_says_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "b.gif").touch()
    (tmp_path / "a.gif").touch()
    with pytest.raises(ImageError, match=r"; found 2 GIF files \(first: a\.gif\)$"):
        listed(tmp_path)
    with pytest.raises(ImageError, match=r"1 sub-folder \(first: images\)$"):
        listed(tmp_path, flat=True)


def test_empty_list() -> None:
    with pytest.raises(ImageError, match="the list of images is empty"):
        listed([])


def test_folder_that_may_not_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(ImageError, match="cannot be listed: Permission denied"):
        listed(tmp_path)


def test_two_files_of_one_id_are_both_named(tmp_path: Path) -> None:
    write(tmp_path, "a.png")
    write(tmp_path, "a.jpg")
    with pytest.raises(ImageError, match=r"a\.jpg and .*a\.png have the same id 'a'"):
        listed(tmp_path)


def test_files_of_one_name_from_two_folders_are_both_named(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with pytest.raises(ImageError, match=r"a\.png and .*x/a\.png have the same id 'a'"):
        listed([tmp_path / "a.png", tmp_path / "x" / "a.png"])


def test_one_folder_given_twice_is_found_through_links(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(ImageError, match=r"^GENERATED and --reference are the same folder, .*real"):
        require_distinct(
            ("GENERATED", tmp_path / "real"),
            ("CANDIDATES", tmp_path / "other"),
            ("--reference", str(tmp_path / "link")),
        )


def test_different_folders_lists_and_nothing_are_distinct(tmp_path: Path) -> None:
    files = [tmp_path / "a.png"]
    named = ("A", tmp_path / "a"), ("B", tmp_path / "sub"), ("C", None), ("D", None), ("E", files)
    require_distinct(*named, ("F", files))
    with pytest.raises(ImageError, match="B and G are the same folder"):
        require_distinct(*named, ("G", tmp_path / "sub"))


def test_a_folder_within_another_is_refused_unless_folders_are_read_flat(tmp_path: Path) -> None:
    named = ("GENERATED", tmp_path / "made"), ("CANDIDATES", tmp_path)
    with pytest.raises(ImageError, match=r"GENERATED lies within CANDIDATES, .*or --flat"):
        require_distinct(*named)
    with pytest.raises(ImageError, match="GENERATED lies within CANDIDATES"):
        require_distinct(*named[::-1])
    require_distinct(*named, flat=True)


def test_names_that_cannot_be_written_are_escaped() -> None:
    assert printable(os.fsdecode(b"ct_\xff.png")) == r"'ct_\udcff.png'"
    assert printable("レントゲン 1.png") == "レントゲン 1.png"
