"""Results kept on disk, so that a killed run resumes and nothing is computed twice.

Each array lies in a file of its own, named by a key that the caller derives from all that the
array depends on (content hashes, measure, parameters); whorl's version is added here. A file ends
with a hash of what stands before it: a damaged one is noticed, removed and computed again. Files
appear whole or not at all, so that several processes can share a folder.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from whorl.errors import WhorlError
from whorl.files import written_atomically
from whorl.version import __version__

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HASH_BYTES = 32
BLOCK_BYTES = 1 << 20
SUFFIX = ".array"


def default_folder() -> Path:
    """Return the folder that ``WHORL_CACHE`` names, else ``whorl`` in the user's cache folder.

    Examples
    --------
    >>> bool(default_folder().name)
    True
    """
    if named := os.environ.get("WHORL_CACHE"):
        return Path(named).expanduser()
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "whorl"


@dataclass(frozen=True)
class Usage:
    """How much a cache holds.

    Attributes
    ----------
    files : int
        Number of arrays.
    size : int
        Bytes.
    """

    files: int
    size: int


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
        return self._path(key).exists()

    def get(self, key: str) -> NDArray[Any] | None:
        """Return what was kept under `key`; None if nothing was, or if it is damaged."""
        import numpy as np

        path = self._path(key)
        try:
            with path.open("rb") as file:
                if _is_whole(file):
                    file.seek(0)
                    array: NDArray[np.generic] = np.load(file, allow_pickle=False)
                    return array
        except OSError:
            return None
        warnings.warn(f"{path}: damaged; it is computed again", stacklevel=2)
        path.unlink(missing_ok=True)
        return None

    def put(self, key: str, array: NDArray[Any]) -> None:
        """Keep `array` under `key`; where that cannot be done, warn and go on without."""
        import numpy as np

        try:
            with (
                written_atomically(self._path(key)) as temporary,
                temporary.open("wb") as file,
            ):
                hashed = _Hashed(file)
                np.save(hashed, array, allow_pickle=False)
                file.write(hashed.digest.digest())
        except WhorlError as error:
            warnings.warn(f"nothing more is kept in the cache: {error}", stacklevel=2)

    def usage(self) -> Usage:
        """Return how much is kept."""
        return _total(size for _, size in self._files())

    def clear(self) -> Usage:
        """Remove everything that was kept, and return how much that was."""
        removed = list(self._files())
        for path, _ in removed:
            path.unlink(missing_ok=True)
        return _total(size for _, size in removed)

    def _files(self) -> Iterator[tuple[Path, int]]:
        """Yield the files of all versions with their bytes; nothing else here is touched."""
        for path in self.folder.glob(f"*/??/*{SUFFIX}"):
            with suppress(FileNotFoundError):  # another process may have removed it
                yield path, path.stat().st_size

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


def _is_whole(file: BinaryIO) -> bool:
    """Tell whether a file ends with the hash of what stands before it."""
    left = file.seek(0, os.SEEK_END) - HASH_BYTES
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0 and (block := file.read(min(left, BLOCK_BYTES))):
        digest.update(block)
        left -= len(block)
    return file.read() == digest.digest()


def _total(sizes: Iterable[int]) -> Usage:
    """Count and add up."""
    every = list(sizes)
    return Usage(len(every), sum(every))
