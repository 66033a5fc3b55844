"""What a PNG file says of its bits in use, which Pillow passes over."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"


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
