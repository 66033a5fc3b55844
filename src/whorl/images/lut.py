"""Lookup tables of DICOM files, whatever their byte order, entries' width and sign."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pydicom
from numpy.typing import NDArray

from whorl.errors import ImageError


class LookupTable(NamedTuple):
    """A modality or VOI lookup table.

    Attributes
    ----------
    output : ndarray of int64, shape (entries,)
        What the values become; 0 to ``2**bits - 1``.
    first : int
        The value that becomes the first entry; those below it become that too.
    bits : int
        Of the output.

    Examples
    --------
    >>> LookupTable(np.array([10, 20, 30]), first=-1, bits=8).apply(np.array([-9, -1, 0, 7]))
    array([10, 10, 20, 30])
    """

    output: NDArray[np.int64]
    first: int
    bits: int

    @property
    def highest(self) -> int:
        """The highest value that the output can have."""
        return 2**self.bits - 1

    def apply(self, values: NDArray[Any]) -> NDArray[np.int64]:
        """Pass values through the table; those outside it become its first or last entry."""
        last = len(self.output) - 1
        return self.output[np.clip(np.rint(values) - self.first, 0, last).astype(np.int64)]


def read_table(item: pydicom.Dataset, *, big_endian: bool, lowest: float) -> LookupTable:
    """Read the item of a Modality or VOI LUT Sequence.

    Entries may be a list of numbers (US, SS) or bytes (OW) in the file's byte order, a word each
    or, with 8 bits, two packed into a word, the first in its lower byte. They are unsigned by the
    standard, and read so where the file gives them as signed.

    Parameters
    ----------
    item : Dataset
        With LUTDescriptor and LUTData.
    big_endian : bool
        Whether words of the file have their higher byte first.
    lowest : float
        The lowest value that can come in: where it is below 0, a first value that the file gives
        as an unsigned number from 32,768 on means a negative one.

    Raises
    ------
    ImageError
        If entries are missing or wider than the table says.

    References
    ----------
    DICOM PS3.3, C.11.1.1 (modality), C.11.2.1.1 (VOI). pydicom's own functions read OW in the byte
    order of the transfer syntax only for some tables, wrap positions above 255 in tables with 8-bit
    output, and know no signed entries.
    """
    words = _words(item.get("LUTDescriptor"), big_endian=big_endian)
    if len(words) != 3:
        raise ImageError("has a lookup table without a descriptor of three numbers")
    count, first, bits = int(words[0]) % 2**16 or 2**16, int(words[1]), int(words[2]) % 2**16
    if not 1 <= bits <= 16:
        raise ImageError(f"has a lookup table of {bits} bits, where 8 to 16 are allowed")
    if first >= 2**15 and lowest < 0:
        first -= 2**16
    output = _words(item.get("LUTData"), big_endian=big_endian) & 0xFFFF
    if bits <= 8 and len(output) == (count + 1) // 2 and count > 1:
        output = np.stack([output & 0xFF, output >> 8], axis=-1).ravel()
    if len(output) < count:
        raise ImageError(f"has a lookup table of {len(output)} entries where it says {count}")
    output = output[:count]
    if output.max() >= 2**bits:
        raise ImageError(
            f"has a lookup table that holds {output.max()}, more than the {bits} bits that it says"
        )
    return LookupTable(output, first, bits)


def _words(value: Any, *, big_endian: bool) -> NDArray[np.int64]:
    """Return an element's numbers: bytes are words in the file's order."""
    if value is None:
        return np.zeros(0, np.int64)
    if isinstance(value, bytes):
        even = value[: len(value) // 2 * 2]
        return np.frombuffer(even, ">u2" if big_endian else "<u2").astype(np.int64)
    return np.atleast_1d(np.asarray(value, np.int64))
