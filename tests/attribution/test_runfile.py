"""Run files of subsets."""

from __future__ import annotations

from pathlib import Path

import pytest

from whorl.attribution.runfile import aligned, read_subsets, write_subsets
from whorl.errors import RunFileError


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "run.csv"
    write_subsets(file, ["g_1", "a/g_2"], ["site A", "none"])
    assert read_subsets(file, ["site A"]) == {"g_1": "site A", "a/g_2": "none"}


def test_an_id_that_the_format_cannot_hold_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(RunFileError, match="cannot hold the ids 'a,b'"):
        write_subsets(tmp_path / "run.csv", ["a,b"], ["t1"])
    assert not list(tmp_path.iterdir())


def test_lines_may_end_as_on_windows_behind_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "run.csv"
    file.write_bytes(b"\xef\xbb\xbfg_1 , t1\r\ng_2,t2\r\n")
    assert read_subsets(file) == {"g_1": "t1", "g_2": "t2"}


def test_every_line_at_fault_is_named(tmp_path: Path) -> None:
    file = tmp_path / "run.csv"
    file.write_text("g_1,t1\ng_1,t2\n\ng_2\ng_3,\ng_4,t9\n")
    with pytest.raises(RunFileError) as error:
        read_subsets(file, ["t1", "t2"])
    assert str(error.value).splitlines()[1:] == [
        "  line 2: 'g_1' was already given on line 1",
        "  line 3: expected '<id>,<subset>', found ''",
        "  line 4: expected '<id>,<subset>', found 'g_2'",
        "  line 5: expected '<id>,<subset>', found 'g_3,'",
        "  line 6: 't9' is none of the subsets 't1', 't2'",
    ]


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text("")
    with pytest.raises(RunFileError, match=r"run\.csv: is empty"):
        read_subsets(tmp_path / "run.csv")


def test_a_run_answers_each_image_of_the_truth_and_no_other() -> None:
    truth = {"g_1": "a", "g_2": "b"}
    assert aligned({"g_2.png": "a", "g_1": "b"}, truth, "run.csv") == ["b", "a"]
    with pytest.raises(RunFileError, match=r"run.csv: 1 of 2 images have no line: 'g_2'"):
        aligned({"g_1": "a"}, truth, "run.csv")
    with pytest.raises(RunFileError, match=r"run.csv: 1 lines are of no image of the truth: 'g_3'"):
        aligned({"g_1": "a", "g_2": "a", "g_3": "a"}, truth, "run.csv")
