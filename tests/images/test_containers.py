"""Zip files."""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.images.files import RAMP, write, write_dicom
from whorl.errors import ImageError
from whorl.images import containers, load


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where zips are unpacked; nothing may be left there."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def zipped(folder: Path, members: dict[str, bytes], compression: int = 8) -> Path:
    path = folder / "scans.zip"
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def picture(folder: Path, grey: int = 0) -> bytes:
    return write(folder, "temporary.png", np.full((8, 8), grey, np.uint8)).read_bytes()


def test_a_zip_is_read_as_its_folder_and_nothing_stays(tmp_path: Path, temporary: Path) -> None:
    members = {
        "export/p10/a.png": picture(tmp_path, 3),
        "export/p2/a.png": picture(tmp_path, 2),
        "export/notes.txt": b"text",
        "export/.DS_Store": b"",
        "__MACOSX/export/p2/._a.png": b"",
    }
    images = load(zipped(tmp_path, members))
    assert (images.ids, images.source) == (("p2/a", "p10/a"), "scans.zip")
    assert images.pixels[:, 0, 0].tolist() == [2, 3]
    assert (images.unread, images.origins) == ({"text file": 1}, None)
    assert list(temporary.iterdir()) == []


def test_dicom_without_an_ending_is_found_and_flat_leaves_folders_out(tmp_path: Path) -> None:
    dicom = write_dicom(tmp_path / "one", RAMP).read_bytes()
    path = zipped(tmp_path, {"IM1": dicom, "README": b"text", "p/IM2": dicom, "p/q/IM3": dicom})
    assert load(path).ids == ("IM1", "p/IM2", "p/q/IM3")
    flat = load(path, flat=True)
    assert flat.ids == ("IM1",)
    assert flat.unread == {"file without an ending": 1, "sub-folder": 1}


@pytest.mark.parametrize(
    "name", ["../a.png", "/etc/a.png", "p/../../a.png", "..\\a.png", "C:/a.png"]
)
def test_places_outside_are_refused(tmp_path: Path, temporary: Path, name: str) -> None:
    path = zipped(tmp_path, {"b.png": picture(tmp_path), name: picture(tmp_path)})
    with pytest.raises(ImageError, match=r"scans\.zip: names a place outside itself"):
        load(path)
    assert list(temporary.iterdir()) == []


def test_links_and_encrypted_members_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "scans.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("a.png")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(ImageError, match=r"scans\.zip: holds a link, a\.png"):
        load(path)
    zipped(tmp_path, {"a.png": picture(tmp_path)}, 0)
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    with pytest.raises(ImageError, match=r"scans\.zip: is encrypted"):
        load(path)


def test_bombs_are_refused_before_they_unpack(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zipped(tmp_path, {"a.png": bytes(10**6)})
    monkeypatch.setattr(containers, "ALWAYS_FINE", 1000)
    with pytest.raises(ImageError, match=r"scans\.zip: claims to unpack to .*bomb"):
        load(path)
    monkeypatch.setattr(containers, "MOST_TIMES", 10**9)
    free = type("Usage", (), {"free": 10})()
    monkeypatch.setattr(containers.shutil, "disk_usage", lambda _: free)
    with pytest.raises(ImageError, match=r"scans\.zip: needs .* GB are free"):
        load(path)
    assert list(temporary.iterdir()) == []


def test_no_more_is_written_than_a_member_says_it_holds(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a.png": picture(tmp_path) + bytes(5000)})
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02") + 24
    raw[at : at + 4] = (100).to_bytes(4, "little")
    path.write_bytes(raw)
    with pytest.raises(ImageError, match=r"scans\.zip: is no zip file, or is damaged"):
        load(path)


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_ways_of_packing_are_refused(tmp_path: Path, compression: int) -> None:
    path = zipped(tmp_path, {"a.png": picture(tmp_path)}, compression)
    with pytest.raises(ImageError, match=r"a\.png is packed in a way that whorl does not unpack"):
        load(path)


def test_what_is_no_zip_or_cut_short(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"no zip")
    with pytest.raises(ImageError, match=r"a\.zip: is no zip file"):
        load(tmp_path / "a.zip")
    with pytest.raises(ImageError, match=r"gone\.zip: no such file"):
        load(tmp_path / "gone.zip")
    (tmp_path / "noise").mkdir()
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)
    content = write(tmp_path / "noise", "n.png", noise).read_bytes()
    path = zipped(tmp_path, {"a.png": content})
    raw = bytearray(path.read_bytes())
    raw[200:300] = os.urandom(100)
    path.write_bytes(raw)
    with pytest.raises(ImageError, match=r"scans\.zip: (is no zip|cannot be unpacked)"):
        load(path)


def test_errors_speak_of_the_zip(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"p/a.png": b"no picture", "b.png": picture(tmp_path)})
    with pytest.raises(ImageError, match=r"scans\.zip/p/a\.png: is not a PNG"):
        load(path)
    with pytest.raises(ImageError, match=r"scans\.zip: holds no image .*; found 1 text file"):
        load(zipped(tmp_path, {"p/notes.txt": b"text"}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name(tmp_path: Path) -> None:
    path = tmp_path / "scans.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", picture(tmp_path))
        archive.writestr("a.png", picture(tmp_path, 9))
    with pytest.raises(ImageError, match=r"scans\.zip/a\.png: cannot be unpacked: File exists"):
        load(path)
