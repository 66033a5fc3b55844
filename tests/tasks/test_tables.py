"""Tables: what is read, and every fault with its line."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import FIELDS, IDS, LINE, PLAIN_IDS, TEXTS, found_or_told, written
from whorl.errors import LayoutError, WhorlError
from whorl.tasks.tables import read_table


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def test_lines_come_back_by_image_whatever_the_order_of_columns_and_the_line_endings(
    file: Path,
) -> None:
    file.write_bytes("\ufeffage, image_id ,note\r\n61, a ,\r\n40,b,x\r\n".encode())
    assert read_table(file, ["age"], WhorlError) == {
        "a": {"age": "61", "image_id": "a", "note": ""},
        "b": {"age": "40", "image_id": "b", "note": "x"},
    }


def test_white_space_stays_where_it_is_asked_to(file: Path) -> None:
    file.write_text("image_id,age\n a ,61\n", encoding="utf-8")
    rows = read_table(file, ["age"], WhorlError, stripped=False)
    assert rows == {" a ": {"image_id": " a ", "age": "61"}}


def test_all_faults_are_listed_each_with_the_line_it_begins_on(file: Path) -> None:
    text = 'image_id,age\n"a\nb",61\na,\n,40\nc\nd,old\n"a\nb",62\nd,40\n"e,1\n'
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LayoutError) as caught:
        read_table(
            file,
            ["age"],
            LayoutError,
            faults_of=lambda row: [] if row["age"].isdigit() else [f"{row['age']} is no number"],
        )
    assert str(caught.value).splitlines() == [
        f"{file}: 7 problems",
        "  line 4: has no age",
        "  line 5: has no image_id",
        "  line 6: expected 2 fields, found 1",
        "  line 7: old is no number",
        "  line 8: 'a\\nb' was already given on line 2",
        "  line 10: 'd' was already given on line 7",
        "  line 11: is not valid CSV: unexpected end of data",
    ]


def test_all_faults_of_the_header_are_listed(file: Path) -> None:
    file.write_text("id,age,age\n", encoding="utf-8")
    with pytest.raises(WhorlError) as caught:
        read_table(file, ["sex"], WhorlError)
    assert str(caught.value).splitlines()[1:] == [
        "  line 1: the header names no column image_id; found 'id', 'age', 'age'",
        "  line 1: the header names no column sex; found 'id', 'age', 'age'",
        "  line 1: the column 'age' is named 2 times",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "line 1: expected a header with image_id and age, found nothing"),
        ("\nimage_id,age\n", "line 1: expected a header with image_id and age, found nothing"),
        ('"image_id,age\n', "line 1: is not valid CSV: unexpected end of data"),
        ("image_id,age\n", "line 2: expected an image, found nothing"),
    ],
)
def test_a_table_without_header_or_images(file: Path, text: str, fault: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WhorlError, match=rf"table\.csv: {fault}"):
        read_table(file, ["age"], WhorlError)


LINES = {
    "sound": "{id},1",
    "short": "{id}",
    "long": "{id},1,2",
    "empty": "",
    "without id": ",1",
    "without age": "{id},",
}


@given(
    st.dictionaries(IDS, st.tuples(FIELDS.filter(bool), FIELDS), min_size=1),
    st.lists(FIELDS.filter(lambda name: name not in ("image_id", "age")), min_size=1, max_size=1),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_table_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    rows: dict[str, tuple[str, str]],
    other: list[str],
    ending: str,
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=ending)
    writer.writerow(["age", *other, "image_id"])
    writer.writerows((age, note, image_id) for image_id, (age, note) in rows.items())
    file = written(tmp_path_factory, text.getvalue())
    assert read_table(file, ["age"], WhorlError, stripped=False) == {
        image_id: {"age": age, other[0]: note, "image_id": image_id}
        for image_id, (age, note) in rows.items()
    }


@given(st.lists(st.tuples(st.sampled_from(list(LINES)), PLAIN_IDS), min_size=1, max_size=12))
def test_just_the_lines_at_fault_are_named(
    tmp_path_factory: pytest.TempPathFactory, kinds: list[tuple[str, str]]
) -> None:
    text = "\n".join(["image_id,age", *(LINES[kind].format(id=i) for kind, i in kinds)]) + "\n"
    known = [i for kind, i in kinds if kind in ("sound", "without age")]
    places = [k for k, (kind, _) in enumerate(kinds) if kind in ("sound", "without age")]
    again = {place for n, place in enumerate(places) if known[n] in known[:n]}
    wrong = [k + 2 for k, (kind, _) in enumerate(kinds) if kind != "sound" or k in again]
    file = written(tmp_path_factory, text)
    if wrong:
        with pytest.raises(WhorlError) as caught:
            read_table(file, ["age"], WhorlError)
        named = re.findall(LINE, str(caught.value))
        assert sorted(set(map(int, named))) == wrong
    else:
        assert list(read_table(file, ["age"], WhorlError)) == known


@given(TEXTS)
def test_any_text_is_a_table_or_told_why_not(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    """Every fault names a line of the file, or the one after its header that is not there."""
    file = written(tmp_path_factory, "image_id,age\n" + text)
    rows, fault = found_or_told(lambda: read_table(file, ["age"], WhorlError), WhorlError)
    if rows is None:
        last = max(len(re.split("\r\n|\r|\n", text)) + 1, 2)
        named = list(map(int, re.findall(LINE, fault)))
        assert named
        assert all(2 <= line <= last for line in named)
    else:
        assert all(row["age"] and image_id for image_id, row in rows.items())
