"""No half-written file ever stands under its final name."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from whorl.errors import WhorlError
from whorl.files import require_folder, write_bytes, write_text, written_atomically


@pytest.fixture
def umask() -> Iterator[None]:
    """Set the usual mask, whatever that of whoever runs the tests."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_block_that_raises_leaves_everything_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "scores.csv"
    target.write_text("old")

    def interrupted() -> None:
        with written_atomically(target) as temporary:
            temporary.write_text("ha")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_folders_are_made_and_nothing_is_left_beside(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "note.txt"
    write_text(target, "eins\nzwei\n")
    assert target.read_bytes() == b"eins\nzwei\n"
    assert list(target.parent.iterdir()) == [target]


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WhorlError, match=r"file/note\.txt: cannot be written"):
        write_text(tmp_path / "file" / "note.txt", "")
    (tmp_path / "folder").mkdir()
    with pytest.raises(WhorlError, match="folder: cannot be written: is a folder"):
        write_text(tmp_path / "folder", "")
    assert list((tmp_path).glob(".*")) == []


@pytest.mark.parametrize("there", ["link", "dangling link", "pipe"])
def test_what_is_no_regular_file_is_never_replaced(tmp_path: Path, there: str) -> None:
    target, other = tmp_path / "report.html", tmp_path / "other"
    if there == "link":
        other.write_text("mine")
    if there == "pipe":
        os.mkfifo(target)
    else:
        target.symlink_to(other)
    words = "a named pipe" if there == "pipe" else "a symbolic link"
    with pytest.raises(WhorlError, match=f"report.html: cannot be written: is {words}"):
        write_text(target, "new")
    assert target.is_fifo() if there == "pipe" else target.is_symlink()
    assert not other.exists() or other.read_text() == "mine"


def test_devices_are_never_replaced() -> None:
    with pytest.raises(WhorlError, match="/dev/null: cannot be written: is a device"):
        write_bytes("/dev/null", b"")
    with pytest.raises(WhorlError, match="/dev/null: cannot be written: is a device: give the"):
        require_folder("/dev/null")


def test_a_link_put_there_while_writing_is_not_replaced(tmp_path: Path) -> None:
    target, other = tmp_path / "a.csv", tmp_path / "other"

    def writing() -> None:
        with written_atomically(target) as temporary:
            temporary.write_text("new")
            target.symlink_to(other)

    with pytest.raises(WhorlError, match="is a symbolic link"):
        writing()
    assert target.is_symlink()
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("length", [254, 255])
def test_the_longest_names_can_be_written(tmp_path: Path, length: int) -> None:
    target = tmp_path / ("n" * length)
    write_text(target, "eins")
    assert target.read_text() == "eins"
    with pytest.raises(WhorlError, match="File name too long"):
        write_text(tmp_path / ("n" * 256), "eins")


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    target = tmp_path / "report.html"
    target.write_text("old")
    target.chmod(mode)
    write_text(target, "new", private=True)
    write_text(target, "newer")
    assert mode_of(target) == mode
    write_text(target, "key", 0o600)
    assert mode_of(target) == 0o600


@pytest.mark.usefixtures("umask")
def test_new_files_are_as_the_mask_says_and_private_ones_their_owners(tmp_path: Path) -> None:
    write_text(tmp_path / "scores.csv", "")
    write_text(tmp_path / "report.html", "", private=True)
    assert mode_of(tmp_path / "scores.csv") == 0o644
    assert mode_of(tmp_path / "report.html") == 0o600
    os.umask(0o277)
    write_text(tmp_path / "less.html", "", private=True)
    assert mode_of(tmp_path / "less.html") == 0o400
