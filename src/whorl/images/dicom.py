"""DICOM files, read by pydicom (extra ``medical``)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.errors import InvalidDicomError
from pydicom.multival import MultiValue
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import iter_pixels

from whorl.errors import ImageError
from whorl.images.decoding import Decoded, Header, grey_from_rgb, through_given
from whorl.images.notes import Note
from whorl.images.window import Window

HEADER_TAGS = ["Rows", "Columns", "NumberOfFrames"]
PIXEL_TAGS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")

NARROWEST = {"LINEAR": 1, "LINEAR_EXACT": 0, "SIGMOID": 0}
REMEDY = "give --window CENTRE,WIDTH"

THROUGH_LUT = Note("shown through the VOI lookup table in their file")
MONOCHROME1 = Note("inverted, since their file counts white as zero (MONOCHROME1)")


class Measured(NamedTuple):
    """Values after the modality transform (Hounsfield units in CT), and all that they can be."""

    values: NDArray[Any]
    lowest: float
    highest: float
    bits: int


def probe(path: Path) -> Header:
    """Return how many frames of what size the file's header gives.

    Raises
    ------
    ImageError
        If it is no DICOM file, or one without pixels.
    """
    try:
        header = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=HEADER_TAGS)
    except InvalidDicomError as error:
        raise ImageError("is not a DICOM file") from error
    frames = int(header.get("NumberOfFrames") or 1)
    return Header(frames, int(header.get("Rows") or 0), int(header.get("Columns") or 0))


def read(path: Path, window: Window | None) -> Iterator[Decoded]:
    """Decode the file's frames one after the other.

    Grey frames go through the modality transform (lookup table, or rescale slope and intercept)
    and then the first of: the given window; the VOI lookup table in the file; the window in the
    file, the first where there are several; the full range of the stored bits. MONOCHROME1 is
    inverted. Colour becomes luma. Each carries the file's PatientID.

    Raises
    ------
    ImageError
        If whorl does not know how to show the pixels; whatever pydicom raises if it is damaged.

    References
    ----------
    DICOM PS3.3, C.11.1 (modality), C.11.2 (VOI), C.7.6.16.2 (functional groups of frames).
    """
    dataset = pydicom.dcmread(path)
    if not any(tag in dataset for tag in PIXEL_TAGS):
        raise ImageError("holds no pixels")
    patient = str(dataset.get("PatientID") or "").strip()
    for frame, values in enumerate(_frames(dataset)):
        yield _decoded(values, dataset, frame, window)._replace(patient=patient)


def _decoded(
    values: NDArray[Any], dataset: pydicom.Dataset, frame: int, window: Window | None
) -> Decoded:
    """Turn one frame's stored values into grey."""
    if dataset.get("SamplesPerPixel", 1) != 1:
        return _grey_from_colour(values, int(dataset.BitsStored))
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        colour = apply_color_lut(values, dataset)
        return _grey_from_colour(colour, 8 * colour.dtype.itemsize)
    return _grey_from_values(values, dataset, frame, window)


def _frames(dataset: pydicom.Dataset) -> Iterator[NDArray[Any]]:
    """Decode the stored values frame by frame."""
    try:
        yield from iter_pixels(dataset)
    except RuntimeError as error:
        if not dataset.file_meta.TransferSyntaxUID.is_compressed:
            raise
        raise ImageError(
            f"is compressed as {dataset.file_meta.TransferSyntaxUID.name}, for which no decoder is "
            "installed (pip install pylibjpeg pylibjpeg-libjpeg), or is damaged"
        ) from error


def _grey_from_colour(colour: NDArray[Any], bits: int) -> Decoded:
    """Turn RGB of `bits` bits into grey."""
    if bits > 8:
        return grey_from_rgb(Window.spanning(0, 2**bits - 1).apply(colour))
    return grey_from_rgb(colour.astype(np.uint8))


def _grey_from_values(
    stored: NDArray[Any], dataset: pydicom.Dataset, frame: int, window: Window | None
) -> Decoded:
    """Turn stored grey values into grey uint8."""
    measured = _measured(stored, dataset, frame)
    if window is not None:
        grey, note, unwindowed = window.apply(measured.values), through_given(window), False
    elif (shown := _shown_as_file_says(measured, dataset, frame)) is not None:
        (grey, note), unwindowed = shown, False
    else:
        grey = Window.spanning(measured.lowest, measured.highest).apply(measured.values)
        note = Note("scaled from the full range of their stored bits", f"{measured.bits} bits")
        unwindowed = measured.bits > 8
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        return Decoded(255 - grey, (note, MONOCHROME1), unwindowed)
    return Decoded(grey, (note,), unwindowed)


def _measured(stored: NDArray[Any], dataset: pydicom.Dataset, frame: int) -> Measured:
    """Apply the modality lookup table, or the rescale slope and intercept."""
    modality = _attributes(dataset, frame, "PixelValueTransformationSequence")
    if modality.get("ModalityLUTSequence"):
        values, bits = _looked_up(stored, modality.ModalityLUTSequence[0])
        return Measured(values, 0, 2**bits - 1, bits)
    if "BitsStored" not in dataset:
        raise ImageError("holds floating-point pixels, which whorl does not read")
    bits = int(dataset.BitsStored)
    lowest = -(2 ** (bits - 1)) if dataset.PixelRepresentation == 1 else 0
    slope = _number(modality, "RescaleSlope")
    slope = 1.0 if slope is None else slope
    intercept = _number(modality, "RescaleIntercept") or 0.0
    ends = [end * slope + intercept for end in (lowest, lowest + 2**bits - 1)]
    return Measured(stored * slope + intercept, min(ends), max(ends), bits)


def _shown_as_file_says(
    measured: Measured, dataset: pydicom.Dataset, frame: int
) -> tuple[NDArray[np.uint8], Note] | None:
    """Apply the VOI lookup table or the window in the file; None where there is neither."""
    voi = _attributes(dataset, frame, "FrameVOILUTSequence")
    if voi.get("VOILUTSequence"):
        values, bits = _looked_up(measured.values, voi.VOILUTSequence[0])
        return Window.spanning(0, 2**bits - 1).apply(values), THROUGH_LUT
    centre, width = _number(voi, "WindowCenter"), _number(voi, "WindowWidth")
    if centre is None or width is None:
        return None
    note = Note("shown through the window in their file (centre,width)", f"{centre:g},{width:g}")
    function = str(voi.get("VOILUTFunction") or "LINEAR")
    if function not in NARROWEST:
        raise ImageError(f"has a window of the unknown kind {function!r}: {REMEDY}")
    if width <= NARROWEST[function]:
        raise ImageError(f"has a window of width {width:g}, which shows nothing: {REMEDY}")
    if function == "SIGMOID":
        from scipy.special import expit

        grey = np.rint(255 * expit(4 * (measured.values - centre) / width)).astype(np.uint8)
        return grey, note
    if function == "LINEAR":  # its ends are the first and the last value inside
        centre, width = centre - 0.5, width - 1
    return Window(centre, width).apply(measured.values), note


def _attributes(dataset: pydicom.Dataset, frame: int, group: str) -> pydicom.Dataset:
    """Return what carries a functional group's attributes: the frame, all frames, the file."""
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence") or []
    shared = dataset.get("SharedFunctionalGroupsSequence") or []
    for groups in [*per_frame[frame : frame + 1], *shared[:1]]:
        if groups.get(group):
            carrier: pydicom.Dataset = groups[group].value[0]
            return carrier
    return dataset


def _looked_up(values: NDArray[Any], table: pydicom.Dataset) -> tuple[NDArray[Any], int]:
    """Pass values through a lookup table; return its output and the output's bits.

    pydicom's own function wraps positions above 255 in tables with 8-bit output and knows no
    modality table of 12 bits.
    """
    entries, first, bits = (int(number) for number in table.LUTDescriptor)
    entries = entries or 2**16
    data = table.LUTData
    if isinstance(data, bytes):
        data = np.frombuffer(data, "<u2" if len(data) >= 2 * entries else "u1")
    output = np.asarray(data)[:entries]
    positions = np.clip(np.rint(values).astype(np.int64) - first, 0, len(output) - 1)
    return output[positions], bits


def _number(dataset: pydicom.Dataset, keyword: str) -> float | None:
    """Return an attribute's first value as a number; None where it is absent or empty."""
    value = dataset.get(keyword)
    if isinstance(value, MultiValue):
        value = value[0] if value else None
    return None if value is None else float(value)
