"""The picture of a task."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from whorl.building.sheet import _labelled, draw_task, save_task_sheet
from whorl.errors import LayoutError
from whorl.tasks.layout import task_folders
from whorl.tasks.sample import sample_folder


def test_a_sheet_holds_a_row_for_each_kind(tmp_path: Path) -> None:
    save_task_sheet(sample_folder(), tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        pixels = np.asarray(sheet)
    assert pixels.shape[1] == 8 * 128 + 7 * 4 + 2 * 24
    assert (pixels[:24] == 255).all()
    assert (pixels[-24:] == 255).all()
    headings, rows = 2 * (24 + 16), 6 * (18 + 22 + 128)  # used, not used and generated, twice
    assert pixels.shape[0] == headings + rows + 2 * 24 - 12


def test_the_test_set_alone_does_not_know_the_truth() -> None:
    whole, alone = draw_task(sample_folder()), draw_task(sample_folder() / "test")
    assert alone.height < whole.height / 2


def test_candidates_are_sorted_by_the_truth(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        Image.new("L", (8, 8)).save(tmp_path / f"{name}.png")
    labelled = _labelled("candidates", tmp_path, {"a": False, "b": True})
    assert {label: [file.id for file in files] for label, files in labelled.items()} == {
        "real, used": ["b"], "real, not used": ["a"], "real": ["c"],
    }  # fmt: skip
    assert next(iter(labelled)) == "real, used"


def test_small_images_are_shown_larger(tmp_path: Path) -> None:
    for part in ("generated", "real_unknown"):
        (tmp_path / part).mkdir()
        for k in range(3):
            Image.new("L", (32, 32), 50 * k).save(tmp_path / part / f"{k}.png")
    assert draw_task(tmp_path, columns=3).width == 3 * 128 + 2 * 4 + 2 * 24


def test_a_folder_that_holds_neither_set(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="holds neither a development set"):
        task_folders(tmp_path)
    with pytest.raises(LayoutError, match="holds neither a development set"):
        task_folders(tmp_path / "absent")
    (tmp_path / "test" / "real_unknown_1").mkdir(parents=True)
    with pytest.raises(LayoutError, match="looked for generated images"):
        task_folders(tmp_path)
