"""What SimpleITK (GDCM inside) or pydicom make of a DICOM file's pixels, in unrounded grey."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LUMA = np.array([0.299, 0.587, 0.114])


def simpleitk_values(path: Path) -> NDArray[Any]:
    """Read a file's measured values (rescaled) by SimpleITK: (frames, height, width[, 3])."""
    import SimpleITK as sitk  # noqa: N813

    sitk.ProcessObject.GlobalWarningDisplayOff()
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    reader.SetImageIO("GDCMImageIO")
    values: NDArray[Any] = sitk.GetArrayFromImage(reader.Execute())
    return _uninverted(values, path)


def _uninverted(values: NDArray[Any], path: Path) -> NDArray[Any]:
    """Undo that SimpleITK turns MONOCHROME1 into MONOCHROME2 before it rescales."""
    import pydicom

    dataset = pydicom.dcmread(path, stop_before_pixels=True)
    if dataset.PhotometricInterpretation != "MONOCHROME1":
        return values
    low = -(2 ** (dataset.BitsStored - 1)) if dataset.PixelRepresentation else 0
    both_ends = 2 * low + 2**dataset.BitsStored - 1
    slope = float(dataset.get("RescaleSlope", 1))
    return both_ends * slope + 2 * float(dataset.get("RescaleIntercept", 0)) - values


def pydicom_values(path: Path) -> NDArray[Any]:
    """Read a file's measured values by pydicom, its own choice of plugins and tables."""
    import pydicom
    from pydicom.pixels.processing import apply_color_lut, apply_rescale

    dataset = pydicom.dcmread(path)
    values = dataset.pixel_array
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        values = apply_color_lut(values, dataset)
    elif "RescaleSlope" in dataset:
        values = apply_rescale(values, dataset)
    return values if int(dataset.get("NumberOfFrames") or 1) > 1 else values[np.newaxis]


def grey(
    values: NDArray[Any], path: Path, ends: tuple[float, float] | None = None
) -> NDArray[np.float64]:
    """Show measured values as the file says, or from `ends` to `ends`.

    By pydicom's functions and a few lines of its own.
    """
    import pydicom

    dataset = pydicom.dcmread(path)
    if dataset.SamplesPerPixel == 3 or dataset.PhotometricInterpretation == "PALETTE COLOR":
        bits = 8 * values.dtype.itemsize
        return values / (2.0**bits - 1) * 255 @ LUMA
    if dataset.BitsAllocated == 1:
        return 255.0 * (values > 0)
    if ends is None:
        shown = _shown(values, dataset)
    else:
        shown = (values.astype(np.float64) - ends[0]) / (ends[1] - ends[0]) * 255
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        shown = 255 - shown
    if dataset.get("PixelPaddingValue") is not None:
        stored = dataset.pixel_array.reshape(shown.shape)
        limit = dataset.get("PixelPaddingRangeLimit", dataset.PixelPaddingValue)
        low, high = sorted([dataset.PixelPaddingValue, limit])
        shown[(stored >= low) & (stored <= high)] = 0
    return shown


def _shown(values: NDArray[Any], dataset: Any) -> NDArray[np.float64]:
    """Pass values through the file's VOI lookup table or window, else its bits' full range."""
    from pydicom.pixels.processing import apply_modality_lut, apply_voi, apply_windowing

    values = values.astype(np.float64)
    for groups in dataset.get("SharedFunctionalGroupsSequence") or []:
        for sequence in ("PixelValueTransformationSequence", "FrameVOILUTSequence"):
            if sequence in groups:
                dataset.update(groups[sequence].value[0])
    bits = dataset.BitsStored
    low = -(2 ** (bits - 1)) if dataset.PixelRepresentation else 0
    low, high = low, low + 2**bits - 1
    if dataset.get("ModalityLUTSequence"):
        values = apply_modality_lut(values.astype(int), dataset).astype(np.float64)
        low, high = 0, 2 ** dataset.ModalityLUTSequence[0].LUTDescriptor[2] - 1
    elif "RescaleSlope" in dataset:
        slope, intercept = float(dataset.RescaleSlope), float(dataset.RescaleIntercept)
        low, high = low * slope + intercept, high * slope + intercept
    if dataset.get("VOILUTSequence"):
        values = apply_voi(values.astype(int), dataset).astype(np.float64)
        low, high = 0, 2 ** dataset.VOILUTSequence[0].LUTDescriptor[2] - 1
    elif dataset.get("WindowWidth") is not None:
        values = apply_windowing(values, dataset)
    return (values - low) / (high - low) * 255
