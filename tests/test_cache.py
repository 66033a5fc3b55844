"""The cache: damage is noticed, and several processes may share a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from whorl.cache import SUFFIX, Cache, Usage, default_folder

ARRAY = np.arange(12, dtype=np.float32).reshape(3, 4)


def only_file(folder: Path) -> Path:
    (file,) = folder.rglob(f"*{SUFFIX}")
    return file


def test_gives_back_what_was_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    assert cache.get("key") is None
    assert not cache.holds("key")
    cache.put("key", ARRAY)
    assert cache.holds("key")
    found = cache.get("key")
    assert found is not None
    assert found.dtype == ARRAY.dtype
    np.testing.assert_array_equal(found, ARRAY)
    assert cache.get("another key") is None


@pytest.mark.parametrize("damage", ["truncated", "emptied", "flipped"])
def test_a_damaged_file_is_noticed_and_removed(tmp_path: Path, damage: str) -> None:
    cache = Cache(tmp_path)
    cache.put("key", ARRAY)
    file = only_file(tmp_path)
    content = bytearray(file.read_bytes())
    if damage == "flipped":
        content[-40] ^= 1
    file.write_bytes({"truncated": content[:100], "emptied": b"", "flipped": content}[damage])
    with pytest.warns(UserWarning, match="damaged"):
        assert cache.get("key") is None
    assert not cache.holds("key")


def test_usage_and_clear_count_only_its_own_files(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    (tmp_path / "mine.txt").write_text("keep")
    assert cache.usage() == Usage(0, 0)
    cache.put("a", ARRAY)
    cache.put("b", ARRAY)
    size = sum(file.stat().st_size for file in tmp_path.rglob(f"*{SUFFIX}"))
    assert cache.usage() == Usage(2, size)
    assert cache.clear() == Usage(2, size)
    assert cache.usage() == Usage(0, 0)
    assert (tmp_path / "mine.txt").exists()


def test_another_version_does_not_see_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Cache(tmp_path).put("key", ARRAY)
    monkeypatch.setattr("whorl.cache.__version__", "99.0")
    assert Cache(tmp_path).get("key") is None
    assert Cache(tmp_path).usage().files == 1


def test_goes_on_without_where_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "cache")
    with pytest.warns(UserWarning, match="nothing more is kept"):
        cache.put("key", ARRAY)
    assert cache.get("key") is None


def test_folder_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    monkeypatch.delenv("WHORL_CACHE", raising=False)
    assert default_folder() == Path("/somewhere/whorl")
    monkeypatch.setenv("WHORL_CACHE", "/elsewhere")
    assert default_folder() == Path("/elsewhere")
