"""TIFF files of kinds that Pillow does not read or takes for others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.images.decoding import Decoded, Header, grey_from_deep, require_modest
from whorl.images.deepcolour import rawmode_of, set_rawmode
from whorl.images.window import Window

if TYPE_CHECKING:
    from PIL.TiffImagePlugin import TiffImageFile
    from tifffile import TiffPage

MARKS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
BITS_PER_SAMPLE, PHOTOMETRIC, ORIENTATION, MAX_SAMPLE_VALUE, SAMPLE_FORMAT = 258, 262, 274, 281, 339
WHITE_IS_ZERO, BLACK_IS_ZERO = 0, 1
KINDS = {1: "unsigned", 2: "signed", 3: "fractional", 5: "complex", 6: "complex"}

NATIVE = {"I;16BS": "I;16NS", "I;32BS": "I;32NS", "F;32BF": "F;32NF"}

UPRIGHT: dict[int, Callable[[NDArray[Any]], NDArray[Any]]] = {
    2: np.fliplr,
    3: lambda stored: np.rot90(stored, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: np.rot90(stored, 2).T,
    8: np.rot90,
}


def is_tiff(path: Path) -> bool:
    """Tell whether a file starts as a TIFF does."""
    with path.open("rb") as file:
        return file.read(4) in MARKS


def is_signed_byte(picture: TiffImageFile) -> bool:
    """Tell whether Pillow takes a picture's signed 8 bits for unsigned ones."""
    return picture.mode == "L" and picture.tag_v2.get(SAMPLE_FORMAT, (1,))[0] == 2


def mend_byte_order(picture: TiffImageFile) -> None:
    """Have a compressed big-endian picture, not yet loaded, decoded rightly.

    libtiff brings values into the machine's byte order, and Pillow then takes signed and fractional
    ones for big-endian still.
    """
    for tile in picture.tile:
        native = NATIVE.get(rawmode_of(tile.args))
        if tile.codec_name == "libtiff" and native:
            set_rawmode(picture, native)


def meant(values: NDArray[Any], picture: TiffImageFile) -> tuple[NDArray[Any], int | None]:
    """Return what a grey picture's values are meant to be, and the highest that there can be.

    Pillow takes signed 8 bits for unsigned and unsigned 32 bits for signed, and does not tell 12
    bits from 16.

    Parameters
    ----------
    values : ndarray of shape (height, width)
        As Pillow decodes them.
    picture : PIL.TiffImagePlugin.TiffImageFile
        Has the tags.

    Returns
    -------
    (ndarray of shape (height, width), int or None)
        None where black and white are not known.
    """
    kind = picture.tag_v2.get(SAMPLE_FORMAT, (1,))[0]
    bits = picture.tag_v2.get(BITS_PER_SAMPLE, (1,))[0]
    if is_signed_byte(picture):
        return values.view(np.int8), None
    if kind == 1 and bits == 32 and values.dtype == np.int32:
        return values.view(np.uint32), None
    if picture.mode.startswith("I;16"):
        return values, _highest(picture.tag_v2.get(MAX_SAMPLE_VALUE), bits)
    return values, None


def probe(path: Path) -> Header:
    """Return the size that the header of a file gives that Pillow does not read.

    Raises
    ------
    ImageError
        If tifffile does not either, or the file holds several pages or channels.
    """
    with _page(path) as page:
        height, width = page.imagelength, page.imagewidth
        if _orientation(page) >= 5:
            height, width = width, height
        return Header(1, height, width)


def read(path: Path, window: Window | None) -> Iterator[Decoded]:
    """Decode by tifffile a file's one image, of a kind that Pillow does not read.

    Raises
    ------
    ImageError
        If tifffile does not read it either, or there is no window.
    """
    with _page(path) as page:
        values = _values(page, path)
        values = UPRIGHT.get(_orientation(page), np.asarray)(values)
        unsigned = values.dtype.kind == "u" and page.bitspersample <= 16
        limit = page.tags.get(MAX_SAMPLE_VALUE)
        highest = _highest(limit and limit.value, page.bitspersample) if unsigned else None
        white_is_zero = page.photometric == WHITE_IS_ZERO
        yield grey_from_deep(values, window, highest=highest, white_is_zero=white_is_zero)


@contextmanager
def _page(path: Path) -> Iterator[TiffPage]:
    """Open the file and return its one page of one channel."""
    from tifffile import TiffFile, TiffFileError

    try:
        opened = TiffFile(path)
    except TiffFileError as error:
        raise ImageError(f"is a damaged TIFF: {error}") from error
    with opened as file:
        if len(file.pages) != 1:
            raise ImageError(f"holds {len(file.pages)} pictures: save each as a file")
        page: Any = file.pages[0]
        require_modest(page.imagelength * page.imagewidth)
        if (
            page.samplesperpixel != 1
            or page.photometric not in (WHITE_IS_ZERO, BLACK_IS_ZERO)
            or page.sampleformat not in (1, 2, 3)
        ):
            raise ImageError(_refusal(page))
        there, announced = sum(map(bool, page.databytecounts)), prod(page.chunked)
        if there < announced:
            raise ImageError(
                f"is damaged or cut short (it has {there} of {announced} strips or tiles): replace "
                "or remove it"
            )
        yield page


def _values(page: TiffPage, path: Path) -> NDArray[Any]:
    """Decode a page."""
    if page.bitspersample == 12 and page.compression == 1 and not page.is_tiled:
        return _unpacked(page, path)
    try:
        return np.squeeze(page.asarray())
    except (ValueError, RuntimeError, NotImplementedError) as error:
        raise ImageError(_refusal(page)) from error


def _unpacked(page: TiffPage, path: Path) -> NDArray[np.uint16]:
    """Read 12 bits a pixel, two pixels in three bytes, each row from a whole byte on."""
    height, width = page.imagelength, page.imagewidth
    stored = path.read_bytes()
    strips = zip(page.dataoffsets, page.databytecounts, strict=True)
    packed = b"".join(stored[start : start + count] for start, count in strips)
    a_row = (12 * width + 7) // 8
    if len(packed) < a_row * height:
        raise ImageError("is damaged or cut short: replace or remove it")
    rows = np.frombuffer(packed, np.uint8)[: a_row * height].reshape(height, a_row)
    padded = np.zeros((height, (width + 1) // 2 * 3), np.uint16)
    padded[:, :a_row] = rows
    first, middle, last = padded[:, 0::3], padded[:, 1::3], padded[:, 2::3]
    pairs = np.stack([first << 4 | middle >> 4, (middle & 15) << 8 | last], axis=-1)
    return pairs.reshape(height, -1)[:, :width]


def _refusal(page: TiffPage) -> str:
    """Say what a page is, and that whorl does not read it."""
    kind = KINDS.get(int(page.sampleformat), "undefined")
    channels = f", {page.samplesperpixel} channels" if page.samplesperpixel > 1 else ""
    compression = getattr(page.compression, "name", page.compression)
    photometric = getattr(page.photometric, "name", page.photometric)
    return (
        f"is a TIFF of {page.bitspersample}-bit {kind} values{channels} ({photometric}, "
        f"compression {compression}), which whorl does not read: save it as grey of 8 or 16 bits"
    )


def _orientation(page: TiffPage) -> int:
    """Return the orientation tag, 1 to 8."""
    tag = page.tags.get(ORIENTATION)
    return int(tag.value) if tag is not None and tag.value in UPRIGHT else 1


def _highest(limit: Any, bits: int) -> int:
    """Return the highest value that the header says there is."""
    value = limit[0] if isinstance(limit, tuple) else limit
    highest = 2**bits - 1
    return int(value) if value and 0 < value < highest else highest
