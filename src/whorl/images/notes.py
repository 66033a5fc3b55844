"""What was converted on the way in, told in a few sentences however many images there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

ITEMS_LISTED = 5


class Note(NamedTuple):
    """Something done to one image.

    Attributes
    ----------
    text : str
        What was done, as the end of a sentence about images: "resized".
    detail : str
        What may differ from image to image, and is counted: a window, a size.
    """

    text: str
    detail: str = ""


class Tally:
    """Notes on single images, gathered.

    Examples
    --------
    >>> tally = Tally()
    >>> tally.add("a.png", [Note("resized", "9×9")])
    >>> tally.add("b.png", [])
    >>> tally.sentences()
    ('1 of 2 images resized: 9×9; first: a.png',)
    """

    def __init__(self) -> None:
        self._images = 0
        self._details: dict[str, Counter[str]] = {}
        self._first: dict[str, str] = {}

    def add(self, name: str, notes: Iterable[Note]) -> None:
        """Count the notes on one image of the file `name`."""
        self._images += 1
        for note in notes:
            self._details.setdefault(note.text, Counter())[note.detail] += 1
            self._first.setdefault(note.text, name)

    def sentences(self) -> tuple[str, ...]:
        """Return one sentence for each kind of note, in the order of first appearance."""
        return tuple(self._sentence(text) for text in self._details)

    def _sentence(self, text: str) -> str:
        """Return the sentence about one kind of note."""
        details = self._details[text]
        said = text + _listed(details)
        if details.total() == self._images:
            return f"all images {said}"
        return f"{details.total()} of {self._images} images {said}; first: {self._first[text]}"


def shortened(items: Sequence[str]) -> str:
    """Return the first few items in a row, and how many others there are.

    Examples
    --------
    >>> shortened(["a", "b"]), shortened(list("abcdefgh"))
    ('a, b', 'a, b, c, d, e and 3 others')
    """
    others = len(items) - ITEMS_LISTED
    rest = f" and {others} others" if others > 1 else ""
    return ", ".join(items[:ITEMS_LISTED] if rest else items) + rest


def _listed(details: Counter[str]) -> str:
    """Return ": " and the details, counted where they differ; nothing where there are none."""
    if set(details) == {""}:
        return ""
    if len(details) == 1:
        return f": {next(iter(details))}"
    return ": " + shortened([f"{detail} ({count})" for detail, count in details.most_common()])
