"""Nothing hides in text, and nothing turns it around."""

from __future__ import annotations

import pytest

from whorl.visible import all_visible, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u200b", r"\u200b"),
        ("a\u202egnp.exe", r"a\u202egnp.exe"),
        ("\u2066a\u2069\u200e\u061c", r"\u2066a\u2069\u200e\u061c"),
        ("\x1b[8mhidden\x9b", r"\x1b[8mhidden\x9b"),
        ("\u3164\u115f\u2800\ufe0f", r"\u3164\u115f\u2800\ufe0f"),
        ("\U000e0101\U000e0041", r"\U000e0101\U000e0041"),
        ("\u3000\u2003\ufeff\xad", r"\u3000\u2003\ufeff\xad"),
        ("\udcff\ue000", r"\udcff\ue000"),
        ("a\r\tb", r"a\r\tb"),
    ],
)  # fmt: skip
def test_what_cannot_be_seen_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text", ["ct_1", "Schädel é", "脳-1", "عين", "5\N{NO-BREAK SPACE}%", "a\nb"]
)
def test_what_can_be_seen_stays(text: str) -> None:
    assert visible(text) == text


def test_all_text_within_is_shown() -> None:
    found = all_visible({"a": ["\u200b", 1, None], "b": ({"c": "\u202e"},)})
    assert found == {"a": [r"\u200b", 1, None], "b": ({"c": r"\u202e"},)}
