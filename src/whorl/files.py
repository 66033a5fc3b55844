"""Writing files so that no half-written one ever stands under its final name, and their hashes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from whorl.errors import WhorlError


@contextmanager
def written_atomically(path: Path | str, mode: int | None = None) -> Iterator[Path]:
    r"""Give a temporary path beside `path`; rename it to `path` when the block ends well.

    Parameters
    ----------
    path : path
        Final name. Its folder is made if absent.
    mode : int or None
        Who may read and write the file, as for ``chmod``; None = as for any new file. Until it is
        complete only its owner may.

    Yields
    ------
    pathlib.Path
        An empty file in the same folder, to be written. When the block raises, it is removed and
        `path` is left as it was.

    Raises
    ------
    WhorlError
        If the folder cannot be made or written to.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "scores.csv"
    >>> with written_atomically(target) as temporary:
    ...     _ = temporary.write_text("image_id,score\n", encoding="utf-8")
    ...     target.exists()
    False
    >>> target.read_text(encoding="utf-8")
    'image_id,score\n'
    """
    final = Path(path)
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{final.name}.", dir=final.parent)
    except OSError as error:
        raise WhorlError(f"{final}: cannot be written: {error.strerror or error}") from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask() if mode is None else mode)
        temporary.replace(final)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise WhorlError(f"{final}: cannot be written: {error.strerror or error}") from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_bytes(path: Path | str, content: bytes, mode: int | None = None) -> str:
    """Write `content` to `path`, atomically, and return its SHA-256 as hexadecimal digits.

    `mode` is that of :func:`written_atomically`.

    Raises
    ------
    WhorlError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "note.txt"
    >>> write_bytes(target, b"leave no half") == file_hash(target)
    True
    """
    with written_atomically(path, mode) as temporary:
        temporary.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def write_text(path: Path | str, text: str, mode: int | None = None) -> str:
    """Write `text` as UTF-8 to `path`, atomically, and return the SHA-256 of its bytes.

    `mode` is that of :func:`written_atomically`.

    Raises
    ------
    WhorlError
        If the text cannot be written as UTF-8, or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "note.txt"
    >>> write_text(target, "leave no half") == file_hash(target)
    True
    >>> target.read_text(encoding="utf-8")
    'leave no half'
    """
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError as error:
        found = text[max(error.start - 40, 0) : error.end].rpartition("\n")[2]
        raise WhorlError(f"{path}: cannot be written as UTF-8: {found!r}") from error
    return write_bytes(path, content, mode)


def file_hash(path: Path | str) -> str:
    """Return the SHA-256 of a file's bytes as hexadecimal digits."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _umask() -> int:
    """Return the process's file mode mask (it can only be read by setting it)."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
