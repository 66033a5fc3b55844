"""Manifests: columns by name, and every fault with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from whorl.building.manifest import ManifestError, read_manifest


def written(folder: Path, text: str) -> Path:
    path = folder / "manifest.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_columns_by_name_in_the_order_asked_for(tmp_path: Path) -> None:
    manifest = read_manifest(written(tmp_path, "\ufeffgroup,image_id,age\n p1 ,a,70\np2,b,\n"))
    assert manifest.column("group", ["b", "a"]) == ("p2", "p1")
    with pytest.raises(ManifestError, match=r"no age for 1 of 2 images: 'b'"):
        manifest.column("age", ["a", "b"])
    with pytest.raises(ManifestError, match=r"no group for 1 of 1 images: 'c'"):
        manifest.column("group", ["c"])
    with pytest.raises(ManifestError, match=r"line 1: no column 'sex'; found 'group', 'age'"):
        manifest.column("sex", ["a"])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "line 1: expected a header with image_id, found nothing"),
        ("id,group\na,1\n", "line 1: the header names no column image_id; found 'id', 'group'"),
        ("image_id,a,a\nx,1,2\n", "line 1: the column 'a' is named 2 times"),
        ("image_id,group\n", "line 2: expected an image, found nothing"),
        ("image_id,group\na\n", "line 2: expected 2 fields, found 1"),
        ("image_id,group\n,p\n", "line 2: has no image_id"),
        ("image_id,group\na,p\na,q\n", "line 3: 'a' was already given on line 2"),
        ('image_id,group\n"a,p\n', "line 2: is not valid CSV: unexpected end of data"),
    ],
)
def test_faults_name_the_line(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ManifestError, match=rf"manifest\.csv: {fault}"):
        read_manifest(written(tmp_path, text))
