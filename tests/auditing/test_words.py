"""The words of a verdict: headline, advice and guarantee."""

from __future__ import annotations

import re

import pytest

from tests.auditing.found import (
    OWN_RULE,
    at_least,
    copies,
    flags,
    patients,
    set_test,
    shared,
    shift,
)
from whorl.auditing import Finding, Meaning
from whorl.auditing.findings import Known
from whorl.auditing.words import advice_of, first_of, guarantee_of, reasons_of, sentence_of

SHOWS, EXCLUDES = set_test(Meaning.SHOWS), set_test(Meaning.EXCLUDES)
OPEN, BELOW = set_test(), set_test(Meaning.CONTRADICTS)
ALONE = patients(30, 25, known=Known.ALONE, candidate_images=30, reference_images=25)

HEADLINES: dict[str, tuple[Finding, ...]] = {
    "Leakage shown: generated images are exact copies of candidates.": (copies(1), SHOWS),
    "Leakage shown: generated images are exact copies of candidates, mirrored or turned.": (
        copies(turned=1), SHOWS,
    ),
    "Inconclusive: the test of the whole set shows nothing, but more candidates than reference "
    "images are nearly the same as a generated image: look at the pairs.": (
        copies(near=9, meaning=Meaning.CONTRADICTS), set_test(Meaning.EXCLUDES),
    ),
    "Leakage shown: at least 21 candidates, of at least 7 patients, were used to train the "
    "generator; 9 patients are named below.": (
        patients(), SHOWS, flags(9), flags(30, "images"), at_least(21, 7),
    ),
    "Leakage shown: at least 1 candidate, of at least 1 patient, was used to train the generator; "
    "1 patient is named below.": (patients(), SHOWS, flags(1), at_least(1, 1)),
    "Leakage shown: at least 21 candidates were used to train the generator; 22 images are named "
    "below.": (ALONE, SHOWS, flags(22), flags(22, "images"), at_least(21, 21)),
    "Leakage shown: the generated images carry traces of the candidates as a set, though nobody "
    "can be named.": (patients(), SHOWS, flags(), flags(0, "images"), at_least()),
    "Leakage shown: the generated images carry traces of the candidates as a set; 4 images are "
    "named below.": (patients(), SHOWS, flags(), flags(4, "images"), at_least()),
    "Leakage shown, unless it is that candidates and reference differ otherwise than by use: at "
    "least 21 candidates, of at least 7 patients, were used to train the generator; 9 patients "
    "are named below.": (patients(), SHOWS, flags(9), at_least(21, 7), shift()),
    "No evidence of leakage: the 90 candidates of 30 patients lie no closer to the generated "
    "images than the 25 patients of the reference.": (patients(), EXCLUDES, flags()),
    "No evidence of leakage: the 30 candidates lie no closer to the generated images than the 25 "
    "images of the reference.": (ALONE, EXCLUDES, flags()),
    "Inconclusive: the reference lies closer to the generated images than the candidates do, so "
    "the two are sets of different kinds and cannot be compared.": (patients(), BELOW, flags()),
    "Inconclusive: nothing was shown, but candidates and reference differ otherwise than by use, "
    "so that a leak may be hidden.": (patients(), EXCLUDES, flags(), shift()),
    "Inconclusive: nothing was shown, but images stand among both candidates and reference, so "
    "that a leak may be hidden.": (patients(), EXCLUDES, flags(), shared()),
    "Inconclusive: no leakage was shown, but one too large to overlook cannot be ruled out.": (
        patients(), OPEN, flags(),
    ),
    "Inconclusive: by the method's own rule 12 of 30 candidates look used, but without a reference "
    "of images that were certainly not used, nobody knows how often that rule is wrong.": (
        patients(), OWN_RULE,
    ),
}  # fmt: skip
EVERY = list(HEADLINES.items())


def test_too_many_near_copies_are_to_be_looked_at() -> None:
    found = (patients(), copies(near=9, meaning=Meaning.CONTRADICTS), EXCLUDES)
    assert advice_of(found)[0].startswith("Look at the generated images that are nearly candidates")
    assert not advice_of((patients(), copies(near=9), EXCLUDES))


@pytest.mark.parametrize(("sentence", "findings"), EVERY)
def test_headlines(sentence: str, findings: tuple[Finding, ...]) -> None:
    assert sentence_of(findings) == sentence


@pytest.mark.parametrize("findings", HEADLINES.values())
def test_a_headline_names_no_option_no_p_value_and_no_method(findings: tuple[Finding, ...]) -> None:
    sentence = sentence_of(findings)
    assert "--" not in sentence
    assert not re.search(r"\bp [=<≤]|AUC|ssim|correlation|%", sentence)


def test_a_shift_stands_in_the_first_sentence_of_leakage_only_where_it_fires() -> None:
    shown = (patients(), SHOWS, flags(9), at_least(21, 7))
    first = sentence_of((*shown, shift())).split(":")[0]
    assert first == (
        "Leakage shown, unless it is that candidates and reference differ otherwise than by use"
    )
    assert sentence_of((*shown, shift(fires=False))).split(":")[0] == "Leakage shown"


def test_leakage_of_named_patients_is_advised_on() -> None:
    advice = advice_of((patients(), SHOWS, flags(9)))
    assert len(advice) == 1
    assert "leave their patients out, train again" in advice[0]
    assert "leave them out, train again" in advice_of((ALONE, SHOWS, flags(9)))[0]


def test_leakage_as_a_set_with_nobody_named_has_its_own_advice() -> None:
    advice = advice_of((patients(), SHOWS, flags(), flags(0, "images")))
    assert len(advice) == 1
    assert "nobody is named" in advice[0]
    assert "a decision about the group, not about one person" in advice[0]


@pytest.mark.parametrize(
    "findings",
    [(patients(), BELOW, flags()), (patients(), OPEN, flags(), shift()),
     (patients(), SHOWS, flags(3), shift())],
)  # fmt: skip
def test_sets_of_different_kinds_are_to_be_taken_anew(findings: tuple[Finding, ...]) -> None:
    assert any(
        a.startswith("Take candidates and reference from the same scanners")
        for a in advice_of(findings)
    )


def test_sets_of_different_kinds_are_not_met_with_more_reference_images() -> None:
    assert not any("more patients" in a for a in advice_of((patients(), BELOW, flags())))


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (patients(30, 12), "The reference is short (12 patients): more patients there"),
        (patients(9, 40), "The candidates are short (9 patients): more patients there"),
        (ALONE, "The reference is short (25 images): more images there"),
        (patients(2, 3, more_reference=4), "Give 4 more reference patients"),
        (patients(1, 9, known=Known.ALONE, more_reference=10), "Give 10 more reference images"),
    ],
)
def test_advice_names_the_side_that_is_short(people: Finding, words: str) -> None:
    assert advice_of((people, OPEN, flags()))[-1].startswith(words)


def test_images_on_both_sides_are_to_be_put_where_they_belong() -> None:
    advice = advice_of((patients(), EXCLUDES, flags(), shared()))
    assert advice == (
        "Images stand among both candidates and reference: put each where it belongs.",
    )


def test_without_a_reference_one_is_asked_for() -> None:
    advice = advice_of((patients(), OWN_RULE))
    assert advice[0].startswith("Give --reference a folder of real images")


def test_no_evidence_asks_for_nothing() -> None:
    assert advice_of((patients(), EXCLUDES, flags())) == ()


def test_found_patients_are_said_first_of_all_with_what_that_costs() -> None:
    first = first_of((copies(), patients(known=Known.FOUND), OPEN))
    assert "Nobody said whose the images are" in first
    assert "keeps the error rates and costs power" in first
    for known in (Known.GIVEN, Known.HEADERS, Known.ALONE):
        assert first_of((copies(), patients(known=known), OPEN)) == ""


def test_what_is_said_first_is_not_said_twice() -> None:
    findings = (copies(), patients(known=Known.FOUND), OPEN)
    assert first_of(findings) not in reasons_of(findings)


def test_the_guarantee_holds_for_what_counts_once() -> None:
    by_patient = guarantee_of((patients(), SHOWS))
    assert "in at most 5 % of audits, all tests together" in by_patient
    assert "Of the patients flagged, at most 5 % are expected to be wrong" in by_patient
    assert "Of the images flagged" in guarantee_of((ALONE, SHOWS))
    assert "No error rate is guaranteed" in guarantee_of((patients(), OWN_RULE))
