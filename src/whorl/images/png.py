"""What Pillow passes over in PNG files: their bits in use, and whether all rows are there."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
WHOLE = ((0, 0, 1, 1),)
INTERLACED = (  # first column and row of each pass, and the steps between columns and rows
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
READ_AT_ONCE = 2**16
INFLATED_AT_ONCE = 2**20


def bits_in_use(path: Path) -> int | None:
    """Return the most significant bits that a channel has by the file's chunk sBIT, if it has one.

    References
    ----------
    PNG (third edition), 11.3.2.7.
    """
    with path.open("rb") as file:
        if file.read(8) != SIGNATURE:
            return None
        while len(head := file.read(8)) == 8:
            length, kind = struct.unpack(">I4s", head)
            if kind == b"IDAT":
                return None
            if kind == b"sBIT":
                return max(file.read(min(length, 4)), default=None)
            file.seek(length + 4, 1)
    return None


def highest(values: NDArray[Any], bits: int | None) -> int:
    """Return the value of 16-bit samples that is white.

    The standard has samples of fewer bits in use scaled up to 16, so that their lower bits are 0 or
    repeat the upper ones. Files exist that hold them as they were: all below ``2**bits``, with
    lower bits that no scaling leaves.

    Parameters
    ----------
    values : ndarray of uint16
        Samples.
    bits : int or None
        In use, as the file says.

    Examples
    --------
    >>> highest(np.array([0, 2047, 4095]), 12), highest(np.array([0, 16, 32]), 12)
    (4095, 65535)
    >>> highest(np.array([0, 2047, 4095]), None)
    65535
    """
    if bits is None or not 0 < bits < 16 or values.max() >= 2**bits:
        return 65535
    lower = np.asarray(values) & (2 ** (16 - bits) - 1)
    return 2**bits - 1 if lower.any() else 65535


def require_all_rows(path: Path) -> None:
    """Raise an error if a file's stream ends before its last row: Pillow leaves the rest black.

    The stream is inflated block by block and only counted.

    Raises
    ------
    ImageError
        Saying how many bytes of pixels are there.

    References
    ----------
    PNG (third edition), 8.1 (interlacing), 10.1 (compression).
    """
    with path.open("rb") as file:
        file.seek(len(SIGNATURE) + 8)
        width, height, bits, colour, _, _, interlaced = struct.unpack(">IIBBBBB", file.read(13))
    bits *= CHANNELS[colour]
    announced = sum(
        _bytes_of(-(-(width - x) // across), -(-(height - y) // down), bits)
        for x, y, across, down in (INTERLACED if interlaced else WHOLE)
    )
    found = 0
    for size in _inflated(path):
        found += size
        if found >= announced:
            return
    raise ImageError(
        f"is damaged or cut short (its stream ends after {found:,} of {announced:,} bytes of "
        "pixels): replace or remove it"
    )


def _bytes_of(width: int, height: int, bits: int) -> int:
    """Return how many bytes rows of so many pixels take, each with its filter's number before."""
    return height * (1 + (width * bits + 7) // 8) if width > 0 and height > 0 else 0


def _inflated(path: Path) -> Iterator[int]:
    """Yield how many bytes each block of the stream of pixels inflates to."""
    stream = zlib.decompressobj()
    for block in _stream(path):
        while block and not stream.eof:
            yield len(stream.decompress(block, INFLATED_AT_ONCE))
            block = stream.unconsumed_tail


def _stream(path: Path) -> Iterator[bytes]:
    """Yield the stream of pixels, block by block."""
    with path.open("rb") as file:
        file.seek(len(SIGNATURE))
        while len(head := file.read(8)) == 8:
            length, kind = struct.unpack(">I4s", head)
            if kind == b"IEND":
                return
            if kind != b"IDAT":
                file.seek(length + 4, 1)
                continue
            while length and (block := file.read(min(length, READ_AT_ONCE))):
                length -= len(block)
                yield block
            file.seek(4, 1)
