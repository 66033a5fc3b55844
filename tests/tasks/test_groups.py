"""Groups of images, read from CSV."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import LINE, PLAIN_IDS, TEXTS, found_or_told
from tests.texts import written as written_anew
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


@given(st.dictionaries(PLAIN_IDS, PLAIN_IDS, min_size=1), st.sampled_from(["", " ", "\t"]))
def test_any_groups_come_back_whatever_white_space_is_around(
    tmp_path_factory: pytest.TempPathFactory, groups: dict[str, str], space: str
) -> None:
    lines = [f"{space}{image_id}{space},{space}{group}" for image_id, group in groups.items()]
    file = written_anew(tmp_path_factory, "\n".join(["image_id,group", *lines]))
    assert read_groups(file) == groups


@given(TEXTS)
def test_any_text_gives_groups_or_the_line_at_fault(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    file = written_anew(tmp_path_factory, "image_id,group\n" + text)
    groups, fault = found_or_told(lambda: read_groups(file), WhorlError)
    if groups is None:
        assert re.search(LINE, fault)
    else:
        assert all(groups)
        assert all(groups.values())
