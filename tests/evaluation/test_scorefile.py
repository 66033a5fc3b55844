import csv
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import IDS, LINE, TEXTS, found_or_told, written
from whorl.errors import ScoreError, WhorlError
from whorl.evaluation import read_scores, write_scores


@pytest.fixture
def file(tmp_path):
    return tmp_path / "scores.csv"


AWKWARD_IDS = ["=1+1", "a,b", 'say "x"', " spaced ", "two\nlines", "car\rriage", "ü", "-5", "@x"]


def test_ids_of_any_spelling_and_scores_in_full_come_back(file):
    values = np.random.default_rng(0).normal(size=len(AWKWARD_IDS))
    write_scores(file, {"image_id": AWKWARD_IDS, "score": values})
    assert read_scores(file) == dict(zip(AWKWARD_IDS, values.tolist(), strict=True))


def test_an_audits_columns_are_written_in_order_and_two_of_them_read(file):
    columns = {
        "image_id": ["a", "b"],
        "score": [0.5, 0.25],
        "p_value": [0.01, None],
        "decision": ["used", "not used"],
        "nearest_generated": ["g,1", "g2"],
        "similarity": [0.5, 0.25],
    }
    write_scores(file, columns)
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert list(rows[0]) == list(columns)
    assert rows[0]["nearest_generated"] == "g,1"
    assert rows[1]["p_value"] == ""
    assert read_scores(file) == {"a": 0.5, "b": 0.25}


def test_columns_are_found_by_name_whatever_the_line_endings_or_byte_order_mark(file):
    file.write_bytes("\ufeffscore,image_id\r\n1e-3,a\r\n-2,b\r\n".encode())
    assert read_scores(file) == {"a": 0.001, "b": -2.0}


def test_a_file_without_a_header_is_read_as_a_run_file_is(file):
    file.write_text("a,0.5\nb,-1e-3\n")
    assert read_scores(file) == {"a": 0.5, "b": -0.001}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected a header with image_id and score, found nothing"),
        ("a,much\n", "line 1: the header names no column image_id; found 'a', 'much'"),
        ("a,0.5,1\n", "line 1: the header names no column image_id; found 'a', '0.5', '1'"),
        ("a,0.5\nb,much\n", "line 2: the score 'much' is not a finite number"),
        ("a,0.5\na,0.5\n", "line 2: 'a' was already given on line 1"),
        ("image_id,value\na,1\n", "line 1: the header names no column score; found"),
        ("image_id,score,score\na,1,2\n", "line 1: the column 'score' is named 2 times"),
        ("image_id,score\n", "line 2: expected an image, found nothing"),
        ("image_id,score\na,1\nb,much\n", "line 3: the score 'much' is not a finite number"),
        ("image_id,score\na,\n", "line 2: has no score"),
        ("image_id,score\na,nan\n", "line 2: the score 'nan' is not a finite number"),
        ("image_id,score\na,-inf\n", "line 2: the score '-inf' is not a finite number"),
        ("image_id,score\na,1e999\n", "line 2: the score '1e999' is not a finite number"),
        ("image_id,score\na,1_0\n", "line 2: the score '1_0' is not a finite number"),
        ("image_id,score\na,1\nb,2\na,1\n", "line 4: 'a' was already given on line 2"),
        ("image_id,score\na,1,2\n", "line 2: expected 2 fields, found 3"),
        ("image_id,score\na,1\n\nb,2\n", "line 3: expected 2 fields, found 0"),
        ('image_id,score\n"a,1\n', "line 2: is not valid CSV: unexpected end of data"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(file, text, message):
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScoreError) as caught:
        read_scores(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert message in str(caught.value)


def test_all_faults_are_listed(file):
    file.write_text("image_id,score\na,x\nb,1\nb,y\n", encoding="utf-8")
    with pytest.raises(ScoreError) as caught:
        read_scores(file)
    assert str(caught.value).splitlines()[1:] == [
        "  line 2: the score 'x' is not a finite number",
        "  line 4: 'b' was already given on line 3",
        "  line 4: the score 'y' is not a finite number",
    ]


def test_an_absent_file_is_named(file):
    with pytest.raises(ScoreError, match=r"scores\.csv: cannot be read: No such file"):
        read_scores(file)


def test_an_id_that_is_no_unicode_leaves_no_file(file):
    with pytest.raises(WhorlError, match=r"scores\.csv: cannot be written as UTF-8: .*udcff"):
        write_scores(file, {"image_id": ["scan_\udcff"], "score": [1.0]})
    assert list(file.parent.iterdir()) == []


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(st.dictionaries(IDS, FINITE, min_size=1))
def test_any_scores_come_back_bit_for_bit(tmp_path_factory, scores):
    file = tmp_path_factory.mktemp("scores") / "scores.csv"
    write_scores(file, {"score": list(scores.values()), "image_id": list(scores)})
    found = read_scores(file)
    assert list(found) == list(scores)
    assert [value.hex() for value in found.values()] == [value.hex() for value in scores.values()]


@given(TEXTS)
def test_any_text_gives_finite_scores_or_the_line_at_fault(tmp_path_factory, text):
    file = written(tmp_path_factory, "image_id,score\n" + text)
    scores, fault = found_or_told(lambda: read_scores(file), ScoreError)
    if scores is None:
        assert re.search(LINE, fault)
    else:
        assert all(map(math.isfinite, scores.values()))


@given(
    st.lists(
        st.tuples(
            st.text("a1 _.'\u00a0", max_size=3),
            st.sampled_from(["1", "-2e-3", "nan", "x", "1_0", ""]),
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["", "image_id,score\n", "image_id,score,more\n", "image_id,score,score\n"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_plain_lines_are_read_as_quoted_ones_are(tmp_path_factory, rows, header, ending):
    more = header.count(",") - 1 if header else 0
    texts = [
        ending.join(
            [
                *header.splitlines(),
                *(",".join(map(quoted, (*row, *[""] * more))) for row in rows),
            ]
        )
        for quoted in (str, lambda field: f'"{field}"')
    ]
    plain, quoted = (
        found_or_told(lambda text=text: read_scores(written(tmp_path_factory, text)), WhorlError)
        for text in texts
    )
    assert plain[0] == quoted[0]
    assert (plain[1] == "") == (quoted[1] == "")
