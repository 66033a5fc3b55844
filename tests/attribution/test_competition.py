"""Answering none by a competition of patients: by hand, and that its error holds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from tests.attribution.worlds import Greyness, copied_view, grey_view, greys
from whorl.attribution.base import Floats, SubsetMethod
from whorl.attribution.competition import answer_by_competition, competition_q_values
from whorl.attribution.explained import SubsetExplained
from whorl.attribution.nearest import NearestSubset
from whorl.attribution.none import answer_by_reference, answer_by_unrelated
from whorl.attribution.view import Labelled, SubsetError, SubsetView
from whorl.errors import WhorlError
from whorl.images import ImageSet
from whorl.similarity import Correlation
from whorl.testing.worlds import image_set, noisy, smooth_images

GREY = NearestSubset(Greyness(), calibrated=False)


@dataclass(frozen=True)
class Told(SubsetMethod):
    """Each real image's first pixels say how much of each generated image is its own."""

    def _score(self, view: SubsetView, seed: int) -> Floats:  # noqa: ARG002
        rows = view.reals.images.pixels.reshape(len(view.reals.images), -1)
        each = rows[:, view.generated.pixels[:, 0, 0]].astype(np.float64)
        code = view.reals.codes(view.subsets)
        return np.column_stack([each[code == k].max(axis=0) for k in range(len(view.subsets))])


def test_a_reference_patient_that_wins_says_none() -> None:
    view = grey_view([12, 48, 81], t1=[10, 20], t2=[50])
    reference = greys("x", [80, 90, 95, 99, 70, 75])
    found = answer_by_competition(GREY, view, reference, 0.9)
    # one win of the reference, 3 units compete with 6: (1 + 0) · 0.5 / 1 for the longest lead
    assert found.p_values is not None
    assert found.subsets == ("t1", "t2", "none")
    assert found.p_values.tolist() == [0.25, 0.25, 1.0]
    assert "3 images compete with 6 of the reference" in found.error


def test_patients_are_in_one_subset_and_not_in_the_reference() -> None:
    view = grey_view([12], t1=[10, 20], t2=[50])
    reference = greys("x", [80, 90])
    known = Labelled(view.reals.images.with_patients(["a", "b", "c"]), view.reals.subsets)
    with pytest.raises(WhorlError, match="patients are known of r, but not of"):
        answer_by_competition(GREY, replace(view, reals=known), reference, 0.1)
    with pytest.raises(WhorlError, match="'a' has images among both"):
        answer_by_competition(
            GREY, replace(view, reals=known), reference.with_patients(["a", "d"]), 0.1
        )
    both = Labelled(view.reals.images.with_patients(["a", "b", "a"]), view.reals.subsets)
    with pytest.raises(SubsetError, match="the patient of 'r2' has images in 't2' and in 't1'"):
        answer_by_competition(
            GREY, replace(view, reals=both), reference.with_patients(["d", "e"]), 0.1
        )


def test_a_single_site_can_be_asked_for_with_a_reference() -> None:
    view = grey_view([12, 84], site=[10, 20])
    found = answer_by_competition(GREY, view, greys("x", [80, 90, 200, 210]), 0.9)
    assert found.subsets == ("site", "none")


def test_equal_leads_count_together() -> None:
    lead = np.array([3.0, 3.0, 3.0, 1.0])
    chance = np.array([False, True, False, False])
    q_values = competition_q_values(lead, chance, 1.0)
    np.testing.assert_allclose(q_values, [2 / 3, 1, 2 / 3, 2 / 3])
    np.testing.assert_allclose(competition_q_values(lead, chance, 1.0, largest=3), [1, 1, 1, 1])


@pytest.mark.parametrize("clustered", [False, True])
def test_of_the_images_that_are_given_a_subset_few_come_from_none(clustered: bool) -> None:
    """Against a reference; also where one real image wins many generated ones together."""
    level, wrong, power = 0.2, [], []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        patients, members, others = 40, 30, 30
        each = rng.integers(0, 100, (patients, 64))  # of which half are the reference's
        if clustered:  # images of none come in threes that the same patient wins
            each[:, members:60] = np.repeat(each[:, members:60:3], 3, axis=1)
        own = rng.integers(0, 20, members)
        each[own, np.arange(members)] += 100
        pixels = each.astype(np.uint8).reshape(-1, 8, 8)
        reals = ImageSet(tuple(f"r{k}" for k in range(20)), pixels[:20], "r")
        reference = ImageSet(tuple(f"x{k}" for k in range(20)), pixels[20:], "x")
        view = SubsetView(greys("g", range(members + others)), Labelled(reals, ("t1", "t2") * 10))
        found = answer_by_competition(Told(), view, reference, level)
        named = np.array([subset != "none" for subset in found.subsets])
        wrong.append(named[members:].sum() / max(named.sum(), 1))
        power.append(named[:members].mean())
    error = np.std(wrong) / np.sqrt(len(wrong))
    assert np.mean(wrong) < level + 2 * error
    assert np.mean(power) > 0.5


def test_where_nothing_was_used_a_subset_is_seldom_named_at_all() -> None:
    level, any_named = 0.1, []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        images = image_set(smooth_images(40, rng, 16), "r")
        view = SubsetView(
            image_set(smooth_images(20, rng, 16), "g"),
            Labelled(images.take(range(20)), ("t",) * 20),
        )
        reference = replace(images.take(range(20, 40)), name="x")
        found = answer_by_competition(NearestSubset(Correlation()), view, reference, level)
        any_named.append(any(subset != "none" for subset in found.subsets))
    assert np.mean(any_named) <= level + 3 * np.sqrt(level * (1 - level) / 40)


def test_copies_are_named_and_strangers_are_not() -> None:
    view, truth = copied_view(0, sizes=(10, 10), copies=20, none=20)
    rng = np.random.default_rng(9)
    reference = image_set(smooth_images(20, rng), "x")
    unrelated = image_set(noisy(smooth_images(60, rng), rng, 12), "u")
    for found in (
        answer_by_competition(SubsetExplained(), view, reference, 0.1),
        answer_by_reference(SubsetExplained(), view, reference, 0.1),
        answer_by_unrelated(SubsetExplained(), view, unrelated, 0.1),
    ):
        pairs = list(zip(found.subsets, truth, strict=True))
        assert sum(a == t != "none" for a, t in pairs) >= 36
        assert sum(a != "none" for a, t in pairs if t == "none") <= 6
