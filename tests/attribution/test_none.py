"""Answering none: by hand, and that the stated errors hold where the truth is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.attribution.worlds import Greyness, copied_view, grey_view, greys
from whorl.attribution.explained import SubsetExplained
from whorl.attribution.nearest import NearestSubset
from whorl.attribution.none import (
    Answers,
    answer,
    answer_by_leaving_out,
    answer_by_reference,
    answer_by_unrelated,
)
from whorl.attribution.view import Labelled, SubsetError, SubsetView
from whorl.errors import NeedError, WhorlError
from whorl.similarity import Correlation
from whorl.testing.worlds import image_set, smooth_images

GREY = NearestSubset(Greyness(), calibrated=False)


def test_without_a_level_every_image_is_given_a_subset() -> None:
    found = answer(GREY, grey_view([12, 48], t1=[10, 20], t2=[50]))
    assert found.subsets == ("t1", "t2")
    assert found.p_values is None


def test_leads_are_ranked_among_those_of_unrelated_images() -> None:
    view = grey_view([12, 48, 30], t1=[10, 20], t2=[50])
    # leads: 12: −2 to −38 → 36; 48: −2 to −28 → 26; 30: −10 to −20 → 10
    unrelated = greys("u", [34, 25, 100])  # −14 to −16 → 2; −5 to −25 → 20; −50 to −80 → 30
    found = answer_by_unrelated(GREY, view, unrelated, 0.5)
    assert found.p_values is not None
    assert found.p_values.tolist() == [0.25, 0.5, 0.75]
    assert found.subsets == ("t1", "t2", "none")
    assert "of images that come from none at most 50.0% are given a subset" in found.error


def test_leads_are_ranked_among_those_of_reals_patient_by_patient() -> None:
    view = grey_view([12], t1=[10, 14], t2=[50, 56])
    whose = view.reals.images.with_patients(["a", "a", "b", "c"])
    known = replace(view, reals=Labelled(whose, view.reals.subsets))
    # leads: 10 and 14, without a: 0 and 0; 50: −36 to −6 → 30; 56: −42 to −6 → 36; of 12: 36
    found = answer_by_leaving_out(GREY, known, 0.5)
    assert found.p_values is not None
    assert found.p_values.tolist() == [(1 + 1) / (3 + 1)]
    assert found.subsets == ("t1",)
    assert "if they lead as real images of other patients do" in found.error
    with pytest.raises(NeedError, match="give --reference or --unrelated"):
        answer_by_leaving_out(SubsetExplained(), copied_view(0)[0], 0.2)


def test_leads_are_ranked_among_those_of_the_reference_patient_by_patient() -> None:
    view = grey_view([12, 48, 30], t1=[10, 20], t2=[50])
    known = Labelled(view.reals.images.with_patients(["a", "b", "c"]), view.reals.subsets)
    # leads of the reference: 34 → 2, 100 → 30 (both of d); 25 → 20; of the images 36, 26, 10
    reference = greys("x", [34, 100, 25], ["d", "d", "e"])
    found = answer_by_reference(GREY, replace(view, reals=known), reference, 0.5)
    assert found.p_values is not None
    np.testing.assert_allclose(found.p_values, [1 / 3, 1.5 / 3, 2.5 / 3])
    assert found.subsets == ("t1", "t2", "none")
    assert "as the reference images of 2 patients do" in found.error
    shared = reference.with_patients(["d", "a", "e"])
    with pytest.raises(WhorlError, match="'a' has images among both"):
        answer_by_reference(GREY, replace(view, reals=known), shared, 0.5)


def test_too_few_for_the_level_are_named_with_how_many_it_takes() -> None:
    view = grey_view([12], t1=[10, 14], t2=[50, 56])
    others = greys("x", range(18))
    for how in (answer_by_unrelated, answer_by_reference):
        with pytest.raises(SubsetError, match=r"x: 18 images are too few .* at an error of 5\.0%"):
            how(GREY, view, others, 0.05)
        assert how(GREY, view, greys("x", range(19)), 0.05).p_values is not None
    with pytest.raises(SubsetError, match=r"r: 4 images are too few .* takes 9 or more"):
        answer_by_leaving_out(GREY, view, 0.1)


@pytest.mark.parametrize("how", [answer_by_unrelated, answer_by_reference])
def test_images_of_none_are_given_a_subset_no_more_often_than_stated(
    how: Callable[..., Answers],
) -> None:
    """Where images of none lead as unrelated ones, or as reals, do, the error is at the level."""
    named, level = [], 0.1
    for seed in range(30):
        rng = np.random.default_rng(seed)
        reals = Labelled(image_set(smooth_images(12, rng, 16), "r"), ("t1", "t2", "t3") * 4)
        view = SubsetView(image_set(smooth_images(10, rng, 16), "g"), reals)
        unrelated = image_set(smooth_images(29, rng, 16), "u")
        found = how(NearestSubset(Correlation()), view, unrelated, level)
        named.append(np.mean([subset != "none" for subset in found.subsets]))
    mean, error = np.mean(named), np.std(named) / np.sqrt(len(named))
    assert abs(mean - level) < 3 * error


def test_left_out_patients_hold_the_error_for_images_that_are_like_real_ones() -> None:
    named, level = [], 0.1
    for seed in range(20):
        rng = np.random.default_rng(seed)
        images = image_set(smooth_images(30, rng, 16), "r")
        view = SubsetView(
            image_set(smooth_images(10, rng, 16), "g"), Labelled(images, ("t1", "t2", "t3") * 10)
        )
        found = answer_by_leaving_out(NearestSubset(Correlation()), view, level)
        named.append(np.mean([subset != "none" for subset in found.subsets]))
    mean, error = np.mean(named), np.std(named) / np.sqrt(len(named))
    assert mean < level + 3 * error
