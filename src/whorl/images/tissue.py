"""How much of the grey range an image's tissue uses, and whether a set is on one scale."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.images.notes import Note

FEWEST_LEVELS = 32  # an eighth of the 256
TAIL = 0.005  # of the tissue at either end does not count: a marker, a hot pixel

LOST = Note(
    "come out as one grey level throughout, for their values lie outside the window or close "
    "together in the range shown: --window CENTRE,WIDTH shows the range that they lie in"
)


class Scale(NamedTuple):
    """The measured values that an image's full range of stored bits stands for.

    Attributes
    ----------
    lowest, highest : float
        Shown as black and as white.
    """

    lowest: float
    highest: float


def levels_used(grey: NDArray[np.uint8], padding: NDArray[np.bool_] | None = None) -> int | None:
    """Return over how many grey levels an image's tissue spreads; None if it is all one.

    Padding does not count, nor does the level of a uniform border: that of more than half of the
    pixels at the image's edge, where two or more other levels remain. Of what is left, half a
    percent at either end does not count.

    Parameters
    ----------
    grey : ndarray of uint8, shape (height, width)
        The image.
    padding : ndarray of bool, shape (height, width), optional
        Which pixels hold no tissue.

    Returns
    -------
    int or None
        Highest less lowest level; None for an image that is of one level, or padding throughout.

    Examples
    --------
    >>> image = np.zeros((8, 8), np.uint8)
    >>> image[2:6, 2:6] = np.linspace(100, 116, 16).reshape(4, 4)
    >>> levels_used(image)
    16
    """
    tissue = grey if padding is None else grey[~padding]
    counts = np.bincount(tissue.ravel(), minlength=256)
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    at_edge = np.bincount(edge, minlength=256)
    border = int(at_edge.argmax())
    if 2 * at_edge[border] > len(edge) and np.count_nonzero(np.delete(counts, border)) > 1:
        counts[border] = 0
    if np.count_nonzero(counts) < 2:
        return None
    below = np.cumsum(counts)
    low, high = np.searchsorted(below, [TAIL * below[-1], (1 - TAIL) * below[-1]])
    return int(high - max(low, counts.nonzero()[0][0]))


def lost(
    grey: NDArray[np.uint8], values: NDArray[Any], padding: NDArray[np.bool_] | None = None
) -> tuple[Note, ...]:
    """Return the note on an image whose tissue a window or a scaling makes all one; else nothing.

    Examples
    --------
    >>> black = np.zeros((1, 2), np.uint8)
    >>> lost(black, np.array([[3, 4]])) == (LOST,), lost(black, np.array([[3, 3]]))
    (True, ())
    """
    if padding is not None:
        grey, values = grey[~padding], values[~padding]
    is_lost = grey.size and grey.min() == grey.max() and values.min() != values.max()
    return (LOST,) if is_lost else ()


def flatness_told(levels: Iterable[int | None]) -> list[str]:
    """Return a warning where more than half of a set's images use little of the grey range.

    Images of one level do not count: they are blank, not flat.

    Parameters
    ----------
    levels : iterable of int or None
        Of each image, from `levels_used`.

    Examples
    --------
    >>> flatness_told([3, 3, 200])[0][:58]
    '2 of 3 images span less than 32 of 256 grey levels with th'
    >>> flatness_told([3, None, 200])
    []
    """
    known = [used for used in levels if used is not None]
    flat = [used for used in known if used < FEWEST_LEVELS]
    if 2 * len(flat) <= len(known):
        return []
    return [
        f"{len(flat)} of {len(known)} images span less than {FEWEST_LEVELS} of 256 grey levels "
        f"with their tissue (at most {max(flat)}; padding and uniform borders left out) and will "
        "look dark or flat: --window CENTRE,WIDTH shows the range that matters of files that hold "
        "more than 8 bits"
    ]


def require_one_scale(scales: Iterable[tuple[str, Scale | None]]) -> None:
    """Raise an error if measured values were scaled differently from file to file.

    Parameters
    ----------
    scales : iterable of (str, Scale or None)
        For each image its file's name, and its scale if it was shown without a window.

    Raises
    ------
    ImageError
        Naming the first two files that differ.

    Examples
    --------
    >>> require_one_scale([("a.dcm", Scale(0, 4095)), ("b.png", None), ("c.dcm", Scale(0, 4095))])
    """
    known = [(name, scale) for name, scale in scales if scale is not None]
    for name, scale in known:
        first_name, first = known[0]
        if scale != first:
            other = "another frame" if name == first_name else first_name
            raise ImageError(
                f"{name}: its bits stand for values from {scale.lowest:.10g} to "
                f"{scale.highest:.10g}, those of {other} for {first.lowest:.10g} to "
                f"{first.highest:.10g} (RescaleSlope, RescaleIntercept), and no window says which "
                "is black and which white: give --window CENTRE,WIDTH in the values' units"
            )
