"""What is said of copies, of images on both sides, and of blank ones."""

from __future__ import annotations

import pytest

from tests.auditing.found import copies, copy, shared
from whorl.auditing.findings import Blank, Copies, Meaning, Shared
from whorl.auditing.image_reasons import image_reasons


def said(finding: Copies | Shared | Blank, *, alone: bool = False) -> list[str]:
    return list(image_reasons(finding, alone=alone))


def test_without_a_copy_nothing_is_said() -> None:
    assert said(copies(near_reference=0, p_value=1.0)) == []


def test_copies_to_the_last_grey_value() -> None:
    assert said(copies(3)) == [
        "3 pairs of a candidate and a generated image are identical in every grey value."
    ]


def test_mirrored_copies_are_named_with_what_was_done() -> None:
    named = (
        copy("mirrored left to right", exact=True),
        copy("turned by 180°", exact=True, candidate="b"),
        copy("JPEG compressed", candidate="c"),
    )
    assert said(copies(turned=2, named=named)) == [
        "2 pairs of a candidate and a generated image are identical in every grey value when one "
        "is mirrored or turned (a and g: mirrored left to right; b and g: turned by 180°)."
    ]


@pytest.mark.parametrize("number", [1, 2])
def test_what_stands_everywhere_shows_nothing(number: int) -> None:
    expected = {
        1: "1 candidate that equals a generated image equals a reference image too",
        2: "2 candidates that equal a generated image equal a reference image too",
    }
    (sentence,) = said(copies(everywhere=number, of_reference=number))
    assert sentence == expected[number] + ": that shows nothing."


def test_a_reference_that_was_copied_was_no_reference() -> None:
    assert said(copies(of_reference=2)) == [
        "2 reference images equal a generated image: then the reference was used too."
    ]


@pytest.mark.parametrize(("alone", "what"), [(True, "images"), (False, "patients")])
def test_near_copies_stand_beside_those_of_the_reference(alone: bool, what: str) -> None:
    found = copies(near=2, near_reference=1, p_value=0.021, named=(copy("JPEG compressed"),))
    assert said(found, alone=alone) == [
        "2 candidates are nearly the same as a generated image once it is laid over (a and g: JPEG "
        "compressed): look at them.",
        "By the same measure 1 reference image is nearly the same as a generated one (p = 0.021 by "
        f"dealing out the {what}; it decides nothing by itself).",
    ]


def test_without_a_reference_near_copies_stand_alone() -> None:
    assert said(copies(near=1, named=(copy("brightness changed"),))) == [
        "1 candidate is nearly the same as a generated image once it is laid over (a and g: "
        "brightness changed): look at them."
    ]


def test_images_on_both_sides() -> None:
    assert said(shared(2)) == [
        "2 pairs of a candidate and a reference image are identical: one of the two labels is "
        "wrong."
    ]
    (sentence,) = said(shared(2).model_copy(update={"turned": 1}))
    assert "identical, 1 when one is mirrored or turned: one" in sentence


def test_blank_images_are_counted_by_set() -> None:
    blank = Blank(
        meaning=Meaning.ASIDE,
        left_out={"generated": 1, "candidates": 2, "reference": 0},
        of={"generated": 1200, "candidates": 61, "reference": 60},
    )
    assert said(blank) == [
        "Left out as blank or nearly blank, and not judged: 1 of 1,200 generated images, 2 of 61 "
        "candidates."
    ]
