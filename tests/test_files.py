"""No half-written file ever stands under its final name."""

from __future__ import annotations

from pathlib import Path

import pytest

from whorl.errors import WhorlError
from whorl.files import write_text, written_atomically


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
    with pytest.raises(WhorlError, match="folder: cannot be written"):
        write_text(tmp_path / "folder", "")
    assert list((tmp_path).glob(".*")) == []
