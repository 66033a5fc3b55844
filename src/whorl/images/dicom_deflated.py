"""Deflated DICOM files, inflated to no more than their headers announce."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import BinaryIO

import pydicom
from pydicom.filebase import DicomIO
from pydicom.filereader import read_file_meta_info
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from whorl.errors import ImageError

PREAMBLE = 128
LENGTH_ELEMENT = 12  # bytes of that which says how long the rest of the meta information is
MOST_BESIDE = 16 * 2**20
"""Bytes of a file beside its pixels; what stands before them is looked for within as many."""
MOST_INFLATED = 2 * 2**30
AT_ONCE = 2**20
SIZE_TAGS = ["Rows", "Columns", "NumberOfFrames", "SamplesPerPixel", "BitsAllocated"]


def opened_header(path: Path) -> Path | BinaryIO:
    """Return what pydicom reads a file's header from: the file, or its inflated beginning.

    pydicom itself inflates a deflated file whole, whatever it is asked for.
    """
    return _inflated(path, MOST_BESIDE, whole=False) if _is_deflated(path) else path


def opened_whole(path: Path) -> Path | BinaryIO:
    """Return what pydicom reads a whole file from: the file, or all of it inflated.

    Raises
    ------
    ImageError
        If a deflated file inflates to more than its header announces, or to more than whorl reads.
    """
    if not _is_deflated(path):
        return path
    header = pydicom.dcmread(
        opened_header(path), stop_before_pixels=True, specific_tags=list(SIZE_TAGS)
    )
    rows, columns, frames, samples, bits = (int(header.get(tag) or 1) for tag in SIZE_TAGS)
    announced = rows * columns * frames * samples * max(bits, 8) // 8
    return _inflated(path, min(announced + MOST_BESIDE, MOST_INFLATED), whole=True)


def _is_deflated(path: Path) -> bool:
    """Tell whether what follows a file's meta information is deflated."""
    with path.open("rb") as file:
        if file.read(PREAMBLE + 4)[PREAMBLE:] != b"DICM":
            return False
    syntax = read_file_meta_info(path).get("TransferSyntaxUID")
    return bool(syntax == DeflatedExplicitVRLittleEndian)


def _inflated(path: Path, most: int, *, whole: bool) -> BinaryIO:
    """Return a file as it would be were it not deflated, or at most the first `most` bytes of it.

    Raises
    ------
    ImageError
        If it is to be `whole`, and is larger.
    """
    meta = read_file_meta_info(path)
    start = PREAMBLE + 4 + LENGTH_ELEMENT + int(meta.FileMetaInformationGroupLength)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    written = io.BytesIO()
    written.write(bytes(PREAMBLE) + b"DICM")
    write_file_meta_info(DicomIO(written), meta)
    stream, found = zlib.decompressobj(-zlib.MAX_WBITS), 0
    with path.open("rb") as file:
        file.seek(start)
        while not stream.eof and (block := stream.unconsumed_tail or file.read(AT_ONCE)):
            inflated = stream.decompress(block, AT_ONCE)
            found += len(inflated)
            if found > most:
                if not whole:
                    break
                raise ImageError(
                    f"inflates to more than the {most / 1e6:,.0f} MB that its header announces (a "
                    "decompression bomb?): replace or remove it"
                )
            written.write(inflated)
    if whole and not stream.eof:
        raise ImageError("is damaged or cut short (its deflated stream has no end): replace it")
    written.seek(0)
    return written
