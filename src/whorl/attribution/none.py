"""Answering "none": which generated images come from no subset, at a stated error.

The best subset is always some subset. How far it leads before the second tells more, once it is
known how far it leads by chance. There are three ways to know that:

- *unrelated*: generated images that are known to come from no subset. Their leads rank a new
  image's lead among them, which is a conformal p-value: of images that come from none, no more than
  the stated share is given a subset.
- *reference*: real images known not to be used, of other patients. Each plays a generated image.
  The same holds as far as generated images that come from none lead as real ones do.
- neither: each real image of the subsets plays a generated one, while its patient's images are left
  out.

A fourth way, which bounds another error, is :mod:`whorl.attribution.competition`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from whorl.attribution.base import Floats, SubsetMethod
from whorl.attribution.view import NONE, SubsetError, SubsetView
from whorl.decisions.conformal import conformal_p_values, hierarchical_p_values
from whorl.images import ImageSet
from whorl.tasks.pseudonyms import patients_known, require_apart

ROUNDING = 1 + 1e-9


@dataclass(frozen=True, eq=False)
class Answers:
    """Which subset each generated image is said to come from.

    Attributes
    ----------
    ids : tuple of str
        The generated images'.
    subsets : tuple of str
        One for each; "none" where no subset is named.
    p_values : ndarray of float64, shape (n,), or None
        What was held against the level: p-values, or q-values of a competition. None where every
        image is given a subset.
    error : str
        What error that is, in a sentence.
    """

    ids: tuple[str, ...]
    subsets: tuple[str, ...]
    p_values: Floats | None
    error: str


def answer(method: SubsetMethod, view: SubsetView, *, seed: int = 0) -> Answers:
    """Give every generated image the subset of the highest score.

    Parameters, errors
        As for :meth:`SubsetMethod.score`.
    """
    scores = method.score(view, seed=seed)
    return Answers(scores.ids, scores.answers, None, "every image is given a subset")


def answer_by_unrelated(
    method: SubsetMethod, view: SubsetView, unrelated: ImageSet, level: float, *, seed: int = 0
) -> Answers:
    """Name a subset only where it leads by more than it does for images of no subset.

    Parameters
    ----------
    method : SubsetMethod
        Scores all generated images together.
    view : SubsetView
        What the attacker sees.
    unrelated : ImageSet
        Generated images that come from no subset, exchangeable with such of the view.
    level : float
        Bound on the share of images of no subset that are given one, 0 to 1.
    seed : int
        Seeds every random draw.

    References
    ----------
    Vovk, Gammerman, Shafer. Algorithmic learning in a random world. 2005.
    """
    n = len(view.generated)
    _require_enough(len(unrelated), "images", unrelated.name, level)
    scores = method.score(replace(view, generated=view.generated.joined(unrelated)), seed=seed)
    lead = scores.lead
    p_values = conformal_p_values(lead[:n], lead[n:])
    error = (
        f"of images that come from none at most {level:.1%} are given a subset, if they lead as "
        f"the {len(unrelated):,} unrelated ones do"
    )
    return named_where_sure(view.generated.ids, scores.answers[:n], p_values, level, error)


def answer_by_leaving_out(
    method: SubsetMethod, view: SubsetView, level: float, *, seed: int = 0
) -> Answers:
    """Name a subset only where it leads by more than it does for real images of other patients.

    Parameters
    ----------
    method : SubsetMethod
        One that can score reals as if they were generated.
    view : SubsetView
        What the attacker sees. Without patients each real image counts as one.
    level : float
        Bound on the share of images of no subset that are given one, 0 to 1, if they lead as real
        images of new patients do.
    seed : int
        Seeds every random draw.

    Raises
    ------
    NeedError
        If the method cannot leave images out.
    """
    reals = view.reals.images
    whose = np.unique(np.array(reals.patients or reals.ids), return_inverse=True)[1]
    unit = "patients" if reals.patients else "images"
    _require_enough(int(whose.max()) + 1, unit, reals.name, level)
    scores = method.score(view, seed=seed)
    null = method.as_if_generated(view, seed=seed).lead
    p_values = hierarchical_p_values(scores.lead, null, whose)
    error = (
        f"of images that come from none at most {level:.1%} are given a subset, if they lead as "
        f"real images of other {unit} do"
    )
    return named_where_sure(view.generated.ids, scores.answers, p_values, level, error)


def answer_by_reference(
    method: SubsetMethod, view: SubsetView, reference: ImageSet, level: float, *, seed: int = 0
) -> Answers:
    """Name a subset only where it leads by more than it does for real images that were not used.

    Parameters
    ----------
    method : SubsetMethod
        Scores generated images and reference together.
    view : SubsetView
        What the attacker sees.
    reference : ImageSet
        Real images known not to be used, of other patients, like the subsets' in all else. Without
        patients each real image counts as one.
    level : float
        Bound on the share of images of no subset that are given one, 0 to 1, if they lead as real
        images of new patients do.
    seed : int
        Seeds every random draw.

    Raises
    ------
    WhorlError
        If patients are known of one of the two sets only, or one has images in both.
    """
    n = len(view.generated)
    if patients_known(view.reals.images, reference):
        require_apart(view.reals.images, reference)
    whose = np.unique(np.array(reference.patients or reference.ids), return_inverse=True)[1]
    patients, unit = int(whose.max()) + 1, "patients" if reference.patients else "images"
    _require_enough(patients, unit, reference.name, level)
    scores = method.score(replace(view, generated=view.generated.joined(reference)), seed=seed)
    p_values = hierarchical_p_values(scores.lead[:n], scores.lead[n:], whose)
    error = (
        f"of images that come from none at most {level:.1%} are given a subset, if they lead as "
        f"the reference images of {patients:,} {unit} do"
    )
    return named_where_sure(view.generated.ids, scores.answers[:n], p_values, level, error)


def _require_enough(units: int, unit: str, name: str, level: float) -> None:
    """Raise an error if no p-value can be as small as the level.

    Raises
    ------
    SubsetError
        Naming how many it takes.
    """
    needed = int(np.ceil(1 / level * (1 - 1e-9))) - 1
    if units < needed:
        raise SubsetError(
            f"{name}: {units:,} {unit} are too few to answer none at an error of {level:.1%}: it "
            f"takes {needed:,} or more"
        )


def named_where_sure(
    ids: tuple[str, ...], answers: tuple[str, ...], p_values: Floats, level: float, error: str
) -> Answers:
    """Return the answers, none where the p-value is above the level.

    Examples
    --------
    >>> named_where_sure(("g", "h"), ("t1", "t2"), np.array([0.05, 0.06]), 0.05, "").subsets
    ('t1', 'none')
    """
    named = p_values <= level * ROUNDING
    pairs = zip(answers, named, strict=True)
    return Answers(ids, tuple(a if sure else NONE for a, sure in pairs), p_values, error)
