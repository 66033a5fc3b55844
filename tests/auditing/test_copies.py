"""Copies: exact, mirrored, near, and images on both sides."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from whorl.auditing.copies import Alike, copies_finding, find_alike, shared_finding
from whorl.auditing.findings import Meaning
from whorl.auditing.grouping import Grouping, Known
from whorl.auditing.lookalikes import BAR
from whorl.tasks.view import View
from whorl.testing.worlds import image_set, smooth_images

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
    codes = np.arange(13) if patients is None else np.array(patients)
    reference = 0 if view.reference is None else len(view.reference)
    names = tuple(map(str, codes))
    return find_alike(view, Grouping(Known.GIVEN, codes[:6], codes[6 : 6 + reference], names))


def compressed(image: np.ndarray) -> np.ndarray:
    """One image, mirrored and brighter, after JPEG compression."""
    stream = io.BytesIO()
    mirrored = np.ascontiguousarray(image[:, ::-1]) // 2 + np.uint8(90)
    Image.fromarray(mirrored).save(stream, "JPEG", quality=60)
    return np.asarray(Image.open(stream))[None]


def test_an_exact_copy_shows_leakage_with_a_reference_and_without() -> None:
    made = np.concatenate([OTHERS, REALS[2:3]])
    for reference in (REALS[6:], None):
        found = copies_finding(alike(view_of(made, reference)))
        assert (found.meaning, found.pairs, found.turned, found.near) == (Meaning.SHOWS, 1, 0, 0)
        assert found.named == ()
    assert (found.near_reference, found.p_value) == (None, None)


def test_a_mirrored_copy_shows_leakage_and_is_named() -> None:
    made = np.concatenate([OTHERS, REALS[2:3, :, ::-1], np.rot90(REALS[4:5], axes=(1, 2))])
    for reference in (REALS[6:], None):
        found = copies_finding(alike(view_of(made, reference)))
        assert (found.meaning, found.pairs, found.turned, found.near) == (Meaning.SHOWS, 0, 2, 0)
        assert [(pair.candidate, pair.generated, pair.exact) for pair in found.named] == [
            ("candidate_002", "generated_003", True), ("candidate_004", "generated_004", True),
        ]  # fmt: skip
        assert [pair.road for pair in found.named] == [
            "mirrored left to right", "turned by 90° to the left",
        ]  # fmt: skip


def test_no_copy_shows_nothing() -> None:
    found = copies_finding(alike(view_of(OTHERS)))
    assert (found.meaning, found.pairs, found.turned, found.near) == (Meaning.ASIDE, 0, 0, 0)
    assert (found.near_reference, found.p_value, found.named) == (0, 1.0, ())


def test_a_near_copy_is_named_with_what_was_done_and_shows_nothing() -> None:
    found = copies_finding(alike(view_of(np.concatenate([OTHERS, compressed(REALS[2])]))))
    assert (found.meaning, found.near, found.near_reference) == (Meaning.ASIDE, 1, 0)
    (pair,) = found.named
    assert (pair.candidate, pair.generated) == ("candidate_002", "generated_003")
    assert BAR < pair.similarity <= 1
    assert pair.road == "mirrored left to right, brightness and contrast changed, JPEG compressed"
    assert found.p_value == pytest.approx(0.5)  # one patient of twelve has one: a candidate or not


def test_more_near_copies_than_chance_has_it_forbid_to_say_no_evidence() -> None:
    """Five of six candidates and no reference image: C(6, 5) of C(12, 5) ways to deal them out."""
    made = np.concatenate([OTHERS, *map(compressed, REALS[:5])])
    found = copies_finding(alike(view_of(made)))
    assert (found.meaning, found.near, found.near_reference) == (Meaning.CONTRADICTS, 5, 0)
    assert found.p_value == pytest.approx(6 / 792)
    of_one = copies_finding(alike(view_of(made), [0, 0, 0, 0, 0, 1, *range(2, 8)]))
    assert (of_one.meaning, of_one.near, of_one.p_value) == (Meaning.ASIDE, 5, 0.25)


def test_near_copies_of_two_patients_and_nobody_of_the_reference_forbid_it_too() -> None:
    made = np.concatenate([OTHERS, *map(compressed, REALS[:2])])
    found = copies_finding(alike(view_of(made)))
    assert (found.meaning, found.near, found.near_reference) == (Meaning.CONTRADICTS, 2, 0)
    assert found.p_value == pytest.approx(15 / 66)  # C(6, 2) of C(12, 2): by chance often enough
    of_one = copies_finding(alike(view_of(made), [0, 0, 1, 1, 1, 1, *range(2, 8)]))
    assert (of_one.meaning, of_one.near) == (Meaning.ASIDE, 2)


def test_as_many_near_copies_of_the_reference_show_nothing() -> None:
    made = np.concatenate([OTHERS, *map(compressed, [*REALS[:5], *REALS[6:11]])])
    found = copies_finding(alike(view_of(made)))
    assert (found.meaning, found.near, found.near_reference) == (Meaning.ASIDE, 5, 5)
    assert found.p_value is not None
    assert found.p_value > 0.5


def test_without_a_reference_near_copies_are_named_too() -> None:
    found = copies_finding(alike(view_of(np.concatenate([OTHERS, compressed(REALS[2])]), None)))
    assert (found.meaning, found.near, found.near_reference) == (Meaning.ASIDE, 1, None)
    assert len(found.named) == 1


@pytest.mark.parametrize("turned", [False, True])
def test_what_stands_among_candidates_generated_and_reference_shows_nothing(turned: bool) -> None:
    picture = REALS[2:3, ::-1] if turned else REALS[2:3]
    view = view_of(
        np.concatenate([OTHERS, picture, REALS[6:7]]), np.concatenate([REALS[6:], REALS[2:3]])
    )
    found = copies_finding(alike(view, [*range(13)]))
    assert (found.meaning, found.pairs, found.turned) == (Meaning.ASIDE, 0, 0)
    assert (found.everywhere, found.of_reference, found.near) == (1, 2, 0)


@pytest.mark.parametrize("turned", [0, 1])
def test_images_on_both_sides_make_the_comparison_doubtful(turned: int) -> None:
    shared = REALS[:2].copy()
    shared[:turned] = shared[:turned, :, ::-1]
    found = shared_finding(alike(view_of(OTHERS, np.concatenate([shared, REALS[8:]]))))
    assert found is not None
    assert (found.meaning, found.exact, found.turned) == (Meaning.CONTRADICTS, 2, turned)


def test_different_images_are_not_shared() -> None:
    assert shared_finding(alike(view_of(OTHERS))) is None
    assert shared_finding(alike(view_of(OTHERS, None))) is None
