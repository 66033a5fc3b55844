"""What all tests share: made-up images, and the real ones where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("whorl", deadline=None, derandomize=True, database=None)
settings.load_profile("whorl")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before torch is loaded: workers share cores


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tests out of the user's cache, and each out of the others'."""
    monkeypatch.setenv("WHORL_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real CT images that WHORL_REAL_DATA points to."""
    folder = os.environ.get("WHORL_REAL_DATA")
    if not folder:
        pytest.skip("WHORL_REAL_DATA is not set")
    assert (Path(folder) / "data").is_dir(), f"WHORL_REAL_DATA={folder}: holds no folder data"
    return Path(folder)
