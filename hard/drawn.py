"""Images, tasks and files of every format that whorl reads, drawn on the fly and tiny."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whorl.testing.worlds import planted_task, smooth_images

Pixels = NDArray[np.uint8]
Writer = Callable[[Path, Pixels], None]


def images(n: int, seed: int, size: int = 24) -> Pixels:
    """Draw images of soft blobs: uint8, shape (n, size, size)."""
    return smooth_images(n, np.random.default_rng(seed), size)


def folder_of(folder: Path, pixels: Pixels, name: str = "ct") -> Path:
    """Save images as PNG into a folder, and return it."""
    from whorl.images.writing import write_png

    folder.mkdir(parents=True, exist_ok=True)
    for k, image in enumerate(pixels):
        write_png(folder / f"{name}_{k:03}.png", image)
    return folder


def task(folder: Path, seed: int = 0, size: int = 12) -> Path:
    """Save a small task with planted copies in the official layout, with its truth."""
    from whorl.tasks.runfile import write_run

    drawn = planted_task(seed, used=size, not_used=size, reference=size)
    view = drawn.view
    test, development = folder / "test", view.development
    folder_of(test / "generated", view.generated.pixels, "generated")
    folder_of(test / "real_unknown", view.candidates.pixels, "candidate")
    if view.reference is not None:
        folder_of(folder / "reference", view.reference.pixels, "reference")
    if development is not None:
        for part in (development.generated, development.used, development.not_used):
            folder_of(folder / "development" / part.name, part.pixels, part.name)
    used = drawn.truth.used
    write_run(folder / "truth.csv", list(used), list(used.values()))
    return folder


def _by_pillow(**how: object) -> Writer:
    """Return what saves one image by Pillow."""

    def write(path: Path, pixels: Pixels) -> None:
        from PIL import Image

        Image.fromarray(pixels[0]).save(path, **how)

    return write


def _dicom(syntax: str = "") -> Writer:
    """Return what saves one image as DICOM, compressed by a transfer syntax if one is named."""

    def write(path: Path, pixels: Pixels) -> None:
        from pydicom import uid
        from pydicom.dataset import Dataset, FileMetaDataset

        image = pixels[0]
        data = Dataset()
        data.file_meta = FileMetaDataset()
        data.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
        data.SOPClassUID, data.SOPInstanceUID = uid.CTImageStorage, uid.generate_uid()
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.Rows, data.Columns = image.shape
        data.BitsAllocated = data.BitsStored = 8
        data.HighBit, data.PixelRepresentation = 7, 0
        data.PixelData = image.tobytes()
        data["PixelData"].VR = "OB"
        if syntax:
            data.compress(getattr(uid, syntax))
        data.save_as(path, enforce_file_format=True)

    return write


def _nifti(path: Path, pixels: Pixels) -> None:
    """Save images as the slices of a volume."""
    import nibabel

    nibabel.Nifti1Image(np.moveaxis(pixels, 0, 2).copy(), np.eye(4)).to_filename(path)


def _npy(path: Path, pixels: Pixels) -> None:
    """Save images as one array."""
    np.save(path, pixels)


def _npz(path: Path, pixels: Pixels) -> None:
    """Save images as the one array of an archive."""
    np.savez_compressed(path, images=pixels)


def _hdf5(path: Path, pixels: Pixels) -> None:
    """Save images as a data set, compressed and with checksums."""
    import h5py

    with h5py.File(path, "w") as file:
        file.create_dataset("images", data=pixels, chunks=True, compression=4, fletcher32=True)


def _zip(path: Path, pixels: Pixels) -> None:
    """Save images as PNG in a zip."""
    import io

    from PIL import Image

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for k, image in enumerate(pixels):
            buffer = io.BytesIO()
            Image.fromarray(image).save(buffer, "png")
            archive.writestr(f"ct_{k}.png", buffer.getvalue())


FORMATS: Mapping[str, Writer] = {
    "one.png": _by_pillow(),
    "one.jpg": _by_pillow(quality=90),
    "progressive.jpg": _by_pillow(quality=90, progressive=True),
    "plain.tif": _by_pillow(),
    "lzw.tif": _by_pillow(compression="tiff_lzw"),
    "deflate.tif": _by_pillow(compression="tiff_adobe_deflate"),
    "one.bmp": _by_pillow(),
    "one.webp": _by_pillow(lossless=True),
    "plain.dcm": _dicom(),
    "rle.dcm": _dicom("RLELossless"),
    "jpeg2000.dcm": _dicom("JPEG2000Lossless"),
    "jpegls.dcm": _dicom("JPEGLSLossless"),
    "volume.nii": _nifti,
    "volume.nii.gz": _nifti,
    "stack.npy": _npy,
    "stacks.npz": _npz,
    "stack.h5": _hdf5,
    "images.zip": _zip,
}
"""By the names of their files, of which the ending tells how they are read."""

INNER = {".npz": "::images", ".h5": "::images"}
"""What stands behind a file's name to say which array of it is meant."""


def source_of(path: Path) -> Path | str:
    """Return what is given to :func:`whorl.images.load`: the folder of a picture, else the file."""
    if path.suffix in (".npy", ".npz", ".h5", ".zip"):
        return f"{path}{INNER.get(path.suffix, '')}"
    return path.parent
