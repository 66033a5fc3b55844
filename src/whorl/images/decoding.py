"""From the pixel formats of files to grey uint8."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.images.notes import Note
from whorl.images.tissue import Scale
from whorl.images.window import Window

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 8192 * 8192
MAX_IMAGES_A_FILE = 2**16

LUMA = Note("converted from colour to grey by luma (ITU-R 601)")
SIXTEEN_BITS = Note("scaled from 16 bits: 0–65535 to 0–255, linearly")
WHITE_IS_ZERO = Note("inverted, since their file counts white as zero")
LOST = Note(
    "come out all black or all white: none of their values lies inside the window (--window "
    "CENTRE,WIDTH shows others)"
)
EIGHT_BITS_KEPT = Note("hold 8 bits and are left as they are: --window is for deeper ones")


def through_given(window: Window) -> Note:
    """Return the note on images shown through the window that was given."""
    return Note("shown through the given window (centre,width)", str(window))


def lost(grey: NDArray[np.uint8], padding: NDArray[np.bool_] | None = None) -> tuple[Note, ...]:
    """Return the note on an image of which a window shows nothing but one end; else nothing.

    Examples
    --------
    >>> lost(np.zeros((2, 2), np.uint8)) == (LOST,), lost(np.array([[0, 255]], np.uint8))
    (True, ())
    """
    tissue = grey if padding is None else grey[~padding]
    if tissue.size and (tissue.max() == 0 or tissue.min() == 255):
        return (LOST,)
    return ()


@dataclass(frozen=True)
class Header:
    """What a file says it holds, before it is decoded.

    Raises
    ------
    ImageError
        If there are more than `MAX_IMAGES_A_FILE` images or `MAX_PIXELS` pixels in one, or none.
    """

    count: int
    height: int
    width: int

    def __post_init__(self) -> None:
        if min(self.count, self.height, self.width) < 1:
            raise ImageError("holds no pixels")
        require_modest(self.height * self.width)
        if self.count > MAX_IMAGES_A_FILE:
            raise ImageError(
                f"its header claims {self.count:,} images, more than the {MAX_IMAGES_A_FILE:,} "
                "that whorl reads from one file: split it first"
            )


class Decoded(NamedTuple):
    """One image as grey.

    Attributes
    ----------
    grey : ndarray of uint8, shape (height, width)
        Grey values.
    notes : tuple of Note
        What was done to get them.
    scale : Scale or None
        What black and white stand for, where measured values were shown without a window.
    patient : str
        The patient's id in the file; empty where it names none.
    padding : ndarray of bool, shape (height, width), or None
        Which pixels hold no tissue, as the file says.
    """

    grey: NDArray[np.uint8]
    notes: tuple[Note, ...] = ()
    scale: Scale | None = None
    patient: str = ""
    padding: NDArray[np.bool_] | None = None


class Reader(Protocol):
    """What a module that reads one family of file formats offers."""

    def probe(self, path: Path) -> Header:
        """Return what the file says it holds, without decoding it."""

    def read(self, path: Path, window: Window | None) -> Iterator[Decoded]:
        """Decode the file's images one after the other."""


def require_modest(pixels: int) -> None:
    """Raise an error if an image has so many pixels that decoding it could fill the memory."""
    if pixels > MAX_PIXELS:
        raise ImageError(
            f"its header claims {pixels:,} pixels, more than the {MAX_PIXELS:,} that whorl decodes "
            "(a decompression bomb?): shrink it first"
        )


def grey_from_picture(picture: Image, window: Window | None, *, white_is_zero: bool) -> Decoded:
    """Turn a decoded Pillow image of any mode into grey.

    Parameters
    ----------
    picture : PIL.Image.Image
        The image, loaded.
    window : Window or None
        Shows images deeper than 8 bits; 8-bit images are left as they are.
    white_is_zero : bool
        Whether the values of an image deeper than 8 bits run from white to black (Pillow has
        already inverted shallower ones).

    Raises
    ------
    ImageError
        If pixels are transparent, or if values are wider than 16 bits, signed or fractional and
        there is no window.
    """
    if picture.mode.startswith(("I", "F")):
        return _grey_from_deep(picture, window, white_is_zero=white_is_zero)
    picture = _without_alpha(picture)
    if picture.mode in ("L", "1"):
        grey = Decoded(np.array(picture if picture.mode == "L" else picture.convert("L")))
    else:
        grey = grey_from_rgb(np.asarray(picture.convert("RGB")))
    return grey if window is None else grey._replace(notes=(*grey.notes, EIGHT_BITS_KEPT))


def grey_from_rgb(rgb: NDArray[np.uint8]) -> Decoded:
    """Turn colour of shape (height, width, 3) into grey; equal channels are grey already.

    References
    ----------
    ITU-R Recommendation BT.601: 0.299 red + 0.587 green + 0.114 blue.
    """
    from PIL import Image

    red, green, blue = np.moveaxis(rgb, -1, 0)
    if np.array_equal(red, green) and np.array_equal(green, blue):
        return Decoded(np.ascontiguousarray(red))
    return Decoded(np.array(Image.fromarray(rgb).convert("L")), (LUMA,))


def grey_from_deep_rgb(rgb: NDArray[Any], window: Window) -> Decoded:
    """Turn colour of more (or less) than 8 bits a channel, shape (height, width, 3), into grey.

    Each channel goes through the window; luma is taken before anything is rounded.

    Examples
    --------
    >>> red = np.array([[[65535, 0, 0]]], np.uint16)
    >>> grey_from_deep_rgb(red, Window.spanning(0, 65535)).grey
    array([[76]], dtype=uint8)
    """
    shown = window.shown(rgb)
    if (rgb == rgb[..., :1]).all():
        return Decoded(np.rint(shown[..., 0]).astype(np.uint8))
    return Decoded(np.rint(shown @ [0.299, 0.587, 0.114]).astype(np.uint8), (LUMA,))


def resized(decoded: Decoded, side: int) -> Decoded:
    """Bring an image to `side` × `side` pixels.

    Pillow's Lanczos filter widens with the reduction, so that nothing aliases, and keeps more of
    the fine structure that similarity is measured on than a mean over areas does; it also serves
    where a smaller image has to be enlarged.
    """
    from PIL import Image

    height, width = decoded.grey.shape
    if (height, width) == (side, side):
        return decoded
    notes = [Note(f"resized to {side}×{side} (Lanczos filter)", f"{width}×{height}")]
    if height != width:
        notes.append(Note("stretched: resizing did not keep their aspect ratio"))
    small = Image.fromarray(decoded.grey).resize((side, side), Image.Resampling.LANCZOS)
    return decoded._replace(grey=np.array(small), notes=(*decoded.notes, *notes))


def _grey_from_deep(picture: Image, window: Window | None, *, white_is_zero: bool) -> Decoded:
    """Turn 16-bit, 32-bit or fractional values into grey."""
    if "transparency" in picture.info:
        raise ImageError("declares one of its grey values transparent: save it without")
    sixteen_bits = picture.mode.startswith("I;16")
    values = np.asarray(picture)
    if not np.isfinite(values).all():
        raise ImageError("holds values that are no finite numbers (NaN): replace them first")
    if window is None and not sixteen_bits:
        raise ImageError(
            "holds signed, 32-bit or fractional values, whose black and white are not known: "
            "give --window CENTRE,WIDTH"
        )
    notes = [SIXTEEN_BITS if window is None else through_given(window)]
    grey = (window or Window.spanning(0, 65535)).apply(values)
    if white_is_zero:
        grey = 255 - grey
        notes.append(WHITE_IS_ZERO)
    return Decoded(grey, tuple(notes), unwindowed=window is None)


def _without_alpha(picture: Image) -> Image:
    """Return the picture without an alpha channel that hides nothing."""
    if not picture.has_transparency_data:
        return picture
    picture = picture.convert("RGBA")
    if picture.getchannel("A").getextrema() != (255, 255):
        raise ImageError("has transparent pixels: flatten it onto a background first")
    return picture.convert("RGB")
