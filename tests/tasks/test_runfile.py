import re
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import IDS as ANY_IDS
from tests.texts import LINE, PLAIN_IDS, TEXTS, found_or_told, written
from whorl.errors import RunFileError, WhorlError
from whorl.tasks.edition import EDITIONS
from whorl.tasks.runfile import format_run, problems, read_run, read_truth, write_run
from whorl.tasks.textfile import MOST_SHOWN

IDS = ["real_unknown_0001", "real_unknown_0002", "real_unknown_0003"]
GOOD = "real_unknown_0001,1\nreal_unknown_0002,0\nreal_unknown_0003,0\n"
DECISIONS = {IDS[0]: True, IDS[1]: False, IDS[2]: False}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "run.csv"


def test_a_run_is_written_in_the_official_format(file):
    write_run(file, IDS, np.array([True, False, False]))
    assert file.read_bytes() == GOOD.encode()
    assert read_run(file, IDS) == DECISIONS
    assert read_truth(file).used == DECISIONS


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.rstrip("\n"),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        "\n".join(reversed(GOOD.splitlines())),
        GOOD.replace(",", " ,\t").replace("real", "  real").replace("\n", " \n"),
        GOOD.replace(",1", ",+01").replace(",0", ",00"),
    ],
    ids=["plain", "no last newline", "windows", "old mac", "reversed", "white space", "signs"],
)
def test_what_the_official_validator_accepts_is_read(file, text):
    file.write_bytes(text.encode())
    assert problems(text, IDS) == []
    assert read_run(file, IDS) == DECISIONS


def test_a_known_id_may_end_like_a_file():
    assert problems("a.png,1\n", ["a.png"]) == []
    assert problems("a.png.png,1\n", ["a.png"], EDITIONS["2025"]) == []


WITH_ENDING = GOOD.replace(",", ".png,")


@pytest.mark.parametrize("text", [GOOD, WITH_ENDING, GOOD.replace("1,", "1.PNG,")])
def test_ids_are_read_with_or_without_extension(file, text):
    file.write_text(text, encoding="utf-8")
    assert read_run(file, IDS) == DECISIONS
    assert read_truth(file).used == DECISIONS


def test_an_edition_is_written_and_read_to_the_letter(file):
    write_run(file, IDS, [True, False, False], EDITIONS["2025"])
    assert file.read_text("utf-8") == WITH_ENDING
    assert read_run(file, IDS, EDITIONS["2025"]) == DECISIONS
    assert problems(GOOD, IDS, EDITIONS["2023"]) == []


@pytest.mark.parametrize(
    ("edition", "text", "problem"),
    [
        ("2023", GOOD.replace("0002", "0002.PNG"), "line 2: the id 'real_unknown_0002.PNG' has the "
         "file extension '.PNG': drop '.PNG', as in 2023"),
        ("2025", WITH_ENDING.replace("2.png", "2"), "line 2: the id 'real_unknown_0002' has no "
         "file extension: write '.png' behind the name, as in 2025"),
        ("2025", WITH_ENDING.replace("2.png", "2.jpg"), "line 2: the id 'real_unknown_0002.jpg' "
         "has the file extension '.jpg': write '.png' behind the name, as in 2025"),
        ("2025", WITH_ENDING.replace("0002", "2"), "line 2: unknown id 'real_unknown_2.png': did "
         "you mean 'real_unknown_0002.png'?"),
    ],
)  # fmt: skip
def test_an_edition_wants_ids_as_it_writes_them(edition, text, problem):
    assert problems(text, IDS, EDITIONS[edition]) == [problem]


def test_an_image_given_with_and_without_extension_is_given_twice():
    said = "line 2: 'a' was already given on line 1"
    assert problems("a,1\na.png,1\n", ["a"]) == [said]
    assert problems("a,1\na.png,1\n", None) == [said]


BAD = {
    "empty line": (
        GOOD.replace("\n", "\n\n", 1),
        "line 2: is empty: expected '<id>,<0 or 1>', or no line",
    ),
    "white line": (GOOD + "  \t\n", "line 4: is empty: expected '<id>,<0 or 1>', or no line"),
    "empty last line": (GOOD + "\n", "line 4: is empty: expected '<id>,<0 or 1>', or no line"),
    "one field": (
        GOOD.replace("0002,0", "0002"),
        "line 2: has 1 comma-separated field: expected '<id>,<0 or 1>'",
    ),
    "three fields": (
        GOOD.replace("0002,0", "0002,0,0.5"),
        "line 2: has 3 comma-separated fields: expected '<id>,<0 or 1>'",
    ),
    "semicolons": (
        GOOD.replace("0002,0", "0002;0"),
        "line 2: has 1 comma-separated field: expected '<id>,<0 or 1>'",
    ),
    "unknown id": (
        GOOD + "ct_7,1\n",
        "line 4: unknown id 'ct_7': expected the name of an image of the test set",
    ),
    "no id": (GOOD + " ,1\n", "line 4: has no id: expected '<id>,<0 or 1>'"),
    "id twice": (
        GOOD + "real_unknown_0002,0\n",
        "line 4: 'real_unknown_0002' was already given on line 2",
    ),
    "fraction": (
        GOOD.replace(",1", ",0.7"),
        "line 1: the score '0.7' is not an integer: expected 0 (not used) or 1 (used)",
    ),
    "one as a fraction": (
        GOOD.replace(",1", ",1.0"),
        "line 1: the score '1.0' is not an integer: expected 0 (not used) or 1 (used)",
    ),
    "no score": (
        GOOD.replace(",1", ","),
        "line 1: the score '' is not an integer: expected 0 (not used) or 1 (used)",
    ),
    "a word": (
        GOOD.replace(",1", ",used"),
        "line 1: the score 'used' is not an integer: expected 0 (not used) or 1 (used)",
    ),
    "python's own integers": (
        GOOD.replace(",1", ",0_1"),
        "line 1: the score '0_1' is not an integer: expected 0 (not used) or 1 (used)",
    ),
    "other digits": (
        GOOD.replace(",1", ",١"),
        "line 1: the score '١' is not an integer: expected 0 (not used) or 1 (used)",
    ),
    "above": (
        GOOD.replace("0003,0", "0003,2"),
        "line 3: the score '2' is above 1: expected 0 (not used) or 1 (used)",
    ),
    "below": (
        GOOD.replace("0003,0", "0003,-1"),
        "line 3: the score '-1' is below 0: expected 0 (not used) or 1 (used)",
    ),
    "missing id": (
        GOOD.replace("real_unknown_0002,0\n", ""),
        "1 of 3 ids has no line: 'real_unknown_0002'",
    ),
    "empty file": ("", "is empty: expected one line '<id>,<0 or 1>' for each image"),
    "blank file": ("\n \n", "is empty: expected one line '<id>,<0 or 1>' for each image"),
    "byte order mark": (
        "\ufeff" + GOOD,
        "line 1: begins with a byte order mark: save the file as UTF-8 without one",
    ),
    "header": (
        "figure_id,score\n" + GOOD,
        "line 1: expected '<id>,<0 or 1>', found 'figure_id,score': the format has no header",
    ),
    "leading zeros": (
        GOOD.replace("0002", "2"),
        "line 2: unknown id 'real_unknown_2': did you mean 'real_unknown_0002'?",
    ),
    "folder": (
        GOOD.replace("real_unknown_0002", "real_unknown_1/real_unknown_0002"),
        "line 2: unknown id 'real_unknown_1/real_unknown_0002': did you mean 'real_unknown_0002'?",
    ),
    "quotes": (
        GOOD.replace("real_unknown_0002", '"real_unknown_0002"'),
        "line 2: unknown id '\"real_unknown_0002\"': did you mean 'real_unknown_0002'?",
    ),
    "a space that looks like one": (
        GOOD.replace("real_unknown_0002", "real_unknown_0002\u200b"),
        "line 2: unknown id 'real_unknown_0002\\u200b': did you mean 'real_unknown_0002'? "
        "It is written with U+200B ZERO WIDTH SPACE, which is not seen",
    ),
    "capitals": (
        GOOD.replace("real_unknown_0002", "Real_Unknown_0002"),
        "line 2: unknown id 'Real_Unknown_0002': did you mean 'real_unknown_0002'?",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_breaks_the_format_is_named_with_its_line_and_nothing_else(file, case):
    text, problem = BAD[case]
    file.write_text(text, encoding="utf-8", newline="")
    assert problems(text, IDS) == [problem]
    with pytest.raises(RunFileError) as caught:
        read_run(file, IDS)
    assert str(caught.value) == f"{file}: {problem}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("figure_id,score\na,1\n", "line 1: expected '<id>,<0 or 1>', found 'figure_id,score'"),
        ("a,1\nb,0\na,0\n", "line 3: 'a' was already given on line 1"),
        ("a,1\nb,3\n", "line 2: the score '3' is above 1"),
        ("", "is empty"),
    ],
)
def test_a_truth_file_must_keep_the_format_whatever_its_ids(file, text, problem):
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RunFileError) as caught:
        read_truth(file)
    assert str(caught.value).startswith(f"{file}: {problem}")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (GOOD.encode("utf-16"), "is UTF-16 text; save it as CSV in UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a binary file; expected CSV text in UTF-8"),
        (GOOD.encode() + b"caf\xe9,1\n", "line 4: is not UTF-8 text; save the file as UTF-8"),
    ],
    ids=["utf-16", "binary", "latin-1"],
)
def test_a_file_that_is_no_utf_8_text_is_refused(file, content, message):
    file.write_bytes(content)
    with pytest.raises(RunFileError) as caught:
        read_run(file, IDS)
    assert str(caught.value) == f"{file}: {message}"


def test_an_absent_file_and_a_folder_are_named(file, tmp_path):
    with pytest.raises(RunFileError, match=r"run\.csv: cannot be read: No such file"):
        read_run(file, IDS)
    with pytest.raises(RunFileError, match="cannot be read: Is a directory"):
        read_truth(tmp_path)


def test_all_problems_are_reported_at_once(file):
    file.write_text("real_unknown_0001,2\n\nreal_unknown_0001,1\nx,9\n", encoding="utf-8")
    with pytest.raises(RunFileError) as caught:
        read_run(file, IDS)
    heading, *lines = str(caught.value).splitlines()
    assert heading == f"{file}: 6 problems"
    starts = ["line 1: the score", "line 2: is empty", "line 3: 'real_unknown_0001' was already"]
    starts += ["line 4: unknown id 'x'", "line 4: the score '9'", "2 of 3 ids have no line"]
    assert len(lines) == len(starts)
    for line, start in zip(lines, starts, strict=True):
        assert line.startswith(f"  {start}")


def test_many_problems_are_counted_rather_than_listed(file):
    ids = [f"i{n}" for n in range(100)]
    file.write_text("".join(f"{i},7\n" for i in ids), encoding="utf-8")
    with pytest.raises(RunFileError) as caught:
        read_run(file, ids)
    lines = str(caught.value).splitlines()
    assert lines[0].endswith("100 problems")
    assert lines[-1] == "  and 80 more"
    assert len(lines) == MOST_SHOWN + 2


def test_what_a_file_holds_is_cut_and_escaped_in_messages():
    (problem, _) = problems("\x1b[31m" + "x" * 10_000 + ",1\n", IDS)
    assert len(problem) < 200
    assert "\x1b" not in problem


def test_scores_of_any_length_are_weighed():
    assert "above 1" in problems(f"real_unknown_0001,{'9' * 5000}\n", IDS[:1])[0]


@pytest.mark.parametrize("image_id", ["a,b", "two\nlines", " outer ", "", "a\rb"])
def test_an_id_that_the_format_cannot_hold_is_refused_and_leaves_no_file(file, image_id):
    with pytest.raises(RunFileError, match="cannot hold these ids"):
        write_run(file, [image_id, "b"], [True, False])
    assert not file.exists()


def test_an_id_that_is_no_unicode_is_refused_and_leaves_no_file(file):
    with pytest.raises(WhorlError, match=r"run\.csv: cannot be written as UTF-8"):
        write_run(file, ["scan_\udcff"], [True])
    assert list(file.parent.iterdir()) == []


def test_a_run_of_nothing_or_of_one_image_twice_is_refused():
    with pytest.raises(RunFileError, match="is empty"):
        format_run([], [])
    with pytest.raises(RunFileError, match="line 2: 'a' was already given on line 1"):
        format_run(["a", "a"], [True, True])


@given(st.dictionaries(PLAIN_IDS, st.booleans(), min_size=1), st.randoms(use_true_random=False))
def test_any_run_comes_back_whatever_the_order_of_its_lines(tmp_path_factory, decisions, random):
    lines = format_run(list(decisions), list(decisions.values())).splitlines(keepends=True)
    random.shuffle(lines)
    assert read_run(written(tmp_path_factory, "".join(lines)), decisions) == decisions


@given(st.lists(ANY_IDS, min_size=1, unique=True))
def test_any_ids_come_back_or_are_refused(tmp_path_factory, ids):
    text, fault = found_or_told(lambda: format_run(ids, [True] * len(ids)), RunFileError)
    if text is None:
        assert fault.startswith("the official run format cannot hold these ids: ")
    else:
        assert read_run(written(tmp_path_factory, text), ids) == dict.fromkeys(ids, True)


@given(TEXTS)
def test_of_any_text_every_fault_names_its_line(text):
    lines = len(re.split("\r\n|\r|\n", text))
    for fault in problems(text, None):
        if not fault.startswith("is empty: "):
            assert 1 <= int(re.match(LINE, fault)[1]) <= lines


@given(TEXTS)
def test_any_text_is_read_as_a_run_just_where_it_has_no_faults(tmp_path_factory, text):
    file = written(tmp_path_factory, text)
    if problems(text, None):
        with pytest.raises(RunFileError):
            read_run(file, None)
    else:
        assert all(read_run(file, None))


def test_a_million_wrong_lines_are_put_into_words_only_where_they_are_read(file):
    file.write_text("".join(f"no_{n}.png,2\n" for n in range(50_000)), encoding="utf-8")
    started = time.process_time()
    with pytest.raises(RunFileError, match="100,001 problems"):
        read_run(file, IDS)
    assert time.process_time() - started < 5  # half a second where nothing else runs


@pytest.mark.parametrize("line", ["{},2", "x{},1", "{},1,2"], ids=["score", "id", "fields"])
@pytest.mark.slow
def test_many_wrong_lines_take_no_more_than_some_times_what_right_ones_take(file, line):
    ids = [f"real_unknown_{n:07d}" for n in range(2 * 10**5)]
    file.write_text("".join(f"{i},1\n" for i in ids), encoding="utf-8")
    started = time.process_time()
    read_run(file, ids)
    right = time.process_time() - started
    file.write_text("".join(f"{line.format(i)}\n" for i in ids), encoding="utf-8")
    started = time.process_time()
    with pytest.raises(RunFileError, match=r"200,00\d problems"):
        read_run(file, ids)
    assert time.process_time() - started < 20 * right
