"""Copies: images that stand where they should not, whatever the statistics say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.auditing.findings import Copies, Meaning, Shared
from whorl.auditing.grouping import Grouping
from whorl.images import ImageSet
from whorl.similarity.duplicates import NEAR, Duplicates, find_duplicates, near_pairs
from whorl.tasks.view import View

WITHIN, GENERATED, REFERENCE = (
    "within candidates",
    "candidates and generated",
    "candidates and reference",
)
NAMED = 20


@dataclass(frozen=True, eq=False)
class Alike:
    """What is alike within and between the sets.

    Attributes
    ----------
    duplicates : mapping of str to Duplicates
        Within candidates, and between them and the generated images and the reference.
    bar : float or None
        The largest correlation of two reals of different patients, or of a reference image and a
        generated one, at least the one from which a pair counts as near; None without a reference.
    above : int
        Pairs of a candidate and a generated image, not identical, whose correlation exceeds it.
    """

    duplicates: Mapping[str, Duplicates]
    bar: float | None
    above: int = 0


def find_alike(view: View, grouping: Grouping) -> Alike:
    """Look for duplicates, and for how alike images are that nobody copied."""
    found = {
        WITHIN: find_duplicates(view.candidates),
        GENERATED: find_duplicates(view.candidates, view.generated),
    }
    if view.reference is None:
        return Alike(found, None)
    found[REFERENCE] = find_duplicates(view.candidates, view.reference)
    bars = [
        _largest(view.candidates, view.candidates, grouping.candidates, grouping.candidates),
        _largest(view.candidates, view.reference, grouping.candidates, grouping.reference),
        _largest(view.reference, view.reference, grouping.reference, grouping.reference),
        _largest(view.reference, view.generated),
    ]
    bar = max(bars)
    rows, columns, similarity = near_pairs(view.candidates, view.generated, NEAR)
    hashes, others = np.array(view.candidates.hashes), np.array(view.generated.hashes)
    above = (similarity > bar) & (hashes[rows] != others[columns])
    return Alike(found, bar, int(above.sum()))


def copies_finding(alike: Alike) -> Copies:
    """Return the copies of candidates among the generated images.

    Exact ones show leakage. Near ones are named where they exceed all that is alike without having
    been copied; whether they are copies is for the eye to say.
    """
    found, bar = alike.duplicates[GENERATED], alike.bar
    first = () if bar is None else tuple(pair for pair in found.near if pair[2] > bar)
    return Copies(
        meaning=Meaning.SHOWS if found.exact_count else Meaning.ASIDE,
        pairs=found.exact_count,
        near=alike.above,
        bar=bar,
        first_near=first[:NAMED],
    )


def shared_finding(alike: Alike) -> Shared | None:
    """Return the images that are among both candidates and reference; None if there are none."""
    found = alike.duplicates.get(REFERENCE)
    if found is None or not found.exact_count:
        return None
    return Shared(meaning=Meaning.CONTRADICTS, exact=found.exact_count, near=found.near_count)


def _largest(
    a: ImageSet,
    b: ImageSet,
    patients: NDArray[np.intp] | None = None,
    others: NDArray[np.intp] | None = None,
) -> float:
    """Return the largest correlation of thumbnails of different patients, at least `NEAR`."""
    rows, columns, similarity = near_pairs(a, b, NEAR)
    if patients is not None and others is not None:
        similarity = similarity[patients[rows] != others[columns]]
    return max(NEAR, float(similarity.max(initial=0)))
