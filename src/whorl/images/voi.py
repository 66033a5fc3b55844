"""How a DICOM file says that its values are shown: VOI lookup table, or a window of three kinds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.images.window import Window

REMEDY = "give --window CENTRE,WIDTH"


def windowed(
    values: NDArray[Any], centre: float, width: float, function: str = "LINEAR"
) -> NDArray[np.uint8]:
    """Show values through a window as DICOM defines it.

    Parameters
    ----------
    values : ndarray
        After the modality transform.
    centre, width : float
        WindowCenter and WindowWidth.
    function : str
        VOILUTFunction: ``LINEAR``, whose ends are the first and the last value inside, so that a
        width of 1 is a threshold; ``LINEAR_EXACT``; or ``SIGMOID``.

    Returns
    -------
    ndarray of uint8, of the shape of `values`

    Raises
    ------
    ImageError
        If the function is none of these, or the width below what it allows.

    References
    ----------
    DICOM PS3.3, C.11.2.1.2 and C.11.2.1.3.

    Examples
    --------
    >>> windowed(np.array([0, 1, 2]), 1.5, 1)
    array([  0,   0, 255], dtype=uint8)
    >>> windowed(np.array([0, 1, 2]), 1, 2, "LINEAR_EXACT")
    array([  0, 128, 255], dtype=uint8)
    """
    if function not in ("LINEAR", "LINEAR_EXACT", "SIGMOID"):
        raise ImageError(f"has a window of the unknown kind {function!r}: {REMEDY}")
    if width <= 0 or (function == "LINEAR" and width < 1):
        raise ImageError(
            f"has a window of width {width:g}, which {function} does not allow: {REMEDY}"
        )
    if function == "SIGMOID":
        from scipy.special import expit

        return np.rint(255 * expit(4 * (values - centre) / width)).astype(np.uint8)
    if function == "LINEAR_EXACT":
        return Window(centre, width).apply(values)
    if width == 1:
        return np.where(values > centre - 0.5, 255, 0).astype(np.uint8)
    return Window(centre - 0.5, width - 1).apply(values)
