"""What a reader sees of a candidate: the generated images it explains best, and where.

Only for the few candidates that are shown; nothing here decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.auditing.aligning import Aligned, aligned, details
from whorl.methods.base import Traces
from whorl.similarity.locating import explained_where, smoothed
from whorl.tasks.view import View

MOST_RIVALS = 200  # reals that compete for where; for how much, all did
MOST_IMAGES = 4  # generated images of a candidate
MAINLY = 0.4  # share of what is explained that a ninth of the image must have to be named
ROWS, COLUMNS = ("upper", "middle", "lower"), ("left", "centre", "right")


@dataclass(frozen=True, eq=False)
class Explanation:
    """A generated image that a candidate explains.

    Attributes
    ----------
    index : int
        Position in the view's generated images.
    share : float
        How much falls to the candidate, in standard deviations over all reals.
    laid : Aligned
        The image laid over the candidate.
    others : float or None
        The highest correlation of the image's details with those of any other real that was
        looked at; None where there was none.
    where : ndarray of float32, shape (rows, columns)
        Where the candidate explains the image as it is, 0 to 1 (the strongest place of all images
        of this candidate).
    half : float
        The share of the image's area that holds half of that.
    place : str
        In words, such as "lower left"; empty where no part of the image stands out.
    """

    index: int
    share: float
    laid: Aligned
    others: float | None
    where: NDArray[np.float32]
    half: float
    place: str


def explanations(
    view: View, traces: Traces, shown: Sequence[int], most: int = MOST_IMAGES
) -> list[list[Explanation]]:
    """Return for each candidate shown the generated images that it explains best, best first.

    Parameters
    ----------
    view : View
        The images.
    traces : Traces
        What the method found.
    shown : sequence of int
        Positions of candidates.
    most : int
        The number of generated images of each.

    Examples
    --------
    >>> from whorl.images import ImageSet
    >>> from whorl.methods.explain import ExplainAway
    >>> pixels = np.random.default_rng(0).integers(0, 256, (5, 32, 32), np.uint8)
    >>> view = View(ImageSet(("g", "h"), pixels[:2]), ImageSet(("x", "y", "z"), pixels[1:4]))
    >>> traces = ExplainAway().score(view).traces
    >>> [found.index for found in explanations(view, traces, [0])[0]]
    [1, 0]
    """
    if not shown:
        return []
    reals = view.candidates if view.reference is None else view.candidates.joined(view.reference)
    rows = rivals(reals.hashes, shown)
    columns = sorted({int(g) for k in shown for g in traces.index[k, :most]})
    place = {g: n for n, g in enumerate(columns)}
    pairs = [(n, place[int(g)]) for n, k in enumerate(shown) for g in traces.index[k, :most]]
    fields = iter(
        explained_where(traces.measure, reals.pixels[rows], view.generated.pixels[columns], pairs)
    )
    other = np.stack([details(pixels).ravel() for pixels in reals.pixels[rows]])
    found = []
    for n, k in enumerate(shown):
        maps = [smoothed(next(fields)) for _ in traces.index[k, :most]]
        top = max(float(each.max()) for each in maps)
        alike = np.delete(other, n, axis=0)
        found.append(
            [
                _explanation(view, traces, k, rank, each / top if top > 0 else each, alike)
                for rank, each in enumerate(maps)
            ]
        )
    return found


def _explanation(
    view: View,
    traces: Traces,
    candidate: int,
    rank: int,
    where: NDArray[np.float32],
    others: NDArray[np.float32],
) -> Explanation:
    """Return all that is told of one pair."""
    index = int(traces.index[candidate, rank])
    pixels = view.generated.pixels[index]
    return Explanation(
        index=index,
        share=float(traces.shares[candidate, rank]),
        laid=aligned(view.candidates.pixels[candidate], pixels),
        others=float((others @ details(pixels).ravel()).max()) if len(others) else None,
        where=where,
        half=half_area(where),
        place=place_of(where),
    )


def rivals(hashes: Sequence[str], shown: Sequence[int]) -> list[int]:
    """Return the positions of the reals that compete: those shown, then others by content.

    Examples
    --------
    >>> rivals(("d", "b", "e", "a"), [2])
    [2, 3, 1, 0]
    """
    taken = set(shown)
    others = sorted((k for k in range(len(hashes)) if k not in taken), key=lambda k: hashes[k])
    return [*shown, *others[: max(MOST_RIVALS - len(shown), 0)]]


def half_area(where: NDArray[np.float32]) -> float:
    """Return the smallest share of the area that holds half of a field without negative values.

    Examples
    --------
    >>> half_area(np.float32([[4, 2], [1, 1]]))
    0.25
    """
    falling = np.sort(where, axis=None)[::-1].astype(np.float64).cumsum()
    if falling[-1] == 0:
        return 0.5
    return float(np.searchsorted(falling, falling[-1] / 2 - 1e-9) + 1) / where.size


def place_of(where: NDArray[np.float32]) -> str:
    """Return the ninth of the image that has most of a field, if it has much of it.

    Examples
    --------
    >>> place_of(np.float32([[0, 0, 0], [0, 0, 0], [5, 0, 1]])), place_of(np.ones((9, 9)))
    ('lower left', '')
    """
    total = float(where.sum())
    ninths = [
        (float(part.sum()), f"{row} {column}")
        for row, band in zip(ROWS, np.array_split(where, 3), strict=True)
        for column, part in zip(COLUMNS, np.array_split(band, 3, axis=1), strict=True)
    ]
    most, name = max(ninths, key=lambda ninth: ninth[0])
    if total == 0 or most < MAINLY * total:
        return ""
    return "centre" if name == "middle centre" else name
