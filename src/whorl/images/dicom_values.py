"""From a DICOM file's stored values to measured ones, and to the grey that the file asks for."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.multival import MultiValue

from whorl.errors import ImageError
from whorl.images.lut import read_table
from whorl.images.notes import Note
from whorl.images.tissue import Scale
from whorl.images.voi import REMEDY, windowed
from whorl.images.window import Window

THROUGH_LUT = Note("shown through the VOI lookup table in their file")


class Measured(NamedTuple):
    """Values after the modality transform (Hounsfield units in CT), and all that they can be.

    Attributes
    ----------
    values : ndarray, shape (height, width)
        What was measured.
    lowest, highest : float
        The least and the greatest that the bits in use can stand for.
    bits : int
        In use; 0 for floating-point pixels, which have no ends.
    slope : float
        By which stored values were multiplied; 1 behind a table.
    in_units : bool
        Whether the values mean the same whatever file they are in, so that all must be shown on
        one scale.
    """

    values: NDArray[Any]
    lowest: float
    highest: float
    bits: int
    slope: float
    in_units: bool


def measured(stored: NDArray[Any], dataset: pydicom.Dataset, frame: int) -> Measured:
    """Apply the modality lookup table, or the rescale slope and intercept.

    Raises
    ------
    ImageError
        If the table is wrong, the slope 0, or slope, intercept or values are no finite numbers.

    References
    ----------
    DICOM PS3.3, C.11.1.
    """
    is_float = stored.dtype.kind == "f"
    if is_float and not np.isfinite(stored).all():
        raise ImageError("holds values that are no finite numbers (NaN): replace them first")
    bits = 0 if is_float else int(dataset.BitsStored)
    lowest = -(2 ** (bits - 1)) if not is_float and dataset.PixelRepresentation == 1 else 0
    modality = attributes(dataset, frame, "PixelValueTransformationSequence")
    if modality.get("ModalityLUTSequence"):
        table = read_table(
            modality.ModalityLUTSequence[0], big_endian=is_big_endian(dataset), lowest=lowest
        )
        return Measured(table.apply(stored), 0, table.highest, table.bits, 1, in_units=False)
    slope = _number(modality, "RescaleSlope")
    slope = 1.0 if slope is None else slope
    intercept = _number(modality, "RescaleIntercept") or 0.0
    if slope == 0:
        raise ImageError("has RescaleSlope 0, which makes all its values the same: set it right")
    ends = [end * slope + intercept for end in (lowest, lowest + 2**bits - 1)]
    if not all(map(math.isfinite, ends)):
        raise ImageError(
            f"has RescaleSlope {slope:g} and RescaleIntercept {intercept:g}, which make its values "
            "larger than numbers can be: set them right"
        )
    in_units = (slope, intercept) != (1, 0) or dataset.get("Modality") in ("CT", "PT")
    with np.errstate(over="ignore"):
        values = stored.astype(np.float64) * slope + intercept
    if is_float and not np.isfinite(values).all():
        raise ImageError("has a RescaleSlope that makes values infinite: set it right")
    return Measured(values, min(ends), max(ends), bits, slope, in_units)


def shown_as_file_says(
    measured: Measured, dataset: pydicom.Dataset, frame: int
) -> tuple[NDArray[np.uint8], Note] | None:
    """Apply the VOI lookup table or the window in the file; None where there is neither.

    Raises
    ------
    ImageError
        If the table or the window is wrong.
    """
    voi = attributes(dataset, frame, "FrameVOILUTSequence")
    if voi.get("VOILUTSequence"):
        table = read_table(
            voi.VOILUTSequence[0], big_endian=is_big_endian(dataset), lowest=measured.lowest
        )
        return Window.spanning(0, table.highest).apply(table.apply(measured.values)), THROUGH_LUT
    centre, width = _number(voi, "WindowCenter"), _number(voi, "WindowWidth")
    if centre is None or width is None:
        return None
    function = str(voi.get("VOILUTFunction") or "LINEAR")
    note = Note("shown through the window in their file (centre,width)", f"{centre:g},{width:g}")
    return windowed(measured.values, centre, width, function), note


def shown_by_bits(
    measured: Measured, dataset: pydicom.Dataset
) -> tuple[NDArray[np.uint8], Note, Scale | None]:
    """Scale the full range of the bits in use; and the scale, where values are in units.

    Raises
    ------
    ImageError
        If the ends of the range are not known, or differ by design from slice to slice: in PET.
    """
    if dataset.get("Modality") == "PT" and measured.slope != 1:
        units = str(dataset.get("Units") or "no units named")
        raise ImageError(
            f"holds PET values ({units}) with a RescaleSlope of its own and no window, so which "
            f"is black and which white is not known: {REMEDY} in these units"
        )
    if not measured.bits:
        raise ImageError(f"holds fractional values, whose black and white are not known: {REMEDY}")
    grey = Window.spanning(measured.lowest, measured.highest).apply(measured.values)
    scale = Scale(measured.lowest, measured.highest) if measured.in_units else None
    ends = f", {measured.lowest:.10g} to {measured.highest:.10g}" if scale else ""
    note = Note("scaled from the full range of their stored bits", f"{measured.bits} bits{ends}")
    return grey, note, scale


def is_inverted(dataset: pydicom.Dataset) -> bool:
    """Tell whether the lowest value is white: MONOCHROME1, or PresentationLUTShape INVERSE.

    Raises
    ------
    ImageError
        If the two contradict each other: viewers differ in which they follow.

    References
    ----------
    DICOM PS3.3, C.8.11.3.1.2: MONOCHROME1 goes with INVERSE, MONOCHROME2 with IDENTITY.
    """
    white_is_zero = dataset.PhotometricInterpretation == "MONOCHROME1"
    shape = dataset.get("PresentationLUTShape")
    if white_is_zero and shape == "IDENTITY":
        raise ImageError(
            "counts white as zero (MONOCHROME1) and black as zero (PresentationLUTShape "
            "IDENTITY): set one of them right"
        )
    return bool(white_is_zero or shape == "INVERSE")


def attributes(dataset: pydicom.Dataset, frame: int, group: str) -> pydicom.Dataset:
    """Return what carries a functional group's attributes: the frame, all frames, the file."""
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence") or []
    shared = dataset.get("SharedFunctionalGroupsSequence") or []
    for groups in [*per_frame[frame : frame + 1], *shared[:1]]:
        if groups.get(group):
            carrier: pydicom.Dataset = groups[group].value[0]
            return carrier
    return dataset


def is_big_endian(dataset: pydicom.Dataset) -> bool:
    """Tell in which order the bytes of the file's words are."""
    little_endian: bool = dataset.file_meta.TransferSyntaxUID.is_little_endian
    return not little_endian


def _number(dataset: pydicom.Dataset, keyword: str) -> float | None:
    """Return an attribute's first value as a number; None where it is absent or empty.

    Raises
    ------
    ImageError
        If it is no finite number.
    """
    value = dataset.get(keyword)
    if isinstance(value, MultiValue):
        value = value[0] if value else None
    if value is None:
        return None
    if not math.isfinite(number := float(value)):
        raise ImageError(f"has {keyword} {number}, which is no finite number: set it right")
    return number
