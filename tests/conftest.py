"""What all tests share: made-up images, and the real ones where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real CT images that WHORL_REAL_DATA points to."""
    folder = os.environ.get("WHORL_REAL_DATA")
    if not folder:
        pytest.skip("WHORL_REAL_DATA is not set")
    assert (Path(folder) / "data").is_dir(), f"WHORL_REAL_DATA={folder}: holds no folder data"
    return Path(folder)
