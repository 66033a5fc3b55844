"""What was there and was not read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.images.files import write
from whorl.images import load
from whorl.images.unread import counted, described, unread_sentences


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.gif", "GIF file"),
        ("notes.MD", "text file"),
        ("LICENSE", "file without an ending"),
        ("1.2.840.7", "file of another kind"),
        ("scan.meier", "file of another kind"),
        ("scans.zip", "archive"),
    ],
)
def test_kinds_are_told_by_well_known_endings_alone(name: str, kind: str) -> None:
    assert described(name) == kind


def test_kinds_are_put_in_number() -> None:
    kinds = {"GIF file": 1200, "file of another kind": 2, "DICOM object of kind SR": 3, "video": 1}
    assert counted(kinds) == (
        "1,200 GIF files, 2 files of another kind, 3 DICOM objects of kind SR, 1 video"
    )


def test_what_was_skipped_is_counted_too(tmp_path: Path) -> None:
    write(tmp_path, "a.png")
    for name in ("b.gif", "c.gif", "d.png"):
        (tmp_path / name).touch()
    images = load(tmp_path, name="candidates", skip_unreadable=True)
    assert unread_sentences(images) == (
        "Not read of candidates, and nothing is said about them: 2 GIF files, 1 unreadable file.",
    )
    assert unread_sentences(load([tmp_path / "a.png"])) == ()
