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
from whorl.images.tissue import Scale, lost
from whorl.images.window import Window

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 8192 * 8192
MAX_IMAGES_A_FILE = 2**16

LUMA = Note("converted from colour to grey by luma (ITU-R 601)")
KEPT = Note("keep their colour; what compares grey values takes their luma (ITU-R 601)")
WHITE_IS_ZERO = Note("inverted, since their file counts white as zero")
EIGHT_BITS_KEPT = Note("hold 8 bits and are left as they are: --window is for deeper ones")


def through_given(window: Window) -> Note:
    """Return the note on images shown through the window that was given."""
    return Note("shown through the given window (centre,width)", str(window))


def deep_scaled(highest: int) -> Note:
    """Return the note on images scaled from more than 8 bits (or fewer) without a window."""
    return Note("scaled linearly to 0–255 from all that their bits can hold", f"0–{highest}")


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
    colour : ndarray of uint8, shape (height, width, 3), or None
        Red, green and blue, where these are not equal throughout.
    """

    grey: NDArray[np.uint8]
    notes: tuple[Note, ...] = ()
    scale: Scale | None = None
    patient: str = ""
    padding: NDArray[np.bool_] | None = None
    colour: NDArray[np.uint8] | None = None

    @property
    def channels(self) -> NDArray[np.uint8]:
        """Red, green and blue, shape (height, width, 3); grey has three that are equal."""
        grey = self.grey[..., np.newaxis]
        return np.repeat(grey, 3, axis=2) if self.colour is None else self.colour

    @property
    def notes_in_colour(self) -> tuple[Note, ...]:
        """What was done to get the channels."""
        return tuple(KEPT if note == LUMA else note for note in self.notes)


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


def grey_from_picture(
    picture: Image, window: Window | None, *, highest: int = 65535, white_is_zero: bool = False
) -> Decoded:
    """Turn a decoded Pillow image of any mode into grey.

    Parameters
    ----------
    picture : PIL.Image.Image
        The image, loaded.
    window : Window or None
        Shows images deeper than 8 bits; 8-bit images are left as they are.
    highest : int
        The value of a 16-bit image that is white without a window.
    white_is_zero : bool
        Whether the values of an image deeper than 8 bits run from white to black.

    Raises
    ------
    ImageError
        If pixels are transparent, or what `grey_from_deep` raises.
    """
    if picture.mode.startswith(("I", "F")):
        if "transparency" in picture.info:
            raise ImageError("declares one of its grey values transparent: save it without")
        values = np.asarray(picture)
        top = highest if picture.mode.startswith("I;16") else None
        return grey_from_deep(values, window, highest=top, white_is_zero=white_is_zero)
    picture = _without_alpha(picture)
    if picture.mode in ("L", "1"):
        grey = Decoded(np.array(picture if picture.mode == "L" else picture.convert("L")))
    else:
        grey = grey_from_rgb(np.asarray(picture.convert("RGB")))
    return grey if window is None else grey._replace(notes=(*grey.notes, EIGHT_BITS_KEPT))


def grey_from_deep(
    values: NDArray[Any], window: Window | None, *, highest: int | None, white_is_zero: bool
) -> Decoded:
    """Turn grey values of any type but unsigned 8 bits into grey.

    Parameters
    ----------
    values : ndarray of shape (height, width)
        Numbers.
    window : Window or None
        What to show as black to white.
    highest : int or None
        The value shown as white without a window, where 0 is black; None where that is not known.
    white_is_zero : bool
        Whether the values run from white to black.

    Raises
    ------
    ImageError
        If values are no finite numbers, or neither a window nor the highest value is known.

    Examples
    --------
    >>> decoded = grey_from_deep(np.array([[0, 4095]]), None, highest=4095, white_is_zero=False)
    >>> decoded.grey, str(decoded.notes[0].detail)
    (array([[  0, 255]], dtype=uint8), '0–4095')
    """
    if not np.isfinite(values).all():
        raise ImageError("holds values that are no finite numbers (NaN): replace them first")
    if window is not None:
        grey = window.apply(values)
        notes = [through_given(window)]
    elif highest is not None:
        grey = Window.spanning(0, highest).apply(values)
        notes = [deep_scaled(highest)]
    else:
        kind = {"i": "signed", "f": "fractional"}.get(values.dtype.kind, "unsigned")
        raise ImageError(
            f"holds {kind} values of {8 * values.dtype.itemsize} bits, whose black and white are "
            "not known: give --window CENTRE,WIDTH"
        )
    notes.extend(lost(grey, values))
    if white_is_zero:
        grey = 255 - grey
        notes.append(WHITE_IS_ZERO)
    return Decoded(grey, tuple(notes))


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
    return Decoded(np.array(Image.fromarray(rgb).convert("L")), (LUMA,), colour=rgb)


def grey_from_deep_rgb(rgb: NDArray[Any], window: Window) -> Decoded:
    """Turn colour of other than 8 bits a channel, shape (height, width, 3), into grey.

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
    grey = np.rint(shown @ [0.299, 0.587, 0.114]).astype(np.uint8)
    return Decoded(grey, (LUMA,), colour=np.rint(shown).astype(np.uint8))


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

    def scaled(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        small = Image.fromarray(image).resize((side, side), Image.Resampling.LANCZOS)
        return np.array(small)

    grey = scaled(decoded.grey)
    colour = None if decoded.colour is None else scaled(decoded.colour)
    return decoded._replace(grey=grey, colour=colour, notes=(*decoded.notes, *notes))


def _without_alpha(picture: Image) -> Image:
    """Return the picture without an alpha channel that hides nothing."""
    if not picture.has_transparency_data:
        return picture
    picture = picture.convert("RGBA")
    if picture.getchannel("A").getextrema() != (255, 255):
        raise ImageError("has transparent pixels: flatten it onto a background first")
    return picture.convert("RGB")
