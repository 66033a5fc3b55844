"""Images that are arrays already: stacks, arrays in memory, pictures of Pillow, data sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.images.decoding import (
    Decoded,
    grey_from_picture,
    grey_from_rgb,
    require_modest,
    resized,
    through_given,
)
from whorl.images.hashing import content_hash
from whorl.images.imageset import ImageSet
from whorl.images.notes import Tally
from whorl.images.space import Space
from whorl.images.stacks import Stack, as_stack
from whorl.images.window import Window
from whorl.progress import track

CHANNELS = (1, 3)


@dataclass(frozen=True)
class Pictures:
    """Images one after the other, as arrays or as pictures of Pillow.

    Attributes
    ----------
    name : str
        What images are called before their number, and the set unless it is named.
    images : iterable
        The images.
    count : int or None
        How many there are, where that is known.
    source : str or None
        The name of the file that they come from.
    """

    name: str
    images: Iterable[Any]
    count: int | None = None
    source: str | None = None


def of_stack(stack: Stack) -> Pictures:
    """Return the images of a stack."""
    return Pictures(stack.name, stack.images(), stack.shape[0], stack.source)


def pictures_of(source: Any, column: str | None = None) -> Pictures:
    """Return the images of an array, of an iterable, or of a data set of torch or Hugging Face.

    Parameters
    ----------
    source : object
        An array of shape (n, height, width[, 3]); arrays or pictures of Pillow in a row; what has
        ``__len__`` and ``__getitem__`` as a data set of torch. Items may be tuples, whose first
        entry is the image, or mappings.
    column : str, optional
        Where items are mappings, the key of the image; by default the only one that is one.

    Raises
    ------
    ImageError
        If there is nothing, or an item holds no image or several.

    Examples
    --------
    >>> pictures_of(np.zeros((3, 8, 8), np.uint8)).count
    3
    >>> len(list(pictures_of([{"scan": np.zeros((8, 8), np.uint8), "label": 1}]).images))
    1
    """
    if hasattr(source, "shape") and hasattr(source, "dtype"):
        array = source if hasattr(source, "__array_interface__") else np.asarray(source)
        return of_stack(as_stack(array, "image", "the array"))
    items, count = _items(source)
    return Pictures("image", (_image(item, column) for item in items), count)


def read_pictures(
    pictures: Pictures,
    name: str,
    *,
    resize: int | None = None,
    window: Window | None = None,
    colour: bool = False,
    notes: Sequence[str] = (),
) -> ImageSet:
    """Turn images into grey uint8 and gather them.

    Parameters
    ----------
    pictures : Pictures
        8-bit grey and colour are taken as files are; other types of arrays need a window.
    name : str
        What the set is called.
    resize : int, optional
        Height and width to bring them to.
    window : Window, optional
        Shows arrays of other types than unsigned 8 bits.
    colour : bool
        Whether to keep the three channels too.
    notes : sequence of str
        What else is to be told of them.

    Raises
    ------
    ImageError
        Naming the image at fault: of another size, of a type without a window, not finite.
    """
    tally, hashes = Tally(), []
    with track(f"reading {name}", pictures.count or 0) as advance:
        space, channels = Space(pictures.count), Space(pictures.count)
        for number, image in enumerate(pictures.images):
            called = f"{pictures.name}_{number:03d}"
            try:
                decoded = grey_of(image, window)
                if resize is not None:
                    decoded = resized(decoded, resize)
                space.put(decoded.grey)
            except ImageError as error:
                raise ImageError(f"{name}: {called}: {error}") from error
            if colour:
                channels.put(decoded.channels)
            hashes.append(content_hash(decoded.channels if colour else decoded.grey))
            tally.add(called, decoded.notes_in_colour if colour else decoded.notes)
            advance(1)
        pixels = space.pixels
    if not len(pixels):
        raise ImageError(f"{name}: holds no image")
    digits = max(3, len(str(len(pixels) - 1)))
    images = ImageSet(
        tuple(f"{pictures.name}_{number:0{digits}d}" for number in range(len(pixels))),
        pixels,
        name,
        notes=(*tally.sentences(), *notes),
        source=pictures.source,
        colour=channels.pixels if colour else None,
    )
    vars(images)["hashes"] = tuple(hashes)
    return images


def grey_of(image: Any, window: Window | None) -> Decoded:
    """Turn one image, an array or a picture of Pillow, into grey.

    Examples
    --------
    >>> grey_of(np.array([[0.0, 0.5, 1.0]]), Window(0.5, 1)).grey
    array([[  0, 128, 255]], dtype=uint8)
    """
    if hasattr(image, "getbands"):
        require_modest(image.width * image.height)
        return grey_from_picture(image, window)
    if isinstance(image, str | PurePath):
        raise ImageError("is a path: give paths in a list, or their folder")
    values = _plane(np.asarray(image))
    require_modest(values.shape[0] * values.shape[1])
    if values.dtype == np.bool_:
        values = values.astype(np.uint8) * np.uint8(255)
    notes = []
    if values.dtype != np.uint8:
        if values.dtype.kind not in "iuf":
            raise ImageError(f"holds {values.dtype} values: give numbers")
        if window is None:
            raise ImageError(
                f"holds {values.dtype} values, from {values.min():g} to {values.max():g}, whose "
                "black and white are not known: give --window CENTRE,WIDTH"
            )
        if not np.isfinite(values).all():
            raise ImageError("holds values that are no finite numbers (NaN): replace them first")
        values = window.apply(values)
        notes.append(through_given(window))
    decoded = grey_from_rgb(values) if values.ndim == 3 else Decoded(np.ascontiguousarray(values))
    return decoded._replace(notes=(*notes, *decoded.notes))


def _plane(values: NDArray[Any]) -> NDArray[Any]:
    """Return an image as (height, width) or (height, width, 3), channels last."""
    if values.ndim == 3 and values.shape[2] not in CHANNELS and values.shape[0] in CHANNELS:
        values = np.moveaxis(values, 0, 2)
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[..., 0]
    if values.ndim not in (2, 3) or (values.ndim == 3 and values.shape[2] != 3):
        raise ImageError(f"expected height × width, or that with 3 channels, found {values.shape}")
    return values


def _items(source: Any) -> tuple[Iterable[Any], int | None]:
    """Return the items of a source, and how many there are where it says."""
    count = len(source) if hasattr(source, "__len__") else None
    if not hasattr(source, "__iter__") and hasattr(source, "__getitem__") and count is not None:
        return (source[k] for k in range(count)), count
    if not hasattr(source, "__iter__"):
        raise ImageError(
            f"{type(source).__name__}: expected a folder, files, an array, pictures or a data set"
        )
    return source, count


def _image(item: Any, column: str | None) -> Any:
    """Return the image in an item of a data set."""
    if isinstance(item, Mapping):
        found = [column] if column else [key for key, value in item.items() if _is_image(value)]
        if len(found) != 1 or found[0] not in item:
            raise ImageError(
                f"expected a column of images, found {', '.join(map(str, item))}: say which with "
                "column="
            )
        return item[found[0]]
    if isinstance(item, tuple):
        return item[0]
    return item


def _is_image(value: Any) -> bool:
    """Tell whether a value looks like an image: a picture of Pillow, or an array."""
    return hasattr(value, "getbands") or (hasattr(value, "shape") and len(value.shape) in (2, 3))
