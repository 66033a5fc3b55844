"""NIfTI volumes, read by nibabel (extra ``medical``)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from nibabel.orientations import apply_orientation, io_orientation
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.images.decoding import EIGHT_BITS_KEPT, MAX_PIXELS, Decoded, Header, through_given
from whorl.images.notes import Note
from whorl.images.window import Window

MAX_VOXELS = 8 * MAX_PIXELS
PERCENTILES = (0.5, 99.5)

NO_ORIENTATION = Note("have no orientation in their header: third axis taken as axial")


def probe(path: Path) -> Header:
    """Return how many axial slices of what size the volume's header gives.

    Raises
    ------
    ImageError
        If it is no NIfTI file, or not one volume of a modest size.
    """
    volume = _opened(path)
    shape = _oriented_shape(volume)
    if math.prod(shape) > MAX_VOXELS:
        raise ImageError(
            f"its header claims {math.prod(shape):,} voxels, more than the {MAX_VOXELS:,} that "
            "whorl decodes (a decompression bomb?): crop it first"
        )
    return Header(count=shape[2], height=shape[1], width=shape[0])


def read(path: Path, window: Window | None) -> Iterator[Decoded]:
    """Decode a volume's axial slices, from the feet upwards.

    The axes are first brought to the canonical order (right, anterior, superior). A slice is
    shown as radiologists do: seen from the feet, the patient's right on the left, front on top.

    Volumes of unsigned 8 bits are left as they are. Others are shown through the first of: the
    given window; the display range in the header (``cal_min`` to ``cal_max``); the range from the
    0.5th to the 99.5th percentile of the volume's values.

    Raises
    ------
    ImageError
        If values are not finite; whatever nibabel raises if the file is damaged.
    """
    volume = _opened(path)
    values = volume.get_fdata(dtype=np.float32, caching="unchanged")
    values = apply_orientation(values.reshape(volume.shape[:3]), _axes(volume))  # type: ignore[no-untyped-call]
    if not np.isfinite(values).all():
        raise ImageError("holds values that are no finite numbers (NaN): replace them first")
    shown, notes = _display(values, volume, window)
    for z in range(values.shape[2]):
        axial = values[::-1, ::-1, z].T
        grey = axial.astype(np.uint8) if shown is None else shown.apply(axial)
        yield Decoded(np.ascontiguousarray(grey), notes)


def _opened(path: Path) -> Any:
    """Open a NIfTI file."""
    try:
        return nibabel.load(path)
    except nibabel.filebasedimages.ImageFileError as error:
        raise ImageError("is not a NIfTI file, or is damaged") from error


def _oriented_shape(volume: Any) -> tuple[int, int, int]:
    """Return the canonical shape (right, anterior, superior) of a volume of plain numbers."""
    shape = volume.shape
    if len(shape) < 3 or any(length != 1 for length in shape[3:]):
        raise ImageError(f"holds {len(shape)} dimensions {shape}: save each volume as a file")
    if volume.get_data_dtype().kind not in "iuf":
        raise ImageError(f"holds {volume.get_data_dtype()} values: save it as plain numbers")
    x, y, z = (shape[stored] for stored in np.argsort(_axes(volume)[:, 0]))
    return x, y, z


def _axes(volume: Any) -> NDArray[np.float64]:
    """Return for each stored axis the canonical axis and the direction (1 or -1)."""
    axes: NDArray[np.float64] = io_orientation(volume.affine)  # type: ignore[no-untyped-call]
    if not np.isfinite(axes).all():
        raise ImageError("has an orientation (affine) that cannot be inverted: set it right")
    return axes


def _display(
    values: NDArray[np.float32], volume: Any, window: Window | None
) -> tuple[Window | None, tuple[Note, ...]]:
    """Choose the window for a volume, None for values that are grey already; and the notes."""
    header = volume.header
    notes = [] if header["qform_code"] or header["sform_code"] else [NO_ORIENTATION]
    slope, intercept = volume.dataobj.slope, volume.dataobj.inter
    if volume.get_data_dtype() == np.uint8 and (slope, intercept) == (1, 0):
        return None, (*notes, *([EIGHT_BITS_KEPT] if window else []))
    if window is not None:
        return window, (*notes, through_given(window))
    low, high = float(header["cal_min"]), float(header["cal_max"])
    text = "shown through the display range in their header"
    if not low < high:
        low, high = (float(end) for end in np.percentile(values, PERCENTILES))
        text = "shown from the 0.5th to the 99.5th percentile of their volume"
    if not low < high:
        raise ImageError("nearly all its values are the same: give --window CENTRE,WIDTH")
    return Window.spanning(low, high), (*notes, Note(text, f"{low:g} to {high:g}"))
