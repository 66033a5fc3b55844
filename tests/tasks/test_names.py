"""Ids as people write them: what is read as meant, what is left alone, and what is said then."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import IDS, PLAIN_IDS
from whorl.tasks.lookalikes import ALIKE, look, lookalike
from whorl.tasks.names import Names, advice, matched

NFD = unicodedata.normalize("NFD", "müller_1")
NFC = unicodedata.normalize("NFC", NFD)


@pytest.mark.parametrize(
    ("written", "meant", "way"),
    [
        ("ct_1.png", "ct_1", "with an extension (1)"),
        ("ct_1.DCM", "ct_1", "with an extension (1)"),
        ("vol.nii.gz", "vol", "with an extension (1)"),
        ("test/real_unknown_1/ct_1.png", "ct_1", "with an extension (1), in a folder (1)"),
        (r"C:\scans\ct_1", "ct_1", "in a folder (1)"),
        ("./ct_1", "ct_1", "as a path (1)"),
        ("slice_1", "p1/slice_1", "without the folder (1)"),
        ("data/p1/slice_1.png", "p1/slice_1", "with an extension (1), in a folder (1)"),
        (r"p1\slice_1", "p1/slice_1", "as a path (1)"),
        (NFD, NFC, "in another Unicode form (1)"),
        (NFC, NFD, "in another Unicode form (1)"),
        ("ct_1", "ct_1.png", "without the extension (1)"),
    ],
)
def test_an_id_is_read_as_meant_and_noted(written: str, meant: str, way: str) -> None:
    found = matched([written, "another"], [meant, "third"])
    assert found.given == {meant: written}
    assert found.note == f"1 of 2 ids is written otherwise and was read as meant: {way}"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        (["slice_1.png"], ["p1/slice_1", "p2/slice_1"]),
        (["p1/slice_1", "p2/slice_1"], ["slice_1"]),
        (["p2/slice_1"], ["p1/slice_1"]),
        (["p2/slice_1"], ["slice_1", "p1/slice_1"]),
        (["a.png", "a.dcm"], ["a"]),
        (["Ct_1"], ["ct_1"]),
        (["ct_01"], ["ct_1"]),
        (["ct_1 "], ["ct_1"]),
        (["ct\u200b_1"], ["ct_1"]),
        (["scan.2"], ["scan"]),
    ],
    ids=str,
)
def test_what_may_mean_several_or_another_is_left_alone(
    written: list[str], wanted: list[str]
) -> None:
    assert matched(written, wanted).given == {}


def test_an_id_given_exactly_goes_before_one_that_is_like_it() -> None:
    assert matched(["a.png", "a", "x/a"], ["a"]).given == {"a": "a"}
    assert matched(["x/a.png", "a.png"], ["a"]).given == {"a": "a.png"}
    exact = matched(["p1/s", "s.png"], ["p1/s", "p2/s"])
    assert exact.given == {"p1/s": "p1/s"}
    assert exact.note == ""


@given(st.lists(IDS, unique=True), st.lists(IDS, unique=True))
def test_no_given_id_means_two_and_exact_ones_are_always_taken(
    written: list[str], wanted: list[str]
) -> None:
    found = matched(written, wanted).given
    assert set(found) <= set(wanted)
    assert set(found.values()) <= set(written)
    assert len(set(found.values())) == len(found)
    assert all(found[i] == i for i in set(written) & set(wanted))


@given(st.lists(PLAIN_IDS, unique=True), st.sampled_from([".png", ".JPEG", ".nii.gz"]))
def test_any_plain_ids_are_found_behind_a_folder_and_before_an_extension(
    wanted: list[str], ending: str
) -> None:
    written = [f"scans/{i}{ending}" for i in reversed(wanted)]
    assert matched(written, wanted).given == {i: f"scans/{i}{ending}" for i in wanted}


@pytest.mark.parametrize(
    ("text", "other", "why"),
    [
        ("ct\u00a01", "ct 1", "U+00A0 NO-BREAK SPACE, expected U+0020 SPACE"),
        ("ct\u2013a", "ct-a", "U+2013 EN DASH, expected U+002D HYPHEN-MINUS"),
        ("\ufeffct", "ct", "U+FEFF ZERO WIDTH NO-BREAK SPACE, which is not seen"),
        ("ct", "c\u00adt", "without U+00AD SOFT HYPHEN, which is not seen"),
        (
            "\u0441t",
            "ct",
            "U+0441 CYRILLIC SMALL LETTER ES, expected U+0063 LATIN SMALL LETTER C",
        ),
        ("\uff43t", "ct", "U+FF43 FULLWIDTH LATIN SMALL LETTER C, expected U+0063 LATIN"),
        (NFD, NFC, "Unicode form NFD, expected NFC"),
        ("ct", "ct", ""),
        ("ct1", "ct2", ""),
    ],
)
def test_characters_that_look_alike_are_named(text: str, other: str, why: str) -> None:
    found = lookalike(text, other)
    assert found.startswith(why)
    assert bool(found) == bool(why)
    if why:
        assert Names([other]).near(text) == other


def test_letters_that_look_alike_are_letters_of_the_two_alphabets() -> None:
    for letter, latin in ALIKE.items():
        assert unicodedata.name(chr(letter)).startswith(("CYRILLIC", "GREEK"))
        assert unicodedata.name(chr(latin)).startswith("LATIN")
    assert look("\u0421\u0422") == "CT"


@pytest.mark.parametrize(
    ("lacking", "written", "wanted", "said"),
    [
        (["ct_1"], ["CT_01"], ["ct_1"], "'CT_01' is written where 'ct_1' is expected: write ids"),
        (["a/x", "b/x"], ["x"], ["a/x", "b/x"], "'x' may mean 'a/x', 'b/x': write the folder too"),
        (["x"], ["a/x", "b/x"], ["x"], "'a/x', 'b/x' may all mean 'x': leave one"),
        (["x"], ["img"], ["x"], "found 'img': an id is the name of the image's file"),
        (["x"], ["y"], ["x", "y"], "add a line for each"),
        (
            ["ct 1"],
            ["ct\u00a01"],
            ["ct 1"],
            r"'ct\xa01' is written where 'ct 1' is expected (U+00A0 NO-BREAK SPACE, expected",
        ),
    ],
)
def test_what_stands_there_instead_and_what_to_do_is_said(
    lacking: list[str], written: list[str], wanted: list[str], said: str
) -> None:
    assert advice(lacking, written, wanted).startswith(said)


@given(
    st.sets(st.text("aA01_./'", max_size=4), min_size=1, max_size=5),
    st.lists(st.text("aA01_./'", max_size=4), unique=True, max_size=5),
)
def test_what_is_near_to_any_is_what_is_near_to_each(wanted: set[str], texts: list[str]) -> None:
    names = Names(sorted(wanted))
    assert names.near_to_any(texts) == {names.near(text) for text in texts} - {None}
