"""The seal of a report: what it notices."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from whorl.files import write_text
from whorl.report.seal import SUMS, SealError, State, verified, write_seal


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    names = ("report.html", "scores.csv")
    write_seal(tmp_path, {name: write_text(tmp_path / name, name) for name in names})
    return tmp_path


def test_the_hashes_are_as_sha256sum_writes_them(sealed: Path) -> None:
    digest = hashlib.sha256(b"report.html").hexdigest()
    assert (sealed / SUMS).read_text().splitlines()[0] == f"{digest}  report.html"
    assert verified(sealed)[1] == hashlib.sha256((sealed / SUMS).read_bytes()).hexdigest()


def test_a_changed_and_a_missing_file_are_told(sealed: Path) -> None:
    (sealed / "report.html").write_text("another")
    (sealed / "scores.csv").unlink()
    states, _ = verified(sealed)
    assert states == {"report.html": State.CHANGED, "scores.csv": State.MISSING}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        (b"\xff", "cannot be read"),
        (b"", "is empty"),
        (b"0" * 64 + b" report.html\n", "line 1: expected a SHA-256"),
        (b"0" * 64 + b"  ../outside\n", "line 1: expected a SHA-256"),
    ],
)
def test_bad_hashes_are_named(tmp_path: Path, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / SUMS).write_bytes(content)
    with pytest.raises(SealError, match=words):
        verified(tmp_path)
