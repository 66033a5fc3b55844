"""The stored values of DICOM files, decoded by pydicom's plugins; bits in use told from others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.pixels.decoders.base import get_decoder

from whorl.errors import ImageError
from whorl.extras import installing

KINDS = ((1, "MONOCHROME1"), (1, "MONOCHROME2"), (1, "PALETTE COLOR"), (3, "RGB"))
PLUGINS = ("pylibjpeg", "pyjpegls", "pillow", "pydicom", "gdcm")  # the first to be tried first


class Stored(NamedTuple):
    """One grey frame as stored.

    Attributes
    ----------
    values : ndarray of int or float, shape (height, width)
        Stored values.
    padding : ndarray of bool, shape (height, width), or None
        Which pixels hold PixelPaddingValue; None where none does.
    """

    values: NDArray[Any]
    padding: NDArray[np.bool_] | None


def frames(dataset: pydicom.Dataset) -> Iterator[NDArray[Any]]:
    """Decode a file's frames one after the other; YBR becomes RGB.

    Yields
    ------
    ndarray, shape (height, width) or (height, width, 3)
        With all bits that are allocated, in the machine's byte order.

    Raises
    ------
    ImageError
        If no plugin decodes the compression, or there are more frames than the header says.
    """
    syntax = dataset.file_meta.TransferSyntaxUID
    try:
        decoder = get_decoder(syntax)
    except NotImplementedError as error:
        raise ImageError(f"is compressed as {syntax.name}, which whorl does not read") from error
    if not decoder.is_available:
        raise ImageError(
            f"is compressed as {syntax.name}, for which no decoder is installed: "
            f"{installing('medical')}"
        )
    announced = int(dataset.get("NumberOfFrames") or 1)
    for number, frame in enumerate(_decoded(dataset, decoder)):
        if number == announced:
            raise ImageError(
                f"holds more frames than its header says (NumberOfFrames {announced}): set it right"
            )
        yield frame.astype(frame.dtype.newbyteorder("="), copy=False)


def stored(words: NDArray[Any], dataset: pydicom.Dataset) -> Stored:
    """Tell a grey frame's values from unused bits, and padding from tissue.

    Bits above or below those in use (BitsStored, HighBit) may hold overlays, which are dropped;
    signed values are extended from their own highest bit.

    Raises
    ------
    ImageError
        If unused bits hold something that no overlay explains: then BitsStored is wrong.

    References
    ----------
    DICOM PS3.5, 8.1.1 (bits); PS3.3, C.7.5.1.1.2 (padding).
    """
    values = words if words.dtype.kind == "f" else _in_use(words, dataset)
    low, high = _padding_range(dataset, words.dtype)
    if low is None or high is None:
        return Stored(values, None)
    padding = ((words >= low) & (words <= high)) | ((values >= low) & (values <= high))
    return Stored(values, padding if padding.any() else None)


def _decoded(dataset: pydicom.Dataset, decoder: Any) -> Iterator[NDArray[Any]]:
    """Decode by the first plugin that can; which one is settled by the first frame."""
    if not decoder.UID.is_encapsulated:
        for frame, properties in decoder.iter_array(dataset, correct_unused_bits=False):
            yield _known(frame, properties)
        return
    plugins = sorted(decoder.available_plugins, key=PLUGINS.index)
    faults = []
    for plugin in plugins:
        arrays = decoder.iter_array(dataset, decoding_plugin=plugin)
        try:
            first = next(arrays, None)
        except RuntimeError as error:
            faults.append(str(error).splitlines()[-1].strip())
            continue
        if first is not None:
            yield _known(*first)
        for frame, properties in arrays:
            yield _known(frame, properties)
        return
    raise ImageError(
        f"is compressed as {decoder.UID.name} and cannot be decoded, so is damaged or of a kind "
        f"that none of {', '.join(plugins)} knows ({'; '.join(faults)})"
    )


def _known(frame: NDArray[Any], properties: Mapping[str, Any]) -> NDArray[Any]:
    """Return a decoded frame, if its colours are of a kind that is known."""
    samples, kind = properties["samples_per_pixel"], properties["photometric_interpretation"]
    if (samples, kind) not in KINDS:
        raise ImageError(
            f"holds {samples} samples a pixel of the kind {kind}, which whorl does not read"
        )
    return frame


def _in_use(words: NDArray[Any], dataset: pydicom.Dataset) -> NDArray[Any]:
    """Return the values that the bits in use make."""
    bits = int(dataset.BitsStored)
    high_bit = int(dataset.get("HighBit", bits - 1))
    allocated = 8 * words.dtype.itemsize
    lowest_bit = high_bit - bits + 1
    if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        lowest_bit = 0  # a compressed stream holds the bits in use alone
        bits = min(bits, allocated)
    if not (0 < bits <= allocated and 0 <= lowest_bit <= allocated - bits):
        raise ImageError(
            f"says that of {allocated} bits {bits} are in use up to bit {high_bit} (BitsAllocated, "
            "BitsStored, HighBit), which cannot be"
        )
    if bits == allocated:
        return words
    raw = words.view(f"u{words.dtype.itemsize}").astype(np.int64)
    values: NDArray[np.int64] = (raw >> lowest_bit) & (2**bits - 1)
    if words.dtype.kind == "i":
        values = (values ^ 2 ** (bits - 1)) - 2 ** (bits - 1)
    meant = (values << lowest_bit) & (2**allocated - 1)
    unused = raw & ~((2**bits - 1) << lowest_bit)
    _require_explained(raw, (unused != 0) & (raw != meant), bits, dataset)
    return values


def _require_explained(
    raw: NDArray[np.int64], strange: NDArray[np.bool_], bits: int, dataset: pydicom.Dataset
) -> None:
    """Raise an error if strange unused bits, so not of a sign, are of no padding or overlay."""
    if not strange.any() or _has_overlay_in_pixels(dataset):
        return
    low, high = _padding_range(dataset, np.dtype("u8"))
    if low is not None:
        strange = strange & ~((raw >= low) & (raw <= high))
    if strange.any():
        raise ImageError(
            f"holds values beyond the {bits} bits that its header says are in use (BitsStored): "
            "set it right"
        )


def _has_overlay_in_pixels(dataset: pydicom.Dataset) -> bool:
    """Tell whether an overlay lies in unused bits of the pixels (retired, but met)."""
    return any(
        (group, 0x0102) in dataset
        and (group, 0x3000) not in dataset
        and int(dataset[group, 0x0102].value or 0) > 0
        for group in range(0x6000, 0x6020, 2)
    )


def _padding_range(dataset: pydicom.Dataset, kind: np.dtype[Any]) -> tuple[Any, Any]:
    """Return the lowest and the highest value that means padding; None where nothing does."""
    prefix = {"f4": "Float", "f8": "DoubleFloat"}.get(kind.str[1:], "")
    value = dataset.get(f"{prefix}PixelPaddingValue")
    if value is None:
        return None, None
    limit = dataset.get(f"{prefix}PixelPaddingRangeLimit")
    ends = [value, value if limit is None else limit]
    if kind.kind == "f" and not np.isfinite(np.array(ends, np.float64)).all():
        raise ImageError(f"has {prefix}PixelPaddingValue {value}, no finite number: set it right")
    if kind.kind != "f":
        ends = [_as_stored(end, int(dataset.BitsAllocated), kind.kind == "i") for end in ends]
    return min(ends), max(ends)


def _as_stored(number: Any, bits: int, signed: bool) -> int:
    """Return a number of `bits` bits with the sign that pixels have, whatever its own VR."""
    modulus = 1 << bits
    whole = int(number) % modulus
    return whole - modulus if signed and 2 * whole >= modulus else whole
