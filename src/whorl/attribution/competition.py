"""Answering "none" by a competition of patients.

The patients of a reference compete with those of the subsets. An image that comes from none is won
by one of the reference as easily as by another, so that their wins count how many of the others
are chance: of the images that are given a subset, no more than the stated share is expected to come
from none. It supposes nothing of generated images, but needs many patients.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from whorl.attribution.base import Floats, SubsetMethod
from whorl.attribution.none import Answers, named_where_sure
from whorl.attribution.view import NONE, Labelled, SubsetError, SubsetView
from whorl.images import ImageSet
from whorl.tasks.pseudonyms import patients_known, require_apart


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
    return named_where_sure(view.generated.ids, answers, q_values, level, error)


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
