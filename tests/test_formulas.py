"""Names that a spreadsheet takes for formulas are written as text, and read back as they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whorl.errors import WhorlError
from whorl.evaluation import read_scores, write_scores
from whorl.formulas import STARTS, neutral, restored
from whorl.images import ImageSet
from whorl.tasks.pseudonyms import write_key
from whorl.tasks.tables import read_table

NAMES = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "＝1", "'=1", "ct_1", "'a'"]


@pytest.mark.parametrize("start", STARTS)
def test_no_text_begins_as_a_formula(start: str) -> None:
    assert neutral(f"{start}A1") == f"'{start}A1"


@pytest.mark.parametrize("cell", ["ct_1", "real_unknown_0001", "-0.5", "+1e-3", 3, -2.5, None, ""])
def test_plain_names_and_numbers_are_written_as_they_are(cell: object) -> None:
    assert neutral(cell) == cell


@given(st.text(alphabet="'=+-@a1.\t", max_size=6))
def test_any_text_comes_back(text: str) -> None:
    written = str(neutral(text))
    assert restored(written) == text
    assert not written.startswith(("=", "@", "\t"))


def test_scores_come_back_under_their_names(tmp_path: Path) -> None:
    file = tmp_path / "scores.csv"
    columns = {"image_id": NAMES, "score": [-1.5] * len(NAMES)}
    write_scores(file, columns)
    text = file.read_text("utf-8")
    assert "'=1+1,-1.5" in text
    assert "\nct_1,-1.5\n" in text
    assert list(read_scores(file)) == NAMES
    write_scores(file, columns, exact=True)
    assert "\n=1+1,-1.5\n" in file.read_text("utf-8")


def test_the_key_of_pseudonyms_comes_back(tmp_path: Path) -> None:
    images = ImageSet(("=1", "b"), np.zeros((2, 8, 8), np.uint8), "candidates")
    write_key(tmp_path / "key.csv", images.with_patients(["@x", "y"]))
    assert "candidates,'=1,'@x,P001" in (tmp_path / "key.csv").read_text("utf-8")
    found = read_table(tmp_path / "key.csv", ["patient"], WhorlError)
    assert {i: fields["patient"] for i, fields in found.items()} == {"=1": "@x", "b": "y"}
