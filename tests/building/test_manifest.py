"""Manifests: columns by name, and every fault with its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import LINE, PLAIN_IDS, TEXTS, found_or_told
from tests.texts import written as written_anew
from whorl.building.manifest import ManifestError, read_manifest


def written(folder: Path, text: str) -> Path:
    path = folder / "manifest.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_columns_by_name_in_the_order_asked_for(tmp_path: Path) -> None:
    manifest = read_manifest(written(tmp_path, "\ufeffscanner,image_id,age\n p1 ,a,70\np2,b,\n"))
    assert manifest.column("scanner", ["b", "a"]) == ("p2", "p1")
    with pytest.raises(ManifestError, match=r"no age for 1 of 2 images: 'b'"):
        manifest.column("age", ["a", "b"])
    with pytest.raises(ManifestError, match=r"no scanner for 1 of 1 images: 'c'"):
        manifest.column("scanner", ["c"])
    with pytest.raises(ManifestError, match=r"line 1: no column 'sex'; found 'scanner', 'age'"):
        manifest.column("sex", ["a"])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "line 1: expected a header with image_id, found nothing"),
        ("id,scanner\na,1\n", "line 1: the header names no column image_id; found 'id', 'scanner'"),
        ("image_id,a,a\nx,1,2\n", "line 1: the column 'a' is named 2 times"),
        ("image_id,scanner\n", "line 2: expected an image, found nothing"),
        ("image_id,scanner\na\n", "line 2: expected 2 fields, found 1"),
        ("image_id,scanner\n,p\n", "line 2: has no image_id"),
        ("image_id,scanner\na,p\na,q\n", "line 3: 'a' was already given on line 2"),
        ('image_id,scanner\n"a,p\n', "line 2: is not valid CSV: unexpected end of data"),
    ],
)
def test_faults_name_the_line(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ManifestError, match=rf"manifest\.csv: {fault}"):
        read_manifest(written(tmp_path, text))


def test_file_names_are_read_as_meant_and_what_is_not_is_hinted_at(tmp_path: Path) -> None:
    manifest = read_manifest(written(tmp_path, "image_id,age\na.png,70\nscans/b.png,\nÇ,3\n"))
    assert manifest.column("age", ["a"]) == ("70",)
    assert manifest.matched(["a"]).note.endswith("read as meant: with an extension (1)")
    with pytest.raises(ManifestError, match="for 1 of 1 images: 'b'; fill the empty fields in"):
        manifest.column("age", ["b"])
    with pytest.raises(
        ManifestError, match=r"'a\.png' is written where 'A' is expected: write ids"
    ):
        manifest.column("age", ["A"])


@given(st.dictionaries(PLAIN_IDS, st.text("xyz", max_size=2), min_size=1))
def test_any_column_comes_back_but_where_a_field_is_empty(
    tmp_path_factory: pytest.TempPathFactory, scanners: dict[str, str]
) -> None:
    lines = [f"{scanner},{image_id}" for image_id, scanner in scanners.items()]
    file = written_anew(tmp_path_factory, "\n".join(["scanner,image_id", *lines]))
    manifest = read_manifest(file)
    ids = sorted(scanners)
    if lacking := sum(not scanner for scanner in scanners.values()):
        with pytest.raises(ManifestError, match=f"no scanner for {lacking} of {len(ids)} images"):
            manifest.column("scanner", ids)
    else:
        assert manifest.column("scanner", ids) == tuple(scanners[i] for i in ids)


@given(TEXTS)
def test_any_text_is_a_manifest_or_told_why_not(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    file = written_anew(tmp_path_factory, "image_id,a,b\n" + text)
    manifest, fault = found_or_told(lambda: read_manifest(file), ManifestError)
    if manifest is None:
        assert re.search(LINE, fault)
    else:
        assert all(set(row) == {"image_id", "a", "b"} for row in manifest.rows.values())
