"""Lookup tables of DICOM files, whatever their byte order, entries' width and sign."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.pixels.processing import apply_color_lut

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
        return int(2**self.bits - 1)

    def apply(self, values: NDArray[Any]) -> NDArray[np.int64]:
        """Pass values through the table; those outside it become its first or last entry."""
        last = len(self.output) - 1
        positions = np.clip(np.rint(values) - self.first, 0, last).astype(np.int64)
        entries: NDArray[np.int64] = self.output[positions]
        return entries


def read_table(item: pydicom.Dataset, *, big_endian: bool, lowest: float) -> LookupTable:
    """Read the item of a Modality or VOI LUT Sequence.

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
    DICOM PS3.3, C.11.1.1 (modality), C.11.2.1.1 (VOI). pydicom's own functions wrap positions above
    255 in tables with 8-bit output, and know no modality table of 12 bits and no signed entries.
    """
    descriptor, data = item.get("LUTDescriptor"), item.get("LUTData")
    return _table(descriptor, data, big_endian=big_endian, lowest=lowest)


def through_palette(
    indices: NDArray[Any], dataset: pydicom.Dataset, *, big_endian: bool
) -> tuple[NDArray[Any], int]:
    """Return the colours of a PALETTE COLOR image, and the bits of a channel.

    Parameters
    ----------
    indices : ndarray of int, shape (height, width)
        Stored values.
    dataset : Dataset
        With a palette, plain or in segments.
    big_endian : bool
        Whether words of the file have their higher byte first.

    Returns
    -------
    (ndarray of shape (height, width, 3), int)

    Raises
    ------
    ImageError
        If a table is missing or wrong.

    References
    ----------
    DICOM PS3.3, C.7.6.3.1.5 and C.7.6.3.1.6. Segments are expanded by pydicom, which reads plain
    tables of 8 bits in explicit big-endian files with their bytes swapped.
    """
    if "SegmentedRedPaletteColorLookupTableData" in dataset:
        colours = apply_color_lut(indices, dataset)
        return colours, 8 * colours.dtype.itemsize
    tables = [
        _table(
            dataset.get(f"{colour}PaletteColorLookupTableDescriptor"),
            dataset.get(f"{colour}PaletteColorLookupTableData"),
            big_endian=big_endian,
            lowest=0,
        )
        for colour in ("Red", "Green", "Blue")
    ]
    if len({table.bits for table in tables}) > 1:
        raise ImageError("has a palette whose red, green and blue differ in bits")
    return np.stack([table.apply(indices) for table in tables], axis=-1), tables[0].bits


def _table(descriptor: Any, data: Any, *, big_endian: bool, lowest: float) -> LookupTable:
    """Read a lookup table.

    Entries may be a list of numbers (US, SS) or bytes (OW) in the file's byte order, a word each
    or two packed into a word, the first in its lower byte. They are unsigned by the standard, and
    read so where the file gives them as signed.
    """
    numbers = _words(descriptor, big_endian=big_endian)
    if len(numbers) != 3:
        raise ImageError("has a lookup table without a descriptor of three numbers")
    count, first, bits = (int(number) for number in numbers)
    count = count % 2**16 or 2**16
    if not 1 <= bits <= 16:
        raise ImageError(f"has a lookup table of {bits} bits, where 8 to 16 are allowed")
    if first >= 2**15 and lowest < 0:
        first -= 2**16
    output = _words(data, big_endian=big_endian) & 0xFFFF
    if count > 1 and len(output) == (count + 1) // 2:
        bits = min(bits, 8)
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
