"""What is said of each finding; each warning has a case that sets it off and one that does not."""

from __future__ import annotations

import pytest

from tests.auditing.found import (
    OWN_RULE,
    at_least,
    attack,
    copies,
    flags,
    growth,
    patients,
    set_test,
    shift,
)
from whorl.auditing import Finding, Meaning
from whorl.auditing.findings import Caution, Interval, Known
from whorl.auditing.reasons import reasons


def said(finding: Finding, *, shown: bool = False, alone: bool = False) -> str:
    return " ".join(reasons(finding, shown=shown, alone=alone))


WARNINGS: dict[str, tuple[Finding, Finding]] = {
    "Too few patients for any statement: 2 against 3; it takes 4 more in the reference.": (
        patients(2, 3, more_reference=4), patients(2, 7),
    ),
    "One patient has 51 % of a side's images": (patients(largest=0.51), patients(largest=0.5)),
    "2 reference images were left out": (patients(dropped=2), patients()),
    "can be told apart by the real images alone (AUC 0.93": (shift(), shift(fires=False)),
    "The candidates lie farther from the generated images": (
        set_test(Meaning.CONTRADICTS), set_test(),
    ),
    "It takes 4 more for any": (
        flags(warnings=("it takes 4 more for any to be at most 0.05",)), flags(),
    ),
    "All candidates have the same score.": (
        Caution(meaning=Meaning.ASIDE, sentence="all candidates have the same score"),
        Caution(meaning=Meaning.ASIDE, sentence="another"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("words", "pair"), WARNINGS.items())
def test_each_warning_has_what_sets_it_off_and_what_does_not(
    words: str, pair: tuple[Finding, Finding]
) -> None:
    fires, silent = pair
    assert words in said(fires)
    assert words not in said(silent)


@pytest.mark.parametrize(
    "finding", [copies(), shift(fires=False), attack(), at_least(), patients(30, 0)]
)
def test_what_found_nothing_says_nothing(finding: Finding) -> None:
    assert said(finding) == ""


def test_the_set_is_told_with_its_level_its_interval_and_who_was_permuted() -> None:
    text = said(set_test())
    assert text.startswith(
        "The set as a whole: p = 0.4 (level 5 %; patients permuted, each counting once), most by "
        "nearest-correlation, tail. By nearest-ssim a candidate patient scores above a reference "
        "patient with probability 0.52 (95 % interval 0.42 to 0.62); 0.50 means no difference."
    )
    assert "images permuted" in said(set_test(), alone=True)
    assert "a candidate scores above a reference image" in said(set_test(), alone=True)


def test_what_may_have_been_overlooked_is_told_only_where_nothing_was_shown() -> None:
    words = "a probability of 0.68"
    assert words in said(set_test())
    assert words not in said(set_test(Meaning.SHOWS), shown=True)
    assert words not in said(set_test(Meaning.CONTRADICTS))


def test_flags_are_told_with_what_is_guaranteed_of_them() -> None:
    assert said(flags(3)) == (
        "3 of 30 patients flagged: of those, at most 5 % are expected to be wrong."
    )
    assert said(flags()) == "None of 30 patients is flagged."
    assert said(OWN_RULE) == "12 of 30 candidates flagged by the rule: the rule."


def test_nothing_is_said_of_patients_where_images_count_by_themselves() -> None:
    assert said(flags(3), alone=True) == ""
    assert said(flags(3, "images"), alone=True).startswith("3 of 30 images flagged")
    assert said(at_least(9, 9), alone=True) == (
        "At least 9 candidates were used (95 % confidence)."
    )
    assert said(at_least(9, 3)) == (
        "At least 9 candidates, of at least 3 patients, were used (95 % confidence)."
    )


def test_it_is_said_how_patients_are_known() -> None:
    starts = {
        Known.GIVEN: "Patients as given: 90 candidates of 30 patients against 75 reference",
        Known.HEADERS: "Patients by the files' PatientID: 90 candidates",
        Known.ALONE: "Each image counts by itself",
        Known.FOUND: "",
    }
    for known, start in starts.items():
        text = said(patients(known=known))
        assert text.startswith(start)
        assert bool(text) == bool(start)


def test_one_image_that_counts_by_itself_dominates_nothing() -> None:
    assert "One patient has" not in said(patients(known=Known.ALONE, largest=1.0))


def test_the_attackers_success_is_told_where_the_reference_resolves_it() -> None:
    rate = Interval(value=0.4, low=0.3, high=0.5)
    text = said(attack(tpr_at_5=rate, epsilon=1.25))
    assert "finds 0.40 (95 % interval 0.30 to 0.50) of the candidates at 5 % false alarms" in text
    assert "1 % false alarms" not in text
    assert "at least ε = 1.25 (δ = 0.00001)" in text


@pytest.mark.parametrize(
    ("auc", "low", "high", "meaning"),
    [
        (0.65, 0.66, 0.9, "more images give away more"),
        (0.65, 0.6, 0.7, "more images would hardly give away more"),
        (0.65, 0.6, 0.9, "whether more images give away more is open"),
    ],
)
def test_what_more_images_would_show_is_told(
    auc: float, low: float, high: float, meaning: str
) -> None:
    assert said(growth(auc, low, high)) == (
        "The effect (AUC) is 0.58 by 125 generated images at a time and 0.65 by all 1,000; "
        f"10,000 would show {low:.2f} to {high:.2f} (95 % interval): {meaning}."
    )
