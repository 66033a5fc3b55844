"""A task's images for a page: small, and only those that it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from whorl.images import load
from whorl.report.evidence import picture
from whorl.similarity import Correlation, TopK, reduce_pairs
from whorl.tasks.layout import task_folders

SIDE = 64


@dataclass(frozen=True)
class Nearest:
    """The generated image that a candidate correlates with most.

    Attributes
    ----------
    image_id : str
        Its id.
    correlation : float
        Of grey values, −1 to 1.
    image : str
        As a PNG data URI.
    """

    image_id: str
    correlation: float
    image: str


@dataclass(frozen=True)
class TaskPictures:
    """What a page shows of a task's images.

    Attributes
    ----------
    candidates : mapping of str to str
        Id → PNG data URI.
    nearest : mapping of str to Nearest
        Candidate's id → the generated image nearest to it.
    """

    candidates: Mapping[str, str]
    nearest: Mapping[str, Nearest]


def task_pictures(root: Path | str, shown: Iterable[str], judged: Iterable[str]) -> TaskPictures:
    """Read a task's images, and shrink those that are shown to 64 pixels.

    Parameters
    ----------
    root : path
        The task's folder, in the official layout.
    shown : iterable of str
        Ids of candidates.
    judged : iterable of str
        Ids of candidates that the nearest generated image is sought for, by correlation.

    Examples
    --------
    >>> from whorl.tasks.sample import sample_folder
    >>> found = task_pictures(sample_folder(), ["real_unknown_0001"], ["real_unknown_0001"])
    >>> found.candidates["real_unknown_0001"][:15], len(found.nearest)
    ('data:image/png;', 1)
    """
    parts = task_folders(Path(root))["test"]
    candidates, generated = load(parts["candidates"]), load(parts["generated"])
    place = {image_id: k for k, image_id in enumerate(candidates.ids)}
    ids = sorted(set(judged))
    nearest: dict[str, Nearest] = {}
    if ids:
        of = candidates.take([place[i] for i in ids])
        found = reduce_pairs(Correlation(), of, generated, {"top": TopK()})["top"]
        for k, image_id in enumerate(ids):
            other = int(found.position[k, 0])
            nearest[image_id] = Nearest(generated.ids[other], float(found.similarity[k, 0]),
                                        picture(generated.pixels[other], SIDE))  # fmt: skip
    return TaskPictures(
        {i: picture(candidates.pixels[place[i]], SIDE) for i in sorted({*shown, *ids})}, nearest
    )
