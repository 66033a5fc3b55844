"""Rules by the names that the command line takes."""

from __future__ import annotations

import pytest

from whorl.decisions import Above, AboveMean, AboveMedian, Rule, named_rule
from whorl.errors import WhorlError


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("median", AboveMedian()),
        ("above:0", Above(0.0)),
        ("above:-1e-3", Above(-0.001)),
        ("mean+2", AboveMean(2.0)),
        ("mean+0", AboveMean(0.0)),
    ],
)
def test_a_rule_is_found_by_its_name(text: str, rule: Rule) -> None:
    assert named_rule(text) == rule


@pytest.mark.parametrize(
    "text", ["", "mode", "above", "above:", "above:nan", "mean+-1", "mean+inf"]
)
def test_what_names_no_rule_is_told_what_does(text: str) -> None:
    with pytest.raises(WhorlError, match="expected median, above:X, mean"):
        named_rule(text)
