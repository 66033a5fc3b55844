"""Copies: exact, near above the bar, and images on both sides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from whorl.auditing.copies import Alike, copies_finding, find_alike, shared_finding
from whorl.auditing.findings import Meaning
from whorl.auditing.grouping import Grouping, Known
from whorl.images import ImageSet
from whorl.similarity.duplicates import NEAR
from whorl.tasks.view import View
from whorl.testing.worlds import image_set, noisy, smooth_images

RNG = np.random.default_rng(0)
REALS = smooth_images(12, RNG, 64)
OTHERS = smooth_images(3, RNG, 64)


def view_of(generated: np.ndarray, reference: np.ndarray | None = REALS[6:]) -> View:
    """Six candidates, each of a patient of its own, and as many reference images."""
    return View(
        image_set(generated, "generated"),
        image_set(REALS[:6], "candidate"),
        None if reference is None else image_set(reference, "reference"),
    )


def alike(view: View, patients: list[int] | None = None) -> Alike:
    codes = np.arange(12) if patients is None else np.array(patients)
    reference = 0 if view.reference is None else len(view.reference)
    names = tuple(map(str, codes))
    return find_alike(view, Grouping(Known.GIVEN, codes[:6], codes[6 : 6 + reference], names))


def nearly(image: np.ndarray, sigma: float = 1.0) -> np.ndarray:
    return noisy(image[None], np.random.default_rng(1), sigma)


def test_an_exact_copy_shows_leakage_with_a_reference_and_without() -> None:
    made = np.concatenate([OTHERS, REALS[2:3]])
    for reference in (REALS[6:], None):
        found = copies_finding(alike(view_of(made, reference)))
        assert (found.meaning, found.pairs, found.near) == (Meaning.SHOWS, 1, 0)
    assert found.bar is None


def test_no_copy_shows_nothing() -> None:
    found = copies_finding(alike(view_of(OTHERS)))
    assert (found.meaning, found.pairs, found.near, found.first_near) == (Meaning.ASIDE, 0, 0, ())


def test_a_near_copy_beyond_all_that_is_alike_without_copying_is_named_and_shows_nothing() -> None:
    found = copies_finding(alike(view_of(np.concatenate([OTHERS, nearly(REALS[2])]))))
    assert (found.meaning, found.pairs, found.near) == (Meaning.ASIDE, 0, 1)
    assert found.bar == NEAR
    (candidate, generated, correlation), = found.first_near  # fmt: skip
    assert (candidate, generated) == ("candidate_002", "generated_003")
    assert correlation > NEAR


def test_as_alike_as_two_patients_are_is_no_copy() -> None:
    """Two candidates of different patients are more alike than the generated one is to either."""
    view = view_of(np.concatenate([OTHERS, nearly(REALS[2], 6)]))
    twins = view.candidates.pixels.copy()
    twins[3] = nearly(twins[2])
    view = replace(view, candidates=ImageSet(view.candidates.ids, twins))
    of_two = alike(view)
    assert of_two.bar is not None
    assert of_two.bar > NEAR
    assert copies_finding(of_two).near == 0
    of_one = alike(view, [0, 1, 2, 2, 4, 5, *range(6, 12)])
    assert of_one.bar == NEAR
    assert copies_finding(of_one).near == 2


def test_as_alike_as_the_reference_is_to_what_was_generated_is_no_copy() -> None:
    made = np.concatenate([OTHERS, nearly(REALS[2], 6), nearly(REALS[8])])
    found = copies_finding(alike(view_of(made)))
    assert found.near == 0
    assert found.bar is not None
    assert found.bar > NEAR


def test_without_a_reference_there_is_no_bar() -> None:
    found = alike(view_of(np.concatenate([OTHERS, nearly(REALS[2])]), None))
    assert (found.bar, found.above) == (None, 0)
    assert copies_finding(found).first_near == ()
    assert found.duplicates["candidates and generated"].near_count == 1


@pytest.mark.parametrize("shared", [0, 2])
def test_images_on_both_sides_make_the_comparison_doubtful(shared: int) -> None:
    reference = np.concatenate([REALS[:shared], REALS[6 + shared :]])
    found = shared_finding(alike(view_of(OTHERS, reference)))
    if shared:
        assert found is not None
        assert (found.meaning, found.exact) == (Meaning.CONTRADICTS, 2)
    else:
        assert found is None


def test_without_a_reference_nothing_is_shared() -> None:
    assert shared_finding(alike(view_of(OTHERS, None))) is None
