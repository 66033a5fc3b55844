"""Groups of images, read from CSV."""

from __future__ import annotations

from pathlib import Path

import pytest

from whorl.errors import WhorlError
from whorl.tasks.groups import read_groups


def written(folder: Path, text: str) -> Path:
    path = folder / "groups.csv"
    path.write_bytes(text.encode())
    return path


def test_columns_are_taken_by_name(tmp_path: Path) -> None:
    text = "\ufeffpatient age,group,image_id\r\n61,p1,a\r\n61, p1 ,b\r\n40,p2,c\r\n"
    assert read_groups(written(tmp_path, text)) == {"a": "p1", "b": "p1", "c": "p2"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected a header with image_id and group, found nothing"),
        (
            "image_id,patient\na,p\n",
            "line 1: the header names no column group; found 'image_id'",
        ),
        ("image_id,group\n", "line 2: expected an image, found nothing"),
        ("image_id,group\na,\n", "line 2: has no group"),
        ("image_id,group\na\n", "line 2: expected 2 fields, found 1"),
        ("image_id,group\na,p\nb,p\na,q\n", "line 4: 'a' was already given on line 2"),
        ('image_id,group\n"a,p\n', "line 2: is not valid CSV"),
    ],
)
def test_faults_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(WhorlError, match=rf"groups\.csv: {message}"):
        read_groups(written(tmp_path, text))


def test_a_file_that_is_absent(tmp_path: Path) -> None:
    with pytest.raises(WhorlError, match=r"absent\.csv: cannot be read"):
        read_groups(tmp_path / "absent.csv")
