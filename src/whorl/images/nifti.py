"""NIfTI volumes, read by nibabel (extra ``medical``)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from nibabel.orientations import apply_orientation, io_orientation
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.images.decoding import (
    EIGHT_BITS_KEPT,
    MAX_PIXELS,
    Decoded,
    Header,
    through_given,
)
from whorl.images.notes import Note
from whorl.images.tissue import lost
from whorl.images.window import Window

MAX_VOXELS = 8 * MAX_PIXELS
PERCENTILES = (0.5, 99.5)
EXACT = 2**53  # the whole numbers that float64 holds

NO_ORIENTATION = Note("have no orientation in their header: third axis taken as axial")


def probe(path: Path) -> Header:
    """Return how many slices of what size the volume's header gives.

    Raises
    ------
    ImageError
        If it is no NIfTI file, or not one volume of a modest size.
    """
    volume = _opened(path)
    _require_finite(volume)
    count, height, width = _layout(volume)
    if count * height * width > MAX_VOXELS:
        raise ImageError(
            f"its header claims {count * height * width:,} voxels, more than the {MAX_VOXELS:,} "
            "that whorl decodes (a decompression bomb?): crop it first"
        )
    return Header(count, height, width)


def read(path: Path, window: Window | None) -> Iterator[Decoded]:
    """Decode a volume's axial slices, from the feet upwards, or the one plane of two axes.

    The axes are first brought to the canonical order (right, anterior, superior). An axial slice is
    shown as radiologists do: seen from the feet, the patient's right on the left, front on top; a
    sagittal plane with the front on the left, a coronal one with the patient's right there, and
    both with the head on top.

    Volumes of unsigned 8 bits are left as they are. Others are shown through the first of: the
    given window; the display range in the header (``cal_min`` to ``cal_max``); the range from the
    0.5th to the 99.5th percentile of the volume's values. Values are scaled in double precision,
    slice by slice.

    Raises
    ------
    ImageError
        If values are not finite; whatever nibabel raises if the file is damaged.
    """
    volume = _opened(path)
    _require_finite(volume)
    _layout(volume)
    stored = np.asanyarray(volume.dataobj.get_unscaled()).reshape(_shape(volume))
    stored = apply_orientation(stored, _axes(volume))  # type: ignore[no-untyped-call]
    _require_numbers(stored)
    slope, intercept = float(volume.dataobj.slope), float(volume.dataobj.inter)
    shown, notes = _display(stored, volume, window)
    for plane in np.moveaxis(stored, _across(volume), 0):
        values = plane[::-1, ::-1].T
        if shown is None:
            yield Decoded(np.ascontiguousarray(values), notes)
            continue
        measured = values.astype(np.float64) * slope + intercept
        grey = shown.apply(measured)
        yield Decoded(grey, (*notes, *lost(grey, measured)))


def _opened(path: Path) -> Any:
    """Open a NIfTI file."""
    try:
        return nibabel.load(path)
    except nibabel.filebasedimages.ImageFileError as error:
        raise ImageError("is not a NIfTI file, or is damaged") from error


def _require_finite(volume: Any) -> None:
    """Raise an error unless the header's numbers that make grey of values are finite.

    nibabel takes a slope that is not for none, and keeps it to itself.
    """
    places = volume.file_map
    with places.get("header", places["image"]).get_prepare_fileobj("rb") as file:
        header = type(volume).header_class.from_fileobj(file, check=False)
    for field in ("scl_slope", "scl_inter", "cal_min", "cal_max"):
        if not np.isfinite(header[field]):
            raise ImageError(
                f"has {field} {float(header[field])} in its header, which is no finite number: "
                "set it right"
            )


def _shape(volume: Any) -> tuple[int, int, int]:
    """Return the length of a volume's three stored axes; the third is 1 where there are two."""
    x, y, z = (*volume.shape[:3], 1)[:3]
    return x, y, z


def _across(volume: Any) -> int:
    """Return the canonical axis across which to cut: the third, or that which a plane lacks."""
    return 2 if len(volume.shape) > 2 else int(_axes(volume)[2, 0])


def _layout(volume: Any) -> tuple[int, int, int]:
    """Return number, height and width of the slices of a volume of plain numbers."""
    shape = volume.shape
    if len(shape) < 2 or any(length != 1 for length in shape[3:]):
        raise ImageError(f"holds {len(shape)} dimensions {shape}: save each volume as a file")
    if volume.get_data_dtype().kind not in "iuf":
        raise ImageError(f"holds {volume.get_data_dtype()} values: save it as plain numbers")
    canonical = [_shape(volume)[stored] for stored in np.argsort(_axes(volume)[:, 0])]
    count = canonical.pop(_across(volume))
    width, height = canonical
    return count, height, width


def _axes(volume: Any) -> NDArray[np.float64]:
    """Return for each stored axis the canonical axis and the direction (1 or -1)."""
    axes: NDArray[np.float64] = io_orientation(volume.affine)  # type: ignore[no-untyped-call]
    if not np.isfinite(axes).all():
        raise ImageError("has an orientation (affine) that cannot be inverted: set it right")
    return axes


def _require_numbers(stored: NDArray[Any]) -> None:
    """Raise an error unless all values are finite, and whole ones exact in double precision."""
    if not np.isfinite(stored).all():
        raise ImageError("holds values that are no finite numbers (NaN): replace them first")
    is_wide = stored.dtype.kind in "iu" and stored.dtype.itemsize > 4
    if is_wide and stored.size and max(-int(stored.min()), int(stored.max())) > EXACT:
        raise ImageError(
            "holds whole numbers beyond 2^53, which double precision does not tell apart"
        )


def _display(
    stored: NDArray[Any], volume: Any, window: Window | None
) -> tuple[Window | None, tuple[Note, ...]]:
    """Choose the window for a volume, None for values that are grey already; and the notes."""
    header = volume.header
    notes = [] if header["qform_code"] or header["sform_code"] else [NO_ORIENTATION]
    slope, intercept = float(volume.dataobj.slope), float(volume.dataobj.inter)
    if volume.get_data_dtype() == np.uint8 and (slope, intercept) == (1, 0):
        return None, (*notes, *([EIGHT_BITS_KEPT] if window else []))
    if window is not None:
        return window, (*notes, through_given(window))
    low, high = float(header["cal_min"]), float(header["cal_max"])
    text = "shown through the display range in their header"
    if not low < high:
        low, high = sorted(end * slope + intercept for end in _percentiles(stored))
        text = "shown from the 0.5th to the 99.5th percentile of their volume"
    if not low < high:
        raise ImageError("nearly all its values are the same: give --window CENTRE,WIDTH")
    return Window.spanning(low, high), (*notes, Note(text, f"{low:.12g} to {high:.12g}"))


def _percentiles(stored: NDArray[Any]) -> list[float]:
    """Return the two percentiles as numpy does, without a copy in double precision."""
    places = [(stored.size - 1) * percent / 100 for percent in PERCENTILES]
    below = [int(place) for place in places]
    above = [min(place + 1, stored.size - 1) for place in below]
    values = np.partition(stored.ravel(), sorted({*below, *above}))
    return [
        float(values[low]) + (float(values[high]) - float(values[low])) * (place - low)
        for place, low, high in zip(places, below, above, strict=True)
    ]
