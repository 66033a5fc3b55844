"""PNG, JPEG, TIFF, BMP and WebP, read by Pillow; kinds of TIFF that it does not, by tifffile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.ExifTags import Base
from PIL.ImageFile import ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from whorl.errors import ImageError
from whorl.images import png, tiff
from whorl.images.decoding import (
    Decoded,
    Header,
    deep_scaled,
    grey_from_deep,
    grey_from_deep_rgb,
    grey_from_picture,
    require_modest,
    through_given,
)
from whorl.images.deepcolour import is_deep_colour, is_grey_with_alpha, joined, prepare
from whorl.images.notes import Note
from whorl.images.tissue import lost
from whorl.images.window import Window

FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP")
LYING = (5, 6, 7, 8)

TURNED = Note("turned upright, as their orientation tag says")


def probe(path: Path) -> Header:
    """Return the size that the file's header gives, turned upright.

    Raises
    ------
    ImageError
        If it is none of the formats, too large, animated or of several pages.
    """
    with _opened(path) as picture:
        if picture is None:
            return tiff.probe(path)
        pages = getattr(picture, "n_frames", 1)
        if pages > 1:
            raise ImageError(
                f"holds {pages} pictures (animated, or of several pages): save each as a file"
            )
        width, height = picture.size
        if not isinstance(picture, TiffImageFile) and _orientation(picture) in LYING:
            width, height = height, width
        return Header(1, height, width)


def read(path: Path, window: Window | None) -> Iterator[Decoded]:
    """Decode the file's one image.

    Raises
    ------
    ImageError
        If whorl does not know how to show its pixels; whatever Pillow raises if it is damaged.
    """
    with _opened(path) as picture:
        if picture is None:
            yield from tiff.read(path, window)
            return
        _require_all(path, picture)
        if is_deep_colour(picture):
            decoded, turned = _deep_colour(path, picture, window)
        else:
            upright, turned = _upright(picture)
            decoded = _grey(path, picture, upright, window)
        notes = (TURNED, *decoded.notes) if turned else decoded.notes
        yield decoded._replace(notes=notes)


@contextmanager
def _opened(path: Path) -> Iterator[ImageFile | None]:
    """Open the file by its content, whatever its name, and check its size.

    None stands for a TIFF of a kind that Pillow does not know.

    Pillow gets an open file, not the path: given a path it maps an uncompressed TIFF into memory
    and garbles one that its orientation tag turns by a quarter.
    """
    with path.open("rb") as file:
        try:
            picture = Image.open(file, formats=FORMATS)
        except UnidentifiedImageError as error:
            if not tiff.is_tiff(path):
                raise ImageError(
                    "is not a PNG, JPEG, TIFF, BMP or WebP image, or is damaged, or of a kind "
                    "(12-bit or lossless JPEG) that whorl does not read"
                ) from error
            yield None
            return
        except Image.DecompressionBombError as error:
            raise ImageError(f"is too large to be decoded safely: {error}") from error
        with picture:
            require_modest(picture.width * picture.height)
            if isinstance(picture, TiffImageFile):
                tiff.mend_byte_order(picture)
            yield picture


def _require_all(path: Path, picture: ImageFile) -> None:
    """Raise an error if a picture not yet loaded lacks parts, which Pillow would leave black."""
    if picture.format == "PNG":
        png.require_all_rows(path)
    areas = {tile.extents or (0, 0, *picture.size) for tile in picture.tile}
    covered = sum((right - left) * (lower - upper) for left, upper, right, lower in areas)
    if covered < picture.width * picture.height:
        raise ImageError(
            f"is damaged or cut short (its strips or tiles hold {covered:,} of "
            f"{picture.width * picture.height:,} pixels): replace or remove it"
        )


def _upright(picture: ImageFile) -> tuple[Image.Image, bool]:
    """Decode a picture and turn it as its orientation tag says; and whether it was turned."""
    tag_before = _orientation(picture)
    picture.load()  # turns a TIFF upright, and may find the tag of a PNG
    tag_after = _orientation(picture)
    upright = ImageOps.exif_transpose(picture) if tag_after > 1 else picture
    return upright, max(tag_before, tag_after) > 1


def _grey(path: Path, picture: ImageFile, upright: Image.Image, window: Window | None) -> Decoded:
    """Turn a decoded picture that is no deep colour into grey."""
    if picture.mode.startswith("I;16") and picture.format == "PNG":
        highest = png.highest(np.asarray(upright), png.bits_in_use(path))
        return grey_from_picture(upright, window, highest=highest)
    if not isinstance(picture, TiffImageFile):
        return grey_from_picture(upright, window)
    if not (picture.mode.startswith(("I", "F")) or tiff.is_signed_byte(picture)):
        return grey_from_picture(upright, window)
    values, white = tiff.meant(np.asarray(upright), picture)
    white_is_zero = picture.tag_v2.get(tiff.PHOTOMETRIC) == tiff.WHITE_IS_ZERO
    return grey_from_deep(values, window, highest=white, white_is_zero=white_is_zero)


def _deep_colour(path: Path, picture: ImageFile, window: Window | None) -> tuple[Decoded, bool]:
    """Turn colour of 16 bits a channel into grey; and tell whether it was turned upright."""
    with _opened(path) as again:
        if again is None:
            raise ImageError("was changed while it was read")
        is_grey = is_grey_with_alpha(picture)
        prepare(picture, again)
        upper, turned = _upright(picture)
        lower, _ = _upright(again)
        rgb = joined(upper, lower, is_grey=is_grey)
    white = png.highest(rgb, png.bits_in_use(path))
    decoded = grey_from_deep_rgb(rgb, window or Window.spanning(0, white))
    how = deep_scaled(white) if window is None else through_given(window)
    return decoded._replace(notes=(how, *lost(decoded.grey, rgb), *decoded.notes)), turned


def _orientation(picture: Image.Image) -> int:
    """Return the EXIF orientation 2 to 8, or 1 where there is none (yet) or it is not valid."""
    if picture.format == "PNG" and "exif" not in picture.info:
        return 1  # asking Pillow would decode the image
    orientation = picture.getexif().get(Base.Orientation, 1)
    return orientation if orientation in range(2, 9) else 1
