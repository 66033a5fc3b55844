"""DICOM files, read by pydicom (extra ``medical``)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.errors import InvalidDicomError

from whorl.errors import ImageError
from whorl.images.decoding import (
    EIGHT_BITS_KEPT,
    Decoded,
    Header,
    deep_scaled,
    grey_from_deep_rgb,
    grey_from_rgb,
    through_given,
)
from whorl.images.dicom_deflated import opened_header, opened_whole
from whorl.images.dicom_frames import frames, stored
from whorl.images.dicom_values import (
    is_big_endian,
    is_inverted,
    measured,
    shown_as_file_says,
    shown_by_bits,
)
from whorl.images.lut import through_palette
from whorl.images.notes import Note
from whorl.images.tissue import lost
from whorl.images.window import Window

HEADER_TAGS = ["Rows", "Columns", "NumberOfFrames"]
PIXEL_TAGS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")

INVERTED = Note("inverted, since their file counts white as zero (MONOCHROME1 or INVERSE)")
PALETTE_KEPT = Note("show colours of a palette as they are: --window is for measured values")
PADDING = Note("hold padding (PixelPaddingValue), shown as black")


def probe(path: Path) -> Header:
    """Return how many frames of what size the file's header gives.

    Raises
    ------
    ImageError
        If it is no DICOM file, or one without pixels.
    """
    try:
        header = pydicom.dcmread(
            opened_header(path), stop_before_pixels=True, specific_tags=list(HEADER_TAGS)
        )
    except InvalidDicomError as error:
        raise ImageError(
            "is not a DICOM file, or one without the preamble and meta information of PS3.10"
        ) from error
    count = int(header.get("NumberOfFrames") or 1)
    return Header(count, int(header.get("Rows") or 0), int(header.get("Columns") or 0))


def read(path: Path, window: Window | None) -> Iterator[Decoded]:
    """Decode the file's frames one after the other.

    Grey frames go through the modality transform (lookup table, or rescale slope and intercept)
    and then the first of: the given window; the VOI lookup table in the file; the window in the
    file, the first where there are several; the full range of the bits in use. MONOCHROME1 and
    PresentationLUTShape INVERSE are inverted; padding is black. Colour becomes luma. Each carries
    the file's PatientID.

    Raises
    ------
    ImageError
        If whorl does not know how to show the pixels; whatever pydicom raises if it is damaged.

    References
    ----------
    DICOM PS3.3, C.11.1 (modality), C.11.2 (VOI), C.7.6.16.2 (functional groups of frames).
    """
    dataset = pydicom.dcmread(opened_whole(path))
    if not any(tag in dataset for tag in PIXEL_TAGS):
        raise ImageError("holds no pixels")
    patient = str(dataset.get("PatientID") or "").strip()
    for frame, words in enumerate(frames(dataset)):
        yield _decoded(words, dataset, frame, window)._replace(patient=patient)


def _decoded(
    words: NDArray[Any], dataset: pydicom.Dataset, frame: int, window: Window | None
) -> Decoded:
    """Turn one frame into grey."""
    if dataset.get("SamplesPerPixel", 1) != 1:
        return _grey_from_colour(words, int(dataset.BitsStored), window)
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        indices = stored(words, dataset).values
        big_endian = is_big_endian(dataset)
        colour, bits = through_palette(indices, dataset, big_endian=big_endian)
        shown = _grey_from_colour(colour, bits, None)
        return shown if window is None else shown._replace(notes=(*shown.notes, PALETTE_KEPT))
    return _grey_from_values(words, dataset, frame, window)


def _grey_from_colour(colour: NDArray[Any], bits: int, window: Window | None) -> Decoded:
    """Turn RGB of `bits` bits into grey; the window shows deeper ones than 8 bits."""
    if bits == 8:
        grey = grey_from_rgb(colour.astype(np.uint8))
        return grey if window is None else grey._replace(notes=(*grey.notes, EIGHT_BITS_KEPT))
    grey = grey_from_deep_rgb(colour, window or Window.spanning(0, 2**bits - 1))
    how = deep_scaled(2**bits - 1) if window is None else through_given(window)
    return grey._replace(notes=(how, *lost(grey.grey, colour), *grey.notes))


def _grey_from_values(
    words: NDArray[Any], dataset: pydicom.Dataset, frame: int, window: Window | None
) -> Decoded:
    """Turn one grey frame into grey uint8."""
    values, padding = stored(words, dataset)
    meant = measured(values, dataset, frame)
    scale = None
    if window is not None:
        grey, note = window.apply(meant.values), through_given(window)
    elif (shown := shown_as_file_says(meant, dataset, frame)) is not None:
        grey, note = shown
    else:
        grey, note, scale = shown_by_bits(meant, dataset)
    notes = [note, *lost(grey, values, padding)]
    if is_inverted(dataset):
        grey = 255 - grey
        notes.append(INVERTED)
    if padding is not None:
        grey[padding] = 0
        notes.append(PADDING)
    return Decoded(grey, tuple(notes), scale=scale, padding=padding)
