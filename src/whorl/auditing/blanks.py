"""Blank pictures are nobody's evidence: left out before anything is compared, and counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from whorl.auditing.findings import Blank, Meaning
from whorl.errors import ImageError
from whorl.images import ImageSet
from whorl.images.blank import blank
from whorl.tasks.view import View

BlankIds = Mapping[str, tuple[str, ...]]
"""The ids of the blank images that were left out, by the part that their set plays."""


def without_blanks(view: View) -> tuple[View, BlankIds]:
    """Return a view without its blank and nearly blank images, and their ids.

    Parameters
    ----------
    view : View
        What is audited.

    Returns
    -------
    tuple of (View, mapping of str to tuple of str)
        The parts are generated, candidates and, if there is one, reference.

    Raises
    ------
    ImageError
        If no image of a part is left.

    Examples
    --------
    >>> from whorl.testing.worlds import smooth_images
    >>> pixels = smooth_images(2, np.random.default_rng(0))
    >>> made = ImageSet(("a", "b"), np.stack([pixels[0], np.zeros_like(pixels[0])]))
    >>> view, blank_ids = without_blanks(View(made, ImageSet(("x",), pixels[1:])))
    >>> view.generated.ids, dict(blank_ids)
    (('a',), {'generated': ('b',), 'candidates': ()})
    """
    generated, in_generated = _without(view.generated)
    candidates, in_candidates = _without(view.candidates)
    left_out = {"generated": in_generated, "candidates": in_candidates}
    reference = view.reference
    if reference is not None:
        reference, left_out["reference"] = _without(reference)
    kept = replace(view, generated=generated, candidates=candidates, reference=reference)
    return kept, left_out


def blank_finding(view: View, left_out: BlankIds) -> Blank | None:
    """Return how many images were left out as blank; None if there were none."""
    if not any(left_out.values()):
        return None
    counts = {role: len(ids) for role, ids in left_out.items()}
    totals = {role: len(getattr(view, role)) + count for role, count in counts.items()}
    return Blank(meaning=Meaning.ASIDE, left_out=counts, of=totals)


def _without(images: ImageSet) -> tuple[ImageSet, tuple[str, ...]]:
    """Return the images that are not blank, all else as it was told, and the ids of the others."""
    empty = blank(images.pixels)
    if not empty.any():
        return images, ()
    if empty.all():
        every = "the only image is" if len(images) == 1 else f"all {len(images)} images are"
        raise ImageError(
            f"{images.name}: {every} blank or nearly blank, which is evidence of nothing: see how "
            "they were read (--window, --resize), or give others"
        )
    chosen = images.take(np.flatnonzero(~empty))
    kept = replace(
        images,
        ids=chosen.ids,
        pixels=chosen.pixels,
        origins=chosen.origins,
        patients=chosen.patients,
    )
    return kept, tuple(images.ids[i] for i in np.flatnonzero(empty))
