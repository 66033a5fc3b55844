"""Reading single files: choosing the reader, naming what is wrong, working in parallel."""

from __future__ import annotations

import logging
import os
import stat
import warnings
from collections.abc import Callable, Container, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.extras import installing
from whorl.images.decoding import Header, Reader, resized
from whorl.images.hashing import content_hash
from whorl.images.kinds import ImageFile, Kind, printable
from whorl.images.notes import Note
from whorl.images.tissue import Scale, levels_used
from whorl.images.window import Window

MOST_WORKERS = 8
ITEMS_A_CHUNK = 64

Item = TypeVar("Item")
Result = TypeVar("Result")


class Read(NamedTuple):
    """What remains of a decoded image once its pixels are stored.

    Attributes
    ----------
    hash : str
        Of its size and grey values.
    notes : tuple of Note
        What was done to get them.
    levels : int or None
        Over how many grey levels its tissue spreads, before it was resized; None if it is all one.
    scale : Scale or None
        What black and white stand for, where measured values were shown without a window.
    patient : str
        The patient's id in the file; empty where it names none.
    """

    hash: str
    notes: tuple[Note, ...]
    levels: int | None
    scale: Scale | None
    patient: str


def reader_for(file: ImageFile) -> Reader:
    """Return the module that reads a file's kind.

    Raises
    ------
    ImageError
        If the extra that it needs is not installed.
    """
    try:
        match file.kind:
            case Kind.DICOM:
                from whorl.images import dicom

                return dicom
            case Kind.NIFTI:
                from whorl.images import nifti

                return nifti
            case Kind.RASTER:
                from whorl.images import raster

                return raster
    except ModuleNotFoundError as error:
        raise ImageError(
            f"{printable(file.path)}: {file.kind} needs {error.name}: {installing('medical')}"
        ) from error


def check(file: ImageFile) -> Header:
    """Return what a file says it holds, without decoding it.

    Raises
    ------
    ImageError
        Naming the file, if it is empty, or no image that whorl can decode safely.
    """
    with _faults_named(file):
        status = file.path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ImageError("is no ordinary file")
        if status.st_size == 0:
            raise ImageError("is empty: replace or remove it")
        if printable(file.id) != file.id:
            raise ImageError("has a name with control characters or not in UTF-8: rename it")
        return reader_for(file).probe(file.path)


def decode_into(
    rows: NDArray[np.uint8],
    file: ImageFile,
    window: Window | None,
    *,
    resize: bool,
    taken: Container[int] | None = None,
    colour: NDArray[np.uint8] | None = None,
) -> list[Read]:
    """Decode a file's images into `rows`.

    Parameters
    ----------
    rows : ndarray of uint8, shape (n, height, width)
        Overwritten; one row for each image that is taken.
    file : ImageFile
        What to read.
    window : Window or None
        Shows images deeper than 8 bits.
    resize : bool
        Whether the images are to be brought to the size of the (square) rows.
    taken : container of int or None
        Which of the file's images to take, counted from 0; all if None.
    colour : ndarray of uint8, shape (n, height, width, 3), or None
        Overwritten with the channels, where they are kept.

    Raises
    ------
    ImageError
        Naming the file, if it is damaged or whorl does not know how to show its pixels.
    """
    reads = []
    with _faults_named(file):
        images = reader_for(file).read(file.path, window)
        if taken is not None:
            images = (image for number, image in enumerate(images) if number in taken)
        for k, (row, decoded) in enumerate(zip(rows, images, strict=True)):
            levels = levels_used(decoded.grey, decoded.padding)
            if resize:
                decoded = resized(decoded, len(row))
            if decoded.grey.shape != row.shape:
                raise ImageError("its pixels are not of the size that its header gives: replace it")
            row[:] = decoded.grey
            hashed, notes = content_hash(row), decoded.notes
            if colour is not None:
                colour[k] = decoded.channels
                hashed, notes = content_hash(colour[k]), decoded.notes_in_colour
            reads.append(Read(hashed, notes, levels, decoded.scale, decoded.patient))
    return reads


def in_parallel(
    function: Callable[[Item], Result], items: Sequence[Item], workers: int
) -> Generator[Result | ImageError]:
    """Yield ``function(item)``, or the `ImageError` that it raised, in the order of the items.

    Threads do the work, for Pillow decodes outside Python's lock. When the iterator is closed,
    work not yet begun is dropped.
    """

    def attempts(chunk: Sequence[Item]) -> list[Result | ImageError]:
        return [_attempt(function, item) for item in chunk]

    step = max(1, min(ITEMS_A_CHUNK, len(items) // (4 * workers)))
    chunks = [items[start : start + step] for start in range(0, len(items), step)]
    pool = ThreadPoolExecutor(workers)
    try:
        for results in pool.map(attempts, chunks):
            yield from results
    finally:
        pool.shutdown(cancel_futures=True)


def workers_for(files: Sequence[ImageFile]) -> int:
    """Return how many files to read at once: one where volumes are held whole while read."""
    if any(file.kind is Kind.NIFTI for file in files):
        return 1
    return min(MOST_WORKERS, os.cpu_count() or 1)


@contextmanager
def library_warnings_held_back() -> Iterator[None]:
    """Keep the warnings of the decoding libraries from the user; what matters becomes an error."""
    logs = [logging.getLogger(name) for name in ("nibabel.global", "pydicom", "tifffile")]
    levels = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            for library in ("PIL", "pydicom", "nibabel"):
                warnings.filterwarnings("ignore", module=rf"{library}\.")
            yield
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.setLevel(level)


def _attempt(function: Callable[[Item], Result], item: Item) -> Result | ImageError:
    """Return the result, or the error."""
    try:
        return function(item)
    except ImageError as error:
        return error


@contextmanager
def _faults_named(file: ImageFile) -> Iterator[None]:
    """Turn whatever goes wrong within the block into an error that names the file.

    Decoders meet damaged and hostile files with exceptions of any kind.
    """
    path = printable(file.path)
    try:
        yield
    except ImageError as error:
        raise ImageError(f"{path}: {error}") from error
    except Exception as error:
        if isinstance(error, OSError) and error.strerror:
            raise ImageError(f"{path}: cannot be read: {error.strerror}") from error
        said = " ".join(str(error).split()) or type(error).__name__
        raise ImageError(
            f"{path}: is damaged or cut short ({said}): replace or remove it"
        ) from error
