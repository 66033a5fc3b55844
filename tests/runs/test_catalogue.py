"""The catalogue as a table."""

from __future__ import annotations

import pytest

from whorl.runs import CATALOGUE, UnknownMethodError, entry


def test_names_are_unique_and_plain() -> None:
    from whorl.runs.catalogue import _ROWS

    assert len(CATALOGUE) == len(_ROWS)
    for name in CATALOGUE:
        assert name == name.lower().strip().replace(" ", "-")


def test_known_entries_carry_the_papers_f1() -> None:
    assert {n: entry(n).paper_f1 for n in ("vcmi-1", "vcmi-2", "vcmi-3")} == {
        "vcmi-1": 0.731,
        "vcmi-2": 0.802,
        "vcmi-3": 0.707,
    }


@pytest.mark.parametrize(
    ("name", "hint"),
    [("vcmi2", "did you mean vcmi-2"), ("NEAREST-SIM", "nearest-ssim"), ("qqq", "whorl methods")],
)
def test_unknown_names_get_a_hint(name: str, hint: str) -> None:
    with pytest.raises(UnknownMethodError, match=hint):
        entry(name)
