"""The folders of a task of subsets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attribution.worlds import greys
from tests.cli.conftest import save
from whorl.attribution.layout import read_subset_view
from whorl.attribution.view import SubsetError
from whorl.errors import LayoutError


@pytest.fixture
def task(tmp_path: Path) -> Path:
    for part in ("test", "development"):
        save(greys("r", [10, 20]), tmp_path / part / "real" / "t1")
        save(greys("r", [30]), tmp_path / part / "real" / "t2")
    save(greys("g", [11, 31, 32]), tmp_path / "test" / "generated")
    save(greys("g", [12]), tmp_path / "development" / "generated" / "gen_t1")
    save(greys("g", [33]), tmp_path / "development" / "generated" / "gen_t2")
    return tmp_path


@pytest.mark.parametrize("inner", [True, False])
def test_a_task_is_read_from_its_folder_or_from_those_within(task: Path, inner: bool) -> None:
    places = (task / "test", task / "development") if inner else (task, task)
    view = read_subset_view(*places)
    assert view.generated.ids == ("g0", "g1", "g2")
    assert view.reals.subsets == ("t1", "t1", "t2")
    assert view.reals.images.pixels[:, 0, 0].tolist() == [10, 20, 30]
    assert view.development is not None
    assert view.development.subsets == ("t1", "t2")


def test_reals_are_taken_from_the_development_set_where_the_test_has_none(task: Path) -> None:
    (task / "test" / "real").rename(task / "elsewhere")
    assert read_subset_view(task / "test", task).reals.subsets == ("t1", "t1", "t2")
    with pytest.raises(LayoutError, match=r"looked for a folder real .* found none; it holds the"):
        read_subset_view(task / "test")


def test_what_is_missing_is_named(task: Path) -> None:
    with pytest.raises(LayoutError, match="looked for generated, here or in test; it holds the f"):
        read_subset_view(task / "test" / "real")
    with pytest.raises(LayoutError, match="is not a folder"):
        read_subset_view(task / "absent")


def test_generated_images_whose_subset_has_no_reals(task: Path) -> None:
    save(greys("g", [50]), task / "development" / "generated" / "gen_t7")
    with pytest.raises(SubsetError, match="no real image is of 'gen_t7'"):
        read_subset_view(task, task)
