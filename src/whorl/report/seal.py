"""Whether a report is still what was signed: hashes of its files, and one seal over them.

The hashes stand in ``SHA256SUMS``, as ``sha256sum --check`` reads them. The seal is the hash of
that file: whoever signs notes it elsewhere, since who can change a report can change its hashes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from whorl.errors import WhorlError
from whorl.files import file_hash, write_text

SUMS = "SHA256SUMS"
LINE = re.compile(r"([0-9a-f]{64})  ([^/\\\0]+)")


class State(StrEnum):
    """What became of a file since it was sealed."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    MISSING = "missing"


class SealError(WhorlError):
    """A report's hashes cannot be used."""


def write_seal(folder: Path | str, hashes: Mapping[str, str]) -> str:
    """Write the hashes of a folder's files, and return the seal over them.

    Parameters
    ----------
    folder : path
        The report's folder.
    hashes : mapping of str to str
        File name → SHA-256 as hexadecimal digits.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> seal = write_seal(folder, {"note.txt": write_text(folder / "note.txt", "as signed")})
    >>> verified(folder) == ({"note.txt": State.UNCHANGED}, seal)
    True
    """
    lines = (f"{digest}  {name}\n" for name, digest in hashes.items())
    return write_text(Path(folder) / SUMS, "".join(lines))


def verified(folder: Path | str) -> tuple[dict[str, State], str]:
    """Hash a report's files again, and say of each what became of it.

    Returns
    -------
    tuple of (dict of str to State, str)
        File name → its state; and the seal.

    Raises
    ------
    SealError
        If the folder holds no hashes, or they are no list of hashes.
    """
    path = Path(folder) / SUMS
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SealError(f"{path}: cannot be read: give a folder that whorl audit wrote") from error
    states = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = LINE.fullmatch(line)
        if match is None:
            raise SealError(f"{path}: line {number}: expected a SHA-256, two spaces and a name")
        digest, name = match.groups()
        states[name] = _state(Path(folder) / name, digest)
    if not states:
        raise SealError(f"{path}: is empty: expected one line for each file of the report")
    return states, file_hash(path)


def _state(path: Path, digest: str) -> State:
    """Return what became of a file that had a hash."""
    if not path.is_file():
        return State.MISSING
    return State.UNCHANGED if file_hash(path) == digest else State.CHANGED
