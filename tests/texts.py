"""Text that property tests make up: what stands in fields, and whole files, sound and broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import strategies as st

Found = TypeVar("Found")

CHARACTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
"""What UTF-8 text can hold; a NUL byte would make it a binary file."""

FIELDS = st.text(CHARACTERS, max_size=8)
IDS = FIELDS.filter(lambda field: field.strip() != "")
PLAIN_IDS = st.from_regex(r"[a-z]{1,3}_[0-9]{1,4}", fullmatch=True)

TEXTS = st.one_of(
    st.lists(st.from_regex(r"[ab]{0,2}(,[01]{0,2}){0,2}", fullmatch=True)).map("\n".join),
    st.text(st.sampled_from('ab01,,"\n\n\r \t;.e-_\ufeffé') | CHARACTERS),
)
"""What a file may hold: nearly a table, or anything, with many commas, quotes and line ends."""

LINE = r"line (\d+): "


def written(folders: pytest.TempPathFactory, text: str) -> Path:
    """Write a file of a folder of its own."""
    path = folders.mktemp("texts") / "file.csv"
    path.write_bytes(text.encode())
    return path


def found_or_told(read: Callable[[], Found], error: type[Exception]) -> tuple[Found | None, str]:
    """Return what a reader returns, or None and the message of the error that it raises."""
    try:
        return read(), ""
    except error as fault:
        return None, str(fault)
