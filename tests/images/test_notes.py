from __future__ import annotations

from whorl.images.notes import Note, Tally, shortened

LUMA = Note("converted from colour")


def test_many_images_make_one_sentence() -> None:
    tally = Tally()
    for number in range(500):
        tally.add(f"{number:03}.png", [LUMA] if number % 100 == 7 else [])
    assert tally.sentences() == ("5 of 500 images converted from colour; first: 007.png",)


def test_what_holds_for_all_images_names_no_first() -> None:
    tally = Tally()
    tally.add("a.png", [Note("windowed", "40,400")])
    tally.add("b.png", [Note("windowed", "40,400")])
    assert tally.sentences() == ("all images windowed: 40,400",)


def test_details_that_differ_are_counted_and_cut_short() -> None:
    tally = Tally()
    for width in (400, 400, 1, 2, 3, 4, 5, 6):
        tally.add("a.dcm", [Note("windowed", f"40,{width}")])
    assert tally.sentences() == (
        "all images windowed: 40,400 (2), 40,1 (1), 40,2 (1), 40,3 (1), 40,4 (1) and 2 others",
    )


def test_an_image_without_notes_still_counts() -> None:
    tally = Tally()
    tally.add("a.png", [])
    assert tally.sentences() == ()


def test_one_item_over_the_limit_is_listed_rather_than_counted() -> None:
    assert shortened(list("abcdef")) == "a, b, c, d, e, f"
