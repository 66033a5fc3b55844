"""Optional libraries: there, or named with the command that installs them."""

from __future__ import annotations

import sys

import pytest

from whorl.errors import NeedError
from whorl.extras import imported


def test_a_library_that_is_there() -> None:
    assert imported("json", "classic", "this") is sys.modules["json"]


def test_a_library_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(NeedError, match=r"SIFT needs cv2: pip install 'whorl-audit\[classic\]'"):
        imported("cv2", "classic", "SIFT")
