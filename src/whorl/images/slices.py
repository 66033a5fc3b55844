"""Which slices of a series or of a volume are taken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from whorl.errors import ImageError

MIDDLE = "middle"
LONGEST = 100  # characters
FORM = re.compile(r"\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?\s*)?")


@dataclass(frozen=True)
class Slices:
    """Some of the slices of each series and each volume.

    Attributes
    ----------
    text : str
        "middle", or a slice as Python writes it: "10:-10:3" leaves out ten at either end and
        takes every third of the rest.

    Raises
    ------
    ImageError
        If the text is neither, or its step is 0.

    Examples
    --------
    >>> list(Slices("1:-1:2").of(7)), list(Slices("middle").of(7)), list(Slices("9:").of(7))
    ([1, 3, 5], [3], [])
    >>> Slices("every third")
    Traceback (most recent call last):
    whorl.errors.ImageError: --slices 'every third': expected START:STOP, START:STOP:STEP or middle
    """

    text: str

    def __post_init__(self) -> None:
        if self.text != MIDDLE and not (FORM.fullmatch(self.text) and len(self.text) < LONGEST):
            raise ImageError(
                f"--slices {self.text!r}: expected START:STOP, START:STOP:STEP or {MIDDLE}"
            )
        if self.text != MIDDLE and self._slice().step == 0:
            raise ImageError(f"--slices {self.text!r}: the step is 0: give 1 or more")

    @classmethod
    def given(cls, text: str | Self | None) -> Self | None:
        """Return the slices that were given as such or as text.

        Examples
        --------
        >>> Slices.given("middle"), Slices.given(None)
        (Slices(text='middle'), None)
        """
        return cls(text) if isinstance(text, str) else text

    def of(self, count: int) -> range:
        """Return which of `count` slices are taken, from the first as 0."""
        if self.text == MIDDLE:
            return range(count // 2, count // 2 + min(count, 1))
        return range(count)[self._slice()]

    def _slice(self) -> slice:
        """Return the slice that the text writes."""
        match = FORM.fullmatch(self.text)
        ends = match.groups() if match else (None, None, None)
        return slice(*(None if end is None else int(end) for end in ends))
