"""PNG, JPEG, TIFF, BMP and WebP files, read by Pillow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.ExifTags import Base
from PIL.ImageFile import ImageFile
from PIL.TiffImagePlugin import PHOTOMETRIC_INTERPRETATION, TiffImageFile

from whorl.errors import ImageError
from whorl.images.decoding import Decoded, Header, grey_from_picture, require_modest
from whorl.images.notes import Note
from whorl.images.window import Window

FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP")
LYING = (5, 6, 7, 8)

TURNED = Note("turned upright, as their orientation tag says")
UPPER_BITS = Note("taken from 16-bit colour by the upper 8 bits of each channel")


def probe(path: Path) -> Header:
    """Return the size that the file's header gives, turned upright.

    Raises
    ------
    ImageError
        If it is none of the formats, too large, animated or of several pages.
    """
    with _opened(path) as picture:
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
        notes = [UPPER_BITS] if _is_deep_colour(picture) else []
        white_is_zero = _is_white_zero(picture)
        tag_before = _orientation(picture)
        picture.load()  # turns a TIFF upright, and may find the tag of a PNG
        tag_after = _orientation(picture)
        upright = ImageOps.exif_transpose(picture) if tag_after > 1 else picture
        if max(tag_before, tag_after) > 1:
            notes.append(TURNED)
        decoded = grey_from_picture(upright, window, white_is_zero=white_is_zero)
        yield decoded._replace(notes=(*notes, *decoded.notes))


@contextmanager
def _opened(path: Path) -> Iterator[ImageFile]:
    """Open the file by its content, whatever its name, and check its size.

    Pillow gets an open file, not the path: given a path it maps an uncompressed TIFF into memory
    and garbles one that its orientation tag turns by a quarter.
    """
    with path.open("rb") as file:
        try:
            picture = Image.open(file, formats=FORMATS)
        except UnidentifiedImageError as error:
            raise ImageError(
                "is not a PNG, JPEG, TIFF, BMP or WebP image, or is damaged"
            ) from error
        except Image.DecompressionBombError as error:
            raise ImageError(f"is too large to be decoded safely: {error}") from error
        with picture:
            require_modest(picture.width * picture.height)
            yield picture


def _orientation(picture: ImageFile) -> int:
    """Return the EXIF orientation 2 to 8, or 1 where there is none (yet) or it is not valid."""
    if picture.format == "PNG" and "exif" not in picture.info:
        return 1  # asking Pillow would decode the image
    orientation = picture.getexif().get(Base.Orientation, 1)
    return orientation if orientation in range(2, 9) else 1


def _is_deep_colour(picture: ImageFile) -> bool:
    """Tell whether a picture not yet loaded has more bits a channel than Pillow will keep."""
    return not picture.mode.startswith("I") and any(";16" in str(t.args) for t in picture.tile)


def _is_white_zero(picture: ImageFile) -> bool:
    """Tell whether a TIFF counts from white to black (Pillow inverts it only up to 8 bits)."""
    return (
        isinstance(picture, TiffImageFile) and picture.tag_v2.get(PHOTOMETRIC_INTERPRETATION) == 0
    )
