"""Answering "none": which generated images come from no subset, at a stated error.

The best subset is always some subset. How far it leads before the second tells more, once it is
known how far it leads by chance. There are four ways to know that:

- *unrelated*: generated images that are known to come from no subset. Their leads rank a new
  image's lead among them, which is a conformal p-value: of images that come from none, no more than
  the stated share is given a subset.
- *reference*: real images known not to be used, of other patients. Each plays a generated image.
  The same holds as far as generated images that come from none lead as real ones do.
- neither: each real image of the subsets plays a generated one, while its patient's images are left
  out.
- *competition*: the reference's patients compete with those of the subsets. An image that comes
  from none is won by one of the reference as easily as by another, so that their wins count how
  many of the others are chance: of the images that are given a subset, no more than the stated
  share is expected to come from none. It supposes nothing of generated images, but needs many
  patients.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from whorl.attribution.base import Floats, SubsetMethod
from whorl.attribution.view import NONE, Labelled, SubsetError, SubsetView
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
        What was held against the level: p-values, or q-values with a reference. None where every
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
    return _named(view.generated.ids, scores.answers[:n], p_values, level, error)


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
    return _named(view.generated.ids, scores.answers, p_values, level, error)


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
    return _named(view.generated.ids, scores.answers[:n], p_values, level, error)


def answer_by_competition(
    method: SubsetMethod, view: SubsetView, reference: ImageSet, level: float, *, seed: int = 0
) -> Answers:
    """Name a subset only where its patient wins, and such wins are seldom a reference's.

    All patients, of the subsets and of the reference, are scored as subsets of their own. A
    generated image is answered with the subset of the patient of the highest score, or with none
    if that is one of the reference; and with none too where the patient leads by so little that
    reference patients win as often.

    Parameters
    ----------
    method : SubsetMethod
        What scores.
    view : SubsetView
        What the attacker sees. It may have a single subset.
    reference : ImageSet
        Real images known not to be used, of other patients, like the subsets' in all else. Without
        patients each real image counts as one.
    level : float
        Bound on the expected share of images of no subset among those that are given one, 0 to 1.
    seed : int
        Seeds every random draw.

    Raises
    ------
    WhorlError
        If patients are known of one of the two sets only, or one has images in both.
    """
    reals = view.reals.images
    if patients_known(reals, reference):
        require_apart(reals, reference)
    together = reals.joined(reference)
    whose = np.unique(np.array(together.patients or together.ids), return_inverse=True)[1]
    targets = len(np.unique(whose[: len(reals)]))
    decoys = int(whose.max()) + 1 - targets
    rivals = SubsetView(view.generated, Labelled(together, tuple(f"u{k:07d}" for k in whose)))
    scores = method.score(rivals, seed=seed)
    winner = np.array([int(name[1:]) for name in scores.answers])
    of_subset = _subset_of_patients(view.reals, whose)
    chance = np.array([patient not in of_subset for patient in winner])
    ratio = max(targets / decoys, len(reals) / len(reference))
    largest = max(Counter(winner[chance].tolist()).values(), default=1)
    q_values = competition_q_values(scores.lead, chance, ratio, largest)
    answers = tuple(of_subset.get(int(patient), NONE) for patient in winner)
    unit = "patients" if together.patients else "images"
    error = (
        f"of images that are given a subset at most {level:.1%} are expected to come from none: "
        f"{targets:,} {unit} compete with {decoys:,} of the reference"
    )
    return _named(view.generated.ids, answers, q_values, level, error)


def competition_q_values(
    lead: Floats, chance: NDArray[np.bool_], ratio: float, largest: int = 1
) -> Floats:
    r"""Return at which false discovery rate each win would be believed.

    .. math:: q(t) = \rho \, \frac{b + \#\{\text{reference wins with lead} \ge t\}}
                              {\#\{\text{other wins with lead} \ge t\}}

    and of each win the lowest over all t up to its lead; 1 for wins of the reference and at most
    1 else. An image that comes from none falls to a patient of the subsets ρ times as often as to
    one of the reference. One real image that resembles many generated ones wins them together,
    which is one stroke of chance and not many; so b counts the wins of the luckiest reference
    patient in place of the 1 of the published estimate, which supposes independent wins: a choice
    of ours. The bound is on the mean over patients as chance deals them: with few of them the share
    of one task may lie far from it.

    Parameters
    ----------
    lead : ndarray of float64, shape (n,)
        How far each image's winner leads.
    chance : ndarray of bool, shape (n,)
        Whether the winner is of the reference.
    ratio : float
        ρ: how many times as many the subsets' patients are as the reference's.
    largest : int
        b, 1 or more.

    References
    ----------
    Elias, Gygi. Target-decoy search strategy. Nature Methods, 2007. He, Fu, Zeng et al. A
    theoretical foundation of the target-decoy search strategy. 2015. arXiv:1501.00537.

    Examples
    --------
    >>> lead, chance = np.array([9.0, 8.0, 3.0, 2.0]), np.array([False, False, True, False])
    >>> competition_q_values(lead, chance, ratio=0.5)
    array([0.25      , 0.25      , 1.        , 0.33333333])
    """
    order = np.argsort(-lead, kind="stable")
    ordered = lead[order]
    last = np.searchsorted(-ordered, -ordered, side="right") - 1  # equals count together
    lost = np.cumsum(chance[order])[last]
    won = np.cumsum(~chance[order])[last]
    rate = ratio * (largest + lost) / np.maximum(won, 1)
    lowest = np.minimum.accumulate(rate[::-1])[::-1]
    found = np.empty(len(lead))
    found[order] = np.minimum(lowest, 1.0)
    found[chance] = 1.0
    return found


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


def _subset_of_patients(reals: Labelled, whose: NDArray[np.intp]) -> dict[int, str]:
    """Return patient → subset.

    Raises
    ------
    SubsetError
        If a patient has images in two subsets, which then cannot be told apart by patients.
    """
    found: dict[int, str] = {}
    for patient, subset, image_id in zip(whose, reals.subsets, reals.images.ids, strict=False):
        if found.setdefault(int(patient), subset) != subset:
            raise SubsetError(
                f"{reals.images.name}: the patient of {image_id!r} has images in {subset!r} and in "
                f"{found[int(patient)]!r}: patients that compete must be in one subset each"
            )
    return found


def _named(
    ids: tuple[str, ...], answers: tuple[str, ...], p_values: Floats, level: float, error: str
) -> Answers:
    """Return the answers, none where the p-value is above the level."""
    named = p_values <= level * ROUNDING
    pairs = zip(answers, named, strict=True)
    return Answers(ids, tuple(a if sure else NONE for a, sure in pairs), p_values, error)
