"""The contract: what keeps it passes, and what breaks it is told how."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.testing import slips
from whorl.decisions import AboveMaximum
from whorl.errors import WhorlError
from whorl.methods import Method
from whorl.runs import Entry
from whorl.testing import ContractError, check_method, checks_of

BLIND = {"finds_planted_copies": "never looks at a generated image"}
PERMUTED = "permuting_candidates_permutes_scores"
UNIFORM = "p_values_of_non_members_are_uniform"
SAME = (
    "same_seed_same_scores",
    "permuting_generated_changes_nothing",
    "names_do_not_matter",
)
"""What else fails where scoring the same images again gives other scores."""


@pytest.mark.parametrize(
    "method", [slips.Sound(), slips.NeedsReference(), slips.Learns()], ids=repr
)
def test_a_sound_attack_passes(method: Method) -> None:
    check_method(method)


@pytest.mark.parametrize(
    ("method", "names"),
    [
        (slips.Blind(), {"finds_planted_copies"}),
        (slips.Constant(), {"finds_planted_copies", "scores_differ", "scores_seldom_tie"}),
        (slips.Rounded(), {"scores_seldom_tie"}),
        (slips.FirstGenerated(), {"permuting_generated_changes_nothing"}),
        (slips.ByName(), {"names_do_not_matter"}),
        (slips.KnowsTheLabels(), {"finds_nothing_where_nothing_is"}),
        (slips.SecondNearest(), {"value_or_named_error_on_one_generated"}),
        (slips.NoRepr(), {"repr_rebuilds_the_method"}),
        (slips.Writes(), {"inputs_are_left_as_they_were", *SAME, UNIFORM}),
        (slips.OtherIds(), {"one_finite_score_for_each_candidate", "finds_planted_copies"}),
        (slips.OtherEachTime(), {*SAME, PERMUTED}),
        (slips.EarlierIsHigher(), {PERMUTED, UNIFORM, "finds_planted_copies"}),
        (slips.EarlierIsHigher(-100.0), {PERMUTED, UNIFORM, "finds_planted_copies"}),
        (slips.WithoutNull(), {PERMUTED, UNIFORM}),
        (slips.Remembers(), {"fitted_scores_as_the_unfitted_one"}),
        (slips.FirstUsed(), {"order_of_the_development_set_does_not_matter"}),
        (slips.Unsavable(), {"a_saved_model_scores_as_before"}),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Method) else "",
)
def test_a_slip_is_named(method: Method, names: set[str]) -> None:
    with pytest.raises(ContractError) as caught:
        check_method(method)
    assert caught.value.broken.keys() == names


def test_an_excuse_covers_what_is_broken() -> None:
    check_method(slips.Blind(), excused=BLIND)


def test_an_excuse_that_no_longer_holds_fails() -> None:
    with pytest.raises(ContractError, match="'never looks at a generated image' no longer holds"):
        check_method(slips.Sound(), excused=BLIND)


def test_an_excuse_covers_no_error_of_the_attacks_own() -> None:
    excuse = {"inputs_are_left_as_they_were": "ends in an error"}
    with pytest.raises(ContractError) as caught:
        check_method(slips.Raises(), excused=excuse)
    assert caught.value.broken["inputs_are_left_as_they_were"] == "ZeroDivisionError: a slip"


def test_an_excuse_of_no_check_is_refused() -> None:
    with pytest.raises(WhorlError, match="has no check called finds_copies: checks_of"):
        check_method(slips.Sound(), excused={"finds_copies": "misspelt"})


def test_every_fault_is_in_the_message_and_its_traceback_is_kept() -> None:
    with pytest.raises(ContractError) as caught:
        check_method(slips.Constant())
    assert "constant fails 3 of 21 checks:" in str(caught.value)
    for name in ("finds_planted_copies", "scores_differ", "scores_seldom_tie"):
        assert f"\n  {name}:\n" in str(caught.value)
    assert isinstance(caught.value.__cause__, ExceptionGroup)
    assert len(caught.value.__cause__.exceptions) == 3


def test_a_rule_that_fails_is_the_entrys_fault() -> None:
    entry = Entry("own", slips.Sound(), AboveMaximum(), "asks for null scores that there are not")
    with pytest.raises(ContractError) as caught:
        check_method(entry)
    assert caught.value.broken.keys() == {
        "one_finite_score_for_each_candidate", "inputs_are_left_as_they_were",
    }  # fmt: skip


def test_every_check_has_its_name_and_a_sentence() -> None:
    checks = checks_of("blind")
    assert len({check.name for check in checks}) == len(checks)
    assert all(check.promise.endswith(".") for check in checks)
    assert {check.name for check in checks_of("brightness")} < {check.name for check in checks}


def test_pytest_is_not_needed() -> None:
    code = "import sys, whorl.testing; print('pytest' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert printed.stdout.split() == [b"False"]
