"""Colour of 16 bits a channel, of which Pillow keeps 8."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.ImageFile import ImageFile

from whorl.errors import ImageError

# What Pillow keeps of a channel (rawmode) is its upper byte; told that bytes are in the other
# order, it keeps the lower one.
GREY_AND_ALPHA = "LA;16B"
OTHER_BYTE = {
    "RGB;16B": "RGB;16L",
    "RGB;16L": "RGB;16B",
    "RGB;16N": "RGB;16B",
    "RGBA;16B": "RGBA;16L",
    "RGBA;16L": "RGBA;16B",
    "RGBA;16N": "RGBA;16B",
}


def is_deep_colour(picture: ImageFile) -> bool:
    """Tell whether a picture not yet loaded has 16 bits a channel, of which Pillow keeps 8."""
    return not picture.mode.startswith("I") and any(";16" in str(t.args) for t in picture.tile)


def prepare(picture: ImageFile, again: ImageFile) -> None:
    """Have the upper bytes of a picture's channels decoded by `picture`, the lower by `again`.

    Grey with alpha gives the four bytes of a pixel as the channels of both.

    Parameters
    ----------
    picture, again : PIL.ImageFile.ImageFile
        The same file, opened twice and not yet loaded.

    Raises
    ------
    ImageError
        If the channels are not red, green, blue and alpha, or grey and alpha.
    """
    rawmodes = {rawmode_of(tile.args) for tile in picture.tile}
    if rawmodes == {GREY_AND_ALPHA}:
        set_rawmode(picture, "RGBA")
        set_rawmode(again, "RGBA")
    elif len(rawmodes) == 1 and rawmodes <= set(OTHER_BYTE):
        set_rawmode(again, OTHER_BYTE[rawmodes.pop()])
    else:
        raise ImageError(
            f"holds 16 bits a channel in {', '.join(sorted(rawmodes))}, of which whorl reads only "
            "RGB, RGBA and grey: save it as one of these"
        )


def joined(upper: Image.Image, lower: Image.Image, *, is_grey: bool) -> NDArray[np.uint16]:
    """Put upper and lower bytes together, and drop an alpha channel that hides nothing.

    Parameters
    ----------
    upper, lower : PIL.Image.Image
        What the pictures of `prepare` were decoded to.
    is_grey : bool
        Whether they are grey with alpha.

    Returns
    -------
    ndarray of uint16, shape (height, width, 3)

    Raises
    ------
    ImageError
        If pixels are transparent.

    Examples
    --------
    >>> byte = Image.new("RGB", (1, 1), (1, 2, 3))
    >>> joined(byte, byte, is_grey=False)
    array([[[257, 514, 771]]], dtype=uint16)
    """
    high, low = np.asarray(upper).astype(np.uint16), np.asarray(lower)
    if is_grey:
        high, low = high[..., [0, 0, 0, 2]], low[..., [1, 1, 1, 3]]
    channels = high << 8 | low
    if "transparency" in upper.info or (channels[..., 3:] < 65535).any():
        raise ImageError("has transparent pixels: flatten it onto a background first")
    colours: NDArray[np.uint16] = channels[..., :3]
    return colours


def is_grey_with_alpha(picture: ImageFile) -> bool:
    """Tell whether a picture not yet loaded has 16 bits of grey and of alpha."""
    return any(rawmode_of(tile.args) == GREY_AND_ALPHA for tile in picture.tile)


def rawmode_of(args: Any) -> str:
    """Return the rawmode among the arguments of a tile of Pillow's.

    Examples
    --------
    >>> rawmode_of("L"), rawmode_of(("I;16", 0, 1))
    ('L', 'I;16')
    """
    return str(args[0] if isinstance(args, tuple) else args)


def set_rawmode(picture: ImageFile, rawmode: str) -> None:
    """Have the tiles of a picture not yet loaded decoded in another rawmode."""
    picture.tile = [
        tile._replace(args=(rawmode, *tile.args[1:]) if isinstance(tile.args, tuple) else rawmode)
        for tile in picture.tile
    ]
