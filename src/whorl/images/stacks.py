"""Stacks of images in one array: NumPy's .npy and .npz, and the data sets of HDF5 files."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.extras import imported
from whorl.images.kinds import printable

NUMPY = (".npy", ".npz")
HDF5 = (".h5", ".hdf5", ".hdf")
INNER = "::"
BLOCK_BYTES = 16 * 2**20


@dataclass(frozen=True)
class Stack:
    """Images in one array, read block by block.

    Attributes
    ----------
    name : str
        What it is called.
    where : str
        How messages call it.
    shape : tuple of int
        (n, height, width), or (n, height, width, channels).
    dtype : dtype
        Of the values.
    values : object
        What gives images by ``values[first:last]``, in ascending order.
    source : str or None
        The name of its file, without the way to it.
    """

    name: str
    where: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    values: Any
    source: str | None = None

    def images(self) -> Iterator[NDArray[Any]]:
        """Yield the images one after the other."""
        step = max(1, BLOCK_BYTES // max(1, prod(self.shape[1:]) * self.dtype.itemsize))
        for first in range(0, self.shape[0], step):
            try:
                block = np.asarray(self.values[first : min(first + step, self.shape[0])])
            except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
                raise ImageError(f"{self.where}: is damaged or cut short ({error})") from error
            yield from block


def parted(path: Path) -> tuple[Path, str]:
    """Part ``file.h5::data/set`` into the file and the name within; the name may be empty.

    Examples
    --------
    >>> parted(Path("scans.h5::chest/images"))[1], parted(Path("stack.npy"))[1]
    ('chest/images', '')
    """
    file, _, inner = str(path).partition(INNER)
    return Path(file), inner.strip("/")


def is_stack(path: Path) -> bool:
    """Tell by its ending whether a file holds stacks.

    Examples
    --------
    >>> is_stack(Path("scans.h5::images")), is_stack(Path("scan.nii"))
    (True, False)
    """
    return parted(path)[0].suffix.lower() in (*NUMPY, *HDF5) and not path.is_dir()


@contextmanager
def opened_stack(path: Path) -> Iterator[Stack]:
    """Open a stack of images; nothing is unpickled and nothing read that lies in other files.

    Parameters
    ----------
    path : path
        ``stack.npy``, ``stacks.npz::name`` or ``file.h5::data/set``. The name may be left out
        where only one array can hold images.

    Raises
    ------
    ImageError
        If there is no such file or name, naming what there is; if the array is none of images.
    NeedError
        If h5py is needed and absent.
    """
    file, inner = parted(path)
    where = printable(path)
    if not file.is_file():
        raise ImageError(f"{printable(file)}: no such file")
    with ExitStack() as stack:
        try:
            if file.suffix.lower() == ".npy":
                if inner:
                    raise ImageError(f"{where}: a .npy file holds one array: leave out the name")
                array = np.load(file, mmap_mode="r", allow_pickle=False)
            elif file.suffix.lower() == ".npz":
                archive = stack.enter_context(zipfile.ZipFile(file))
                array = _chosen(_members(archive), inner, where)
                if isinstance(array, _Member):
                    stack.enter_context(array)
            else:
                array = _chosen(_data_sets(file, stack, inner), inner, where)
        except (ValueError, OSError, EOFError, zipfile.BadZipFile, RuntimeError) as error:
            raise ImageError(f"{where}: cannot be read ({error})") from error
        within = f"{INNER}{inner}" if inner else ""
        stacked = as_stack(array, (inner or file.stem).replace("/", "_"), where)
        yield replace(stacked, source=f"{file.name}{within}")


def as_stack(array: Any, name: str, where: str) -> Stack:
    """Return an array-like object as a stack of images, if its shape is one.

    Raises
    ------
    ImageError
        If it is not of shape (n, height, width), (height, width) or either with 1 or 3 channels.

    Examples
    --------
    >>> as_stack(np.zeros((5, 8, 9), np.uint8), "scans", "scans.npy").shape
    (5, 8, 9)
    """
    shape = tuple(int(length) for length in array.shape)
    if len(shape) == 2:
        array, shape = np.asarray(array[()])[None], (1, *shape)
    if not _may_hold_images(shape):
        raise ImageError(
            f"{where}: expected images, an array of shape (n, height, width) or (n, height, width, "
            f"3), found shape {shape}"
        )
    return Stack(name, where, shape, np.dtype(array.dtype), array)


def _may_hold_images(shape: tuple[int, ...]) -> bool:
    """Tell whether an array of such a shape is a stack of images."""
    return 0 not in shape and (len(shape) == 3 or (len(shape) == 4 and shape[3] in (1, 3)))


def _chosen(arrays: Mapping[str, Any], inner: str, where: str) -> Any:
    """Return the array that was named, or the only one that may hold images."""
    if inner:
        if inner in arrays:
            return arrays[inner]
        raise ImageError(f"{where}: holds no array of that name; {_told(arrays)}")
    fit = [array for array in arrays.values() if _may_hold_images(tuple(array.shape))]
    if len(fit) != 1:
        raise ImageError(f"{where}: say which array holds the images, as {where}::NAME; "
                         f"{_told(arrays)}")  # fmt: skip
    return fit[0]


def _told(arrays: Mapping[str, Any]) -> str:
    """Say which arrays there are."""
    if not arrays:
        return "it holds no array"
    first = [f"{printable(name)} {tuple(a.shape)}" for name, a in list(arrays.items())[:10]]
    rest = f" and {len(arrays) - 10:,} more" if len(arrays) > 10 else ""
    return f"it holds {', '.join(first)}{rest}"


class _Member:
    """An array in an .npz file, read in ascending order without ever being held whole."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        self._archive, self._info, self._at = archive, info, 0
        with archive.open(info) as file:
            self.shape, self._fortran, self.dtype = _header(file)

    def __enter__(self) -> None:
        self._file = self._archive.open(self._info)
        _header(self._file)

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getitem__(self, rows: Any) -> NDArray[Any]:
        """Read the next rows, or all of an array of two dimensions."""
        if self._fortran or self.dtype.hasobject:
            raise ValueError("its array is in Fortran's order, or of Python objects: save it anew")
        shape = self.shape if rows == () else (rows.stop - self._at, *self.shape[1:])
        if rows != () and rows.start != self._at:
            raise ValueError("rows must be read in their order")
        size = prod(shape) * self.dtype.itemsize
        if size > self._info.file_size:
            raise ValueError("its header claims more than it holds")
        read = self._file.read(size)
        if len(read) != size:
            raise ValueError("it ends too early")
        self._at += shape[0]
        return np.frombuffer(read, self.dtype).reshape(shape)


def _members(archive: zipfile.ZipFile) -> dict[str, _Member]:
    """Return the arrays of an .npz file by name."""
    return {
        info.filename.removesuffix(".npy"): _Member(archive, info)
        for info in archive.infolist()
        if info.filename.endswith(".npy")
    }


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Read the header of an array: its shape, whether its order is Fortran's, its type."""
    read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    version = npy.read_magic(file)
    if version not in read:
        raise ValueError(f"its format {version} is not known")
    return read[version](file)


def _data_sets(file: Path, stack: ExitStack, inner: str) -> dict[str, Any]:
    """Return the data sets of an HDF5 file by name, without those that lie in other files."""
    h5py = imported("h5py", "hdf5", f"{printable(file)}: HDF5")
    opened = stack.enter_context(h5py.File(file, "r"))
    found: dict[str, Any] = {}

    def keep(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            found[name] = item

    opened.visititems(keep)  # follows no link out of the file
    if inner in found and (found[inner].external or found[inner].is_virtual):
        raise ImageError(f"{file}::{inner}: keeps its values in other files: copy them into one")
    return {k: d for k, d in found.items() if not d.external and not d.is_virtual}
