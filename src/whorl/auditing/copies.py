"""Copies: images that stand where they should not, whatever the statistics say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.auditing.findings import Copies, Copy, Meaning, Shared
from whorl.auditing.grouping import Grouping
from whorl.auditing.lookalikes import BAR, Lookalikes, find_lookalikes
from whorl.auditing.roads import road_of
from whorl.images import ImageSet
from whorl.images.orientations import ORIENTATIONS, Equals, find_equals
from whorl.similarity.duplicates import Duplicates, find_duplicates
from whorl.tasks.view import View

WITHIN, GENERATED, REFERENCE = (
    "within candidates",
    "candidates and generated",
    "candidates and reference",
)
NAMED = 20
SEVERAL = 2  # patients who are nearly copied, and nobody of the reference: they are to be looked at
MORE = 0.05  # p-value from which more patients are nearly copied than chance has it


@dataclass(frozen=True, eq=False)
class Alike:
    """What is alike within and between the sets.

    Attributes
    ----------
    view : View
        The sets.
    grouping : Grouping
        Their patients.
    duplicates : mapping of str to Duplicates
        Within candidates, and between them and the generated images and the reference.
    copied : Equals
        The generated images that equal a candidate, mirrored and turned ones among them.
    copied_reference, shared : Equals or None
        Those that equal a reference image, and the reference images that equal a candidate.
    lookalikes, lookalikes_of_reference : Lookalikes or None
        The generated image that each candidate, and each reference image, is most like.
    """

    view: View
    grouping: Grouping
    duplicates: Mapping[str, Duplicates]
    copied: Equals
    lookalikes: Lookalikes
    copied_reference: Equals | None = None
    shared: Equals | None = None
    lookalikes_of_reference: Lookalikes | None = None


def find_alike(view: View, grouping: Grouping) -> Alike:
    """Look for duplicates and for copies, and as a control for copies of the reference."""
    candidates, generated, reference = view.candidates, view.generated, view.reference
    found = {
        WITHIN: find_duplicates(candidates),
        GENERATED: find_duplicates(candidates, generated),
    }
    copied = find_equals(candidates, generated)
    if reference is None:
        return Alike(view, grouping, found, copied, find_lookalikes(candidates, generated))
    found[REFERENCE] = find_duplicates(candidates, reference)
    lookalikes = find_lookalikes(candidates.joined(reference), generated)  # sketched once for both
    n = len(candidates)
    return Alike(
        view,
        grouping,
        found,
        copied,
        lookalikes.part(slice(n)),
        find_equals(reference, generated),
        find_equals(candidates, reference),
        lookalikes.part(slice(n, None)),
    )


def copies_finding(alike: Alike) -> Copies:
    """Return the copies of candidates among the generated images.

    Those that are equal in every grey value, upright, mirrored or turned, show leakage, unless the
    same image stands in the reference too. Others are named; whether they are copies is for the
    eye to say. Where clearly more patients have one among the candidates than in the reference, or
    several have and nobody there, "no evidence" would be wrong.
    """
    copied, everywhere = alike.copied, np.zeros(len(alike.view.candidates), np.bool_)
    if alike.shared is not None:
        everywhere = copied.any & alike.shared.any
        copied = copied.only(~everywhere)
    near = (alike.lookalikes.similarity >= BAR) & ~alike.copied.any
    if alike.shared is not None:
        near &= ~alike.shared.any
    turned, p_value = _turned(alike.view, copied), None
    near_reference = None
    if alike.lookalikes_of_reference is not None:
        control = alike.lookalikes_of_reference.similarity >= BAR
        near_reference = int(control.sum())
        p_value = _by_chance(near, control, alike.grouping)
    having = len(np.unique(alike.grouping.candidates[near]))
    alone = having >= SEVERAL and near_reference == 0
    meaning = Meaning.ASIDE
    if copied.any.any():
        meaning = Meaning.SHOWS
    elif p_value is not None and (p_value <= MORE or alone):
        meaning = Meaning.CONTRADICTS
    return Copies(
        meaning=meaning,
        pairs=copied.upright,
        turned=copied.turned,
        everywhere=int(everywhere.sum()),
        of_reference=_count(alike.copied_reference),
        near=int(near.sum()),
        near_reference=near_reference,
        bar=BAR,
        p_value=p_value,
        named=(*turned[:NAMED], *_near(alike, near)),
    )


def shared_finding(alike: Alike) -> Shared | None:
    """Return the images that are among both candidates and reference; None if there are none."""
    if alike.shared is None or not alike.shared.any.any():
        return None
    return Shared(
        meaning=Meaning.CONTRADICTS,
        exact=alike.shared.upright + alike.shared.turned,
        turned=alike.shared.turned,
        near=alike.duplicates[REFERENCE].near_count,
    )


def _count(equals: Equals | None) -> int:
    """Return how many images have an equal."""
    return 0 if equals is None else int(equals.any.sum())


def _by_chance(near: NDArray[np.bool_], control: NDArray[np.bool_], grouping: Grouping) -> float:
    """Return how often at least so many of the patients with a near copy are candidates by chance.

    Had all patients been dealt out to candidates and reference, the number would follow a
    hypergeometric distribution (Fisher's exact test, one-sided).
    """
    from scipy.stats import hypergeom

    sides = (grouping.candidates, near), (grouping.reference, control)
    patients = [len(np.unique(codes)) for codes, _ in sides]
    having = [len(np.unique(codes[found])) for codes, found in sides]
    tail = hypergeom.sf(having[0] - 1, sum(patients), sum(having), patients[0])
    return float(np.clip(tail, 0, 1))


def _turned(view: View, copied: Equals) -> list[Copy]:
    """Return the pairs that are equal when one of them is mirrored or turned."""
    return [
        Copy(
            candidate=view.candidates.ids[row],
            generated=view.generated.ids[copied.first[row, k]],
            exact=True,
            similarity=1.0,
            road=ORIENTATIONS[k],
        )
        for row, k in np.argwhere(copied.counts > 0).tolist()
        if k
    ]


def _near(alike: Alike, near: NDArray[np.bool_]) -> list[Copy]:
    """Return the most alike of the pairs that are not equal, and how one became the other."""
    found = alike.lookalikes
    rows = [k for k in np.argsort(-found.similarity, kind="stable").tolist() if near[k]]
    return [_named(alike.view.candidates, alike.view.generated, found, row) for row in rows[:NAMED]]


def _named(candidates: ImageSet, generated: ImageSet, found: Lookalikes, row: int) -> Copy:
    """Return one pair, and how one became the other."""
    place = int(found.position[row])
    road = road_of(
        candidates.pixels[row],
        generated.pixels[place],
        int(found.orientation[row]),
        found.frame[row],
    )
    return Copy(
        candidate=candidates.ids[row],
        generated=generated.ids[place],
        exact=False,
        similarity=min(1.0, float(found.similarity[row])),
        road=road,
    )
