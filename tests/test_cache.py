"""The cache: damage is noticed, and several processes may share a folder."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from whorl.cache import SUFFIX, Cache, Usage, default_folder
from whorl.errors import WhorlError

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
    with pytest.warns(UserWarning, match="gone on without"):
        cache.put("key", ARRAY)
    assert cache.get("key") is None


def test_folder_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    monkeypatch.delenv("WHORL_CACHE", raising=False)
    assert default_folder() == Path("/somewhere/whorl")
    monkeypatch.setenv("WHORL_CACHE", "/elsewhere")
    assert default_folder() == Path("/elsewhere")
    monkeypatch.delenv("WHORL_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr("pathlib.Path.home", _no_home)
    with pytest.raises(WhorlError, match="WHORL_CACHE"):
        default_folder()


def _no_home() -> Path:
    raise RuntimeError("Could not determine home directory.")


def sealed(content: bytes) -> bytes:
    """Return what the cache takes for whole: content with its hash behind it."""
    return content + hashlib.sha256(content).digest()


def saved(array: NDArray[Any], *, allow_pickle: bool = False) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=allow_pickle)
    return buffer.getvalue()


def with_header(header: str) -> bytes:
    text = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


CRAFTED = {
    "no array": b"something else",
    "empty": b"",
    "objects": saved(np.array([{}], object), allow_pickle=True),
    "more than there is": with_header(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000, 1000000), }"
    ),
    "a negative length": with_header(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 0), }"
    ),
    "a header of brackets": with_header("(" * 5000),
    "something behind the array": saved(ARRAY) + b"more",
}


@pytest.mark.parametrize("name", CRAFTED)
def test_an_entry_with_a_right_hash_and_other_content_is_computed_anew(
    tmp_path: Path, name: str
) -> None:
    cache = Cache(tmp_path)
    cache.put("key", ARRAY)
    only_file(tmp_path).write_bytes(sealed(CRAFTED[name]))
    with pytest.warns(UserWarning, match="damaged; it is computed again"):
        assert cache.get("key") is None
    assert not cache.holds("key")


def test_an_entry_of_another_shape_or_type_than_expected_is_computed_anew(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for shape, dtype in (((4, 3), np.float32), ((3, 4), np.float64), ((12,), None)):
        cache.put("key", ARRAY)
        with pytest.warns(UserWarning, match="damaged"):
            assert cache.get("key", shape, dtype) is None
    cache.put("key", ARRAY)
    np.testing.assert_array_equal(cache.get("key", (3, 4), np.float32), ARRAY)


def test_arrays_come_back_in_the_order_of_their_axes(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for array in (np.asfortranarray(ARRAY), np.array(3.5), np.zeros((0, 4))):
        cache.put("key", array)
        np.testing.assert_array_equal(cache.get("key"), array)


@pytest.mark.parametrize("kind", ["pipe", "link", "linked folder"])
def test_entries_that_are_no_regular_files_are_not_read(
    tmp_path: Path, kind: str, recwarn: pytest.WarningsRecorder
) -> None:
    cache = Cache(tmp_path / "cache")
    cache.put("key", ARRAY)
    file = only_file(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    if kind == "linked folder":
        file.parent.rename(elsewhere)
        file.parent.symlink_to(elsewhere)
    elif kind == "link":
        file.rename(elsewhere)
        file.symlink_to(elsewhere)
    else:
        file.unlink()
        os.mkfifo(file)
    assert cache.get("key") is None
    cache.put("key", ARRAY)
    cache.put("key", ARRAY)
    assert len(recwarn) == 1
    assert "gone on without" in str(recwarn[0].message)
    assert elsewhere.exists() or kind == "pipe"
    assert cache.clear().files == (0 if kind == "linked folder" else 1)
    assert elsewhere.exists() or kind == "pipe"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads and writes everything")
def test_an_unreadable_folder_is_warned_of_once(
    tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    cache = Cache(tmp_path / "cache")
    cache.put("key", ARRAY)
    cache.folder.chmod(0)
    try:
        assert not cache.holds("key")
        assert cache.get("key") is None
        cache.put("key", ARRAY)
        cache.put("another", ARRAY)
    finally:
        cache.folder.chmod(0o700)
    assert len(recwarn) == 1
    assert "gone on without" in str(recwarn[0].message)


def test_errors_of_the_disk_are_warned_of_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    cache = Cache(tmp_path)
    cache.put("key", ARRAY)

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "there")

    for name in ("os.open", "pathlib.Path.mkdir", "tempfile.mkstemp"):
        monkeypatch.setattr(name, refused)
    assert cache.get("key") is None
    cache.put("key", ARRAY)
    cache.put("another", ARRAY)
    assert [str(w.message).partition(":")[0] for w in recwarn] == ["the cache is gone on without"]


def test_a_damaged_entry_that_cannot_be_removed_does_not_end_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(tmp_path)
    cache.put("key", ARRAY)
    only_file(tmp_path).write_bytes(b"damaged")

    def read_only(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("pathlib.Path.unlink", read_only)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert cache.get("key") is None
        assert cache.get("key") is None
    assert sum("gone on without" in str(w.message) for w in said) == 1


def test_the_cache_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "new" / "cache")
    cache.put("key", ARRAY)
    folder = only_file(tmp_path).parent
    for place in (folder, folder.parent, cache.folder):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_what_killed_writes_left_is_seen_cleared_and_swept_when_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(tmp_path)
    cache.put("key", ARRAY)
    file = only_file(tmp_path)
    size = file.stat().st_size
    left = [file.with_name(".whorl-killed"), file.with_name(f".{file.name}.abc")]
    for path in left:
        path.write_bytes(b"12345")
    assert cache.usage() == Usage(1, size + 10, 2)
    old = time.time() - 2 * 86400
    os.utime(left[0], (old, old))
    monkeypatch.setattr("whorl.cache._SWEPT", set())
    cache.put("another", ARRAY)
    assert [path.exists() for path in left] == [False, True]
    assert cache.clear() == Usage(2, 2 * size + 5, 1)
    assert not left[1].exists()
    assert cache.usage() == Usage(0, 0)


def test_what_another_process_clears_while_it_is_written_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    cache, other = Cache(tmp_path / "cache"), Cache(tmp_path / "cache")
    save = np.save

    def cleared_meanwhile(file: Any, array: NDArray[Any], *, allow_pickle: bool) -> None:
        save(file, array, allow_pickle=allow_pickle)
        assert other.clear().unfinished == 1

    with monkeypatch.context() as patched:
        patched.setattr(np, "save", cleared_meanwhile)
        cache.put("key", np.arange(3))
    assert cache.get("key") is None
    assert not recwarn
    cache.put("key", np.arange(3))
    assert np.array_equal(cache.get("key"), np.arange(3))  # type: ignore[arg-type]
