"""Views of images of one grey each, whose distances can be worked out in the head."""

from __future__ import annotations

import numpy as np

from whorl.images import ImageSet
from whorl.tasks.view import View

SCALE = 32.0
"""The distance, at 32×32 pixels, of two images whose greys differ by one."""


def greys(name: str, *values: int) -> ImageSet:
    """Return an image of each grey."""
    pixels = np.repeat(np.uint8(values), 64).reshape(-1, 8, 8)
    return ImageSet(tuple(f"{name}{k}" for k in range(len(values))), pixels, name)


def grey_view(
    candidates: tuple[int, ...], generated: tuple[int, ...], reference: tuple[int, ...] = ()
) -> View:
    """Return a view of such images."""
    return View(
        greys("g", *generated), greys("x", *candidates),
        greys("r", *reference) if reference else None,
    )  # fmt: skip
