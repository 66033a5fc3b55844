"""Writing files so that no half-written one ever stands under its final name, and their hashes.

A file is written under a short temporary name beside its own and then renamed. Only a regular file
is ever replaced: links, pipes, devices and folders are refused. A file that is replaced keeps its
mode; a new one is made as the umask says, and one with pixels of real images for its owner alone.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from whorl.errors import WhorlError

ABSOLUTE = re.compile(r"(?<![\w:/.])(?:[A-Za-z]:)?(?:[/\\][^\s/\\:;,'\"]+)*[/\\]([^\s/\\:;,'\"]+)")
FILE, FOLDER = "a file", "a folder"
TEMPORARY = ".whorl-"
"""What the names of temporary files begin with: short, so that long names can be written."""
PRIVATE = 0o600
"""The mode of new files that show pixels of real images, where the umask does not say less."""

KINDS = {
    stat.S_IFREG: FILE,
    stat.S_IFDIR: FOLDER,
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
}


class ByName(str):
    """A path that stands with its last name alone where a value is shown, as in a report.

    Examples
    --------
    >>> (ByName("/home/ann/tampering"),)
    ('tampering',)
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(Path(self).name)


def without_paths(text: str) -> str:
    """Return a text with the last name of each absolute path in the path's place.

    Whatever lies in the user's home or in the working folder stands as seen from there: their own
    names may hold blanks, which the end of other paths is told by.

    Examples
    --------
    >>> without_paths("--weights /home/ann/net.pt: cannot be read; see https://pytorch.org/hub")
    '--weights net.pt: cannot be read; see https://pytorch.org/hub'
    """
    for place in own_folders():
        text = re.sub(rf"{re.escape(str(place))}(?:[/\\]|(?![\w.-]))", "", text)
    return ABSOLUTE.sub(r"\1", text)


def own_folders() -> list[Path]:
    """Return the working folder and the user's home, the longest way first."""
    found = {Path.cwd(), Path.cwd().resolve()}
    with suppress(RuntimeError):  # there is no home
        found |= {Path.home(), Path.home().resolve()}
    deep = [place for place in found if len(place.parts) > 1]
    return sorted(deep, key=lambda place: -len(str(place)))


def kind_of(path: Path | str) -> str:
    """Return what stands at a path, in words; empty if nothing does. A link is not followed.

    Raises
    ------
    WhorlError
        If that cannot be told, as of a path that leads through a file.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> kind_of(folder), kind_of(folder / "none"), kind_of("/dev/null")
    ('a folder', '', 'a device')
    """
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise WhorlError(f"{path}: cannot be written: {reason}") from error
    return KINDS.get(stat.S_IFMT(mode), "a device")


def require_writable(path: Path | str) -> None:
    """Raise an error if something other than a regular file stands where one is to be written.

    Raises
    ------
    WhorlError
        Saying what stands there.

    Examples
    --------
    >>> require_writable("/dev/null")
    Traceback (most recent call last):
    whorl.errors.WhorlError: /dev/null: cannot be written: is a device: give the name of a file
    """
    _require_kind(path, FILE)


def require_folder(path: Path | str) -> None:
    """Raise an error if something other than a folder stands where one is to be written into.

    Raises
    ------
    WhorlError
        Saying what stands there.

    Examples
    --------
    >>> require_folder("/dev/null")
    Traceback (most recent call last):
    whorl.errors.WhorlError: /dev/null: cannot be written: is a device: give the name of a folder
    """
    _require_kind(path, FOLDER)


def _require_kind(path: Path | str, wanted: str) -> None:
    """Raise an error if something of another kind stands there."""
    if (kind := kind_of(path)) not in ("", wanted):
        raise WhorlError(f"{path}: cannot be written: is {kind}: give the name of {wanted}")


@contextmanager
def written_atomically(
    path: Path | str, mode: int | None = None, *, private: bool = False
) -> Iterator[Path]:
    r"""Give a temporary path beside `path`; rename it to `path` when the block ends well.

    Parameters
    ----------
    path : path
        Final name, of a regular file or of nothing. Its folder is made if absent.
    mode : int or None
        Who may read and write the file, as for ``chmod``. None = as the file that it replaces; a
        new one as the umask says. Until it is complete only its owner may.
    private : bool
        Whether a new file is for its owner alone: mode 600 where the umask does not say less.

    Yields
    ------
    pathlib.Path
        An empty file in the same folder, to be written. When the block raises, it is removed and
        `path` is left as it was.

    Raises
    ------
    WhorlError
        If a link, a pipe, a device or a folder stands at `path`, or its folder cannot be made or
        written to.

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
    require_writable(final)
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=TEMPORARY, dir=final.parent)
    except OSError as error:
        raise WhorlError(f"{final}: cannot be written: {error.strerror or error}") from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(_mode(final, private=private) if mode is None else mode)
        require_writable(final)  # while the block ran, something else may have been put there
        temporary.replace(final)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise WhorlError(f"{final}: cannot be written: {error.strerror or error}") from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_bytes(
    path: Path | str, content: bytes, mode: int | None = None, *, private: bool = False
) -> str:
    """Write `content` to `path`, atomically, and return its SHA-256 as hexadecimal digits.

    `mode` and `private` are those of :func:`written_atomically`.

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
    with written_atomically(path, mode, private=private) as temporary:
        temporary.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def write_text(
    path: Path | str, text: str, mode: int | None = None, *, private: bool = False
) -> str:
    """Write `text` as UTF-8 to `path`, atomically, and return the SHA-256 of its bytes.

    `mode` and `private` are those of :func:`written_atomically`.

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
    return write_bytes(path, content, mode, private=private)


def file_hash(path: Path | str) -> str:
    """Return the SHA-256 of a file's bytes as hexadecimal digits."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _mode(final: Path, *, private: bool) -> int:
    """Return the mode of the file that is replaced, else that of a new one."""
    try:
        return os.lstat(final).st_mode & 0o777
    except FileNotFoundError:
        return (PRIVATE if private else 0o666) & ~_umask()


def _umask() -> int:
    """Return the process's file mode mask (it can only be read by setting it)."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
