"""Results kept on disk, so that a killed run resumes and nothing is computed twice.

Each array lies in a file of its own, named by a key that the caller derives from all that the
array depends on (content hashes, measure, parameters); whorl's version is added here. A file ends
with a hash of what stands before it: a damaged one is noticed, removed and computed again. Files
appear whole or not at all, so that several processes can share a folder.

The hash notices damage, not malice: who can write the cache can write the result. It is therefore
made for its owner alone (mode 700), and only regular files are read from it, no link followed. A
cache that cannot be used is warned of once, and gone on without.
"""

from __future__ import annotations

import errno
import hashlib
import math
import os
import stat
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import TYPE_CHECKING, Any, BinaryIO

from whorl.errors import WhorlError
from whorl.files import TEMPORARY, written_atomically
from whorl.version import __version__

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

HASH_BYTES = 32
BLOCK_BYTES = 1 << 20
SUFFIX = ".array"
OWNER_ONLY = 0o700
OLD_SECONDS = 24 * 3600
"""After so long without a change, a temporary file is what a killed process left."""

_WARNED: set[Path] = set()
_SWEPT: set[Path] = set()
"""The folders that this process has warned of, and swept."""


def default_folder() -> Path:
    """Return the folder that ``WHORL_CACHE`` names, else ``whorl`` in the user's cache folder.

    Raises
    ------
    WhorlError
        If the user has no home folder, and neither variable names another.

    Examples
    --------
    >>> bool(default_folder().name)
    True
    """
    named, home = os.environ.get("WHORL_CACHE"), os.environ.get("XDG_CACHE_HOME")
    try:
        if named:
            return Path(named).expanduser()
        return (Path(home) if home else Path.home() / ".cache") / "whorl"
    except RuntimeError as error:
        raise WhorlError(
            "no home folder is known: name one for the cache in WHORL_CACHE, or give --no-cache"
        ) from error


@dataclass(frozen=True)
class Usage:
    """How much a cache holds.

    Attributes
    ----------
    files : int
        Number of arrays.
    size : int
        Bytes, of arrays and of what killed writes left.
    unfinished : int
        Number of temporary files that killed writes left, or that are being written.
    """

    files: int
    size: int
    unfinished: int = 0


@dataclass(frozen=True)
class Cache:
    """Arrays kept in a folder.

    Attributes
    ----------
    folder : pathlib.Path
        Made when something is first kept.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> cache = Cache(Path(tempfile.mkdtemp()))
    >>> cache.put("what it depends on", np.arange(3))
    >>> cache.get("what it depends on")
    array([0, 1, 2])
    >>> cache.clear().files, cache.get("what it depends on") is None
    (1, True)
    """

    folder: Path

    def holds(self, key: str) -> bool:
        """Tell whether something is kept under `key`, be it damaged."""
        try:
            return stat.S_ISREG(self._path(key).lstat().st_mode)
        except OSError:
            return False

    def get(
        self, key: str, shape: tuple[int, ...] | None = None, dtype: DTypeLike | None = None
    ) -> NDArray[Any] | None:
        """Return what was kept under `key`; None if nothing was, or nothing that can be used.

        Parameters
        ----------
        key : str
            What the array depends on.
        shape, dtype : tuple of int, type
            What the array must be like, where that is known.
        """
        path = self._path(key)
        try:
            with _opened(path) as file:
                array = _read(file, shape, dtype)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._warn(f"{path} cannot be used ({error.strerror or error})")
            return None
        if array is None:
            warnings.warn(f"{path}: damaged; it is computed again", stacklevel=2)
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                self._warn(f"{path} cannot be removed ({error.strerror or error})")
        return array

    def put(self, key: str, array: NDArray[Any]) -> None:
        """Keep `array` under `key`; where that cannot be done, warn once and go on without.

        Where another process clears the cache meanwhile, the array is cleared with the rest.
        """
        import numpy as np

        path = self._path(key)
        try:
            self._made(path.parent)
            with written_atomically(path) as temporary, temporary.open("wb") as file:
                hashed = _Hashed(file)
                np.save(hashed, array, allow_pickle=False)
                file.write(hashed.digest.digest())
        except OSError as error:
            self._warn(f"{error.filename}: {error.strerror or error}")
        except WhorlError as error:
            if not isinstance(error.__cause__, FileNotFoundError):  # else it was cleared meanwhile
                self._warn(str(error))

    def usage(self) -> Usage:
        """Return how much is kept, and how much killed writes left."""
        return _total(self._files())

    def clear(self) -> Usage:
        """Remove everything that was kept and all that killed writes left; say how much it was."""
        removed = list(self._files())
        for path, _ in removed:
            path.unlink(missing_ok=True)
        return _total(removed)

    def sweep(self) -> None:
        """Remove temporary files that nobody has written to for a day."""
        for path, _ in self._files():
            with suppress(OSError):
                if _is_temporary(path) and time.time() - path.lstat().st_mtime > OLD_SECONDS:
                    path.unlink()

    def _files(self) -> Iterator[tuple[Path, int]]:
        """Yield the files of all versions with their bytes; nothing else here is touched."""
        for place in self.folder.glob("*/??"):
            if place.is_symlink() or place.parent.is_symlink():
                continue
            for path in place.iterdir():
                if path.suffix == SUFFIX or _is_temporary(path):
                    with suppress(FileNotFoundError):  # another process may have removed it
                        yield path, path.lstat().st_size

    def _made(self, place: Path) -> None:
        """Make the folders down to `place` for the owner alone; once in a process, sweep them."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        for folder in (self.folder, place.parent, place):
            folder.mkdir(OWNER_ONLY, exist_ok=True)
        _refuse_links(place)
        if self.folder not in _SWEPT:
            _SWEPT.add(self.folder)
            self.sweep()

    def _warn(self, reason: str) -> None:
        """Say that the cache cannot be used, once for each folder."""
        if self.folder not in _WARNED:
            _WARNED.add(self.folder)
            warnings.warn(f"the cache is gone on without: {reason}", stacklevel=3)

    def _path(self, key: str) -> Path:
        """Return where the array of a key lies."""
        name = hashlib.sha256(key.encode()).hexdigest()
        return self.folder / __version__ / name[:2] / f"{name}{SUFFIX}"


class _Hashed:
    """A file that is written and hashed at once, so that nothing is held twice in memory."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def write(self, content: bytes) -> int:
        """Write bytes."""
        self.digest.update(content)
        return self.file.write(content)


def _is_temporary(path: Path) -> bool:
    """Tell whether a file is one that is being written, or that a killed process left."""
    of_0_1_0 = path.name.startswith(".") and f"{SUFFIX}." in path.name
    return path.name.startswith(TEMPORARY) or of_0_1_0


def _refuse_links(place: Path) -> None:
    """Raise an OSError if a folder within the cache is a link: what lies beyond is not ours."""
    for folder in (place, place.parent):
        if folder.is_symlink():
            raise OSError(errno.ELOOP, "is a symbolic link", str(folder))


def _opened(path: Path) -> BinaryIO:
    """Open a regular file; raise an OSError for a link, a pipe or a device, without waiting."""
    _refuse_links(path.parent)
    kind = path.lstat().st_mode
    if not stat.S_ISREG(kind):
        raise OSError(errno.EINVAL, "is no regular file", str(path))
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    file = os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # put there in the meantime
        file.close()
        raise OSError(errno.EINVAL, "is no regular file", str(path))
    return file


def _read(
    file: BinaryIO, shape: tuple[int, ...] | None, dtype: DTypeLike | None
) -> NDArray[Any] | None:
    """Return the array of a file; None if it is damaged, or not of the shape and type expected.

    Sizes are compared before anything is read: nothing is taken into memory that is not in the
    file.
    """
    import numpy as np

    size = os.fstat(file.fileno()).st_size
    try:
        if np.lib.format.read_magic(file) != (1, 0):
            return None
        found, fortran, kind = np.lib.format.read_array_header_1_0(file)
    except (ValueError, SyntaxError, TokenError, RecursionError, MemoryError):
        return None
    if (shape is not None and found != shape) or (dtype is not None and kind != np.dtype(dtype)):
        return None
    begin, items = file.tell(), math.prod(found)
    if kind.hasobject or not kind.itemsize or any(length < 0 for length in found):
        return None
    if begin + items * kind.itemsize + HASH_BYTES != size or not _is_whole(file):
        return None
    file.seek(begin)
    return np.fromfile(file, kind, items).reshape(found, order="F" if fortran else "C")


def _is_whole(file: BinaryIO) -> bool:
    """Tell whether a file ends with the hash of what stands before it."""
    left = file.seek(0, os.SEEK_END) - HASH_BYTES
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0 and (block := file.read(min(left, BLOCK_BYTES))):
        digest.update(block)
        left -= len(block)
    return file.read() == digest.digest()


def _total(files: Iterable[tuple[Path, int]]) -> Usage:
    """Count and add up."""
    every = list(files)
    unfinished = sum(_is_temporary(path) for path, _ in every)
    return Usage(len(every) - unfinished, sum(size for _, size in every), unfinished)
