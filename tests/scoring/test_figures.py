"""Figures as people read them."""

from __future__ import annotations

from whorl.scoring import Figure


def figure(**fields: object) -> Figure:
    return Figure.model_validate(
        {"name": "f", "label": "F", "about": "privacy", "meaning": "…", **fields}
    )


def test_shares_are_per_cent_and_small_ones_keep_two_decimals() -> None:
    row = figure(value=0.285, low=0.2, high=1.0, beside=0.004)
    assert row.text == "28.5 %"
    assert row.interval_text == "20.0 % to 100.0 %"
    assert row.shown(row.beside) == "0.40 %"
    assert row.shown(0.0) == "0.0 %"


def test_numbers_have_a_true_minus() -> None:
    assert figure(unit="number", value=-0.00123).text == "−0.0012"
    assert figure(unit="number", value=153.27).text == "153.3"


def test_what_was_not_computed_is_a_dash_without_interval_or_p() -> None:
    row = figure(missing="why")
    assert (row.text, row.interval_text, row.p_text) == ("–", "", "")
    assert figure(value=0.5, p_value=0.0301).p_text == "0.0301"
