"""Tables: what is read, and every fault with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

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
