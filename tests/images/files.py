"""Image files made on the fly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

RAMP = np.arange(64, dtype=np.uint8).reshape(8, 8)


def write(folder: Path, name: str, pixels: NDArray[Any] = RAMP, **how: Any) -> Path:
    """Save grey or RGB pixels by Pillow, in the format of the name's ending."""
    path = folder / name
    Image.fromarray(pixels).save(path, **how)
    return path


def write_dicom(
    path: Path, stored: NDArray[Any], *, syntax: str | None = None, **attributes: Any
) -> Path:
    """Save stored values as a plain CT-like DICOM file; an attribute None is left out.

    `stored` is (height, width), (frames, height, width), or (height, width, 3) for RGB, in the byte
    order of the transfer syntax: little-endian if none is given.
    """
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

    is_colour = stored.ndim == 3 and stored.shape[-1] == 3
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax or ExplicitVRLittleEndian
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = generate_uid()
    dataset.SamplesPerPixel = 3 if is_colour else 1
    if is_colour:
        dataset.PlanarConfiguration = 0
    elif stored.ndim == 3:
        dataset.NumberOfFrames = len(stored)
    dataset.PhotometricInterpretation = "RGB" if is_colour else "MONOCHROME2"
    dataset.Rows, dataset.Columns = stored.shape[:2] if is_colour else stored.shape[-2:]
    dataset.BitsAllocated = dataset.BitsStored = 8 * stored.dtype.itemsize
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(stored.dtype.kind == "i")
    dataset.PixelData = stored.tobytes()
    dataset["PixelData"].VR = "OW" if stored.dtype.itemsize > 1 else "OB"
    for name, value in attributes.items():
        if value is None:
            delattr(dataset, name)
        else:
            setattr(dataset, name, value)
    dataset.save_as(path, enforce_file_format=True)
    return path


def lookup_table(first: int, bits: int, output: list[int]) -> Any:
    """Make the item of a modality or VOI lookup table sequence."""
    from pydicom.dataset import Dataset

    item = Dataset()
    item.add_new("LUTDescriptor", "US", [len(output), first, bits])
    item.add_new("LUTData", "OW", np.array(output, "<u2").tobytes())
    return item


def write_nifti(
    path: Path, values: NDArray[Any], affine: NDArray[np.float64] | None = None, **header: float
) -> Path:
    """Save a volume whose stored axes run right, anterior, superior unless `affine` says else."""
    import nibabel

    affine = np.eye(4) if affine is None else affine
    image = nibabel.Nifti1Image(values, affine, dtype=values.dtype)
    for field, value in header.items():
        image.header[field] = value
    image.to_filename(path)
    return path
