import json
from pathlib import Path

import pytest

from whorl.building.claim import BUILDING, BuildError, Claim, claim_folder, release_folder

ASKED = {"seed": 1, "sizes": {"test": 4}}


def claimed(out: Path, seed: int = 1) -> Claim:
    return claim_folder(out, {**ASKED, "seed": seed}, "record.json")


def test_a_new_or_an_empty_folder_is_claimed(tmp_path: Path) -> None:
    assert not claimed(tmp_path / "new").finished
    assert json.loads((tmp_path / "new" / BUILDING).read_text()) == ASKED
    (tmp_path / "empty").mkdir()
    assert claimed(tmp_path / "empty") == claimed(tmp_path / "new")


def test_a_folder_begun_is_claimed_by_the_same_request_alone(tmp_path: Path) -> None:
    out = tmp_path / "task"
    begun = claimed(out)
    assert claimed(out) == begun
    with pytest.raises(BuildError, match="was begun with other images or options"):
        claimed(out, seed=2)


def test_a_finished_task_is_known_again_by_what_was_asked(tmp_path: Path) -> None:
    begun = claimed(tmp_path / "task")
    (tmp_path / "task" / "record.json").write_text(json.dumps({"asked": begun.asked}))
    assert claimed(tmp_path / "task") == begun  # killed before the mark was taken off
    release_folder(tmp_path / "task")
    assert not (tmp_path / "task" / BUILDING).exists()
    assert claimed(tmp_path / "task") == Claim(begun.asked, finished=True)
    with pytest.raises(BuildError, match="holds a finished task of other images or options"):
        claimed(tmp_path / "task", seed=2)


@pytest.mark.parametrize("content", ["{}", "[1]", "not JSON", "[" * 100_000, '{"asked": null}'])
def test_a_record_that_does_not_say_what_was_asked_is_left_alone(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "record.json").write_text(content)
    with pytest.raises(BuildError, match="holds a finished task of other images or options"):
        claimed(tmp_path)
    assert (tmp_path / "record.json").read_text() == content


def test_anything_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(BuildError, match="is not empty"):
        claimed(tmp_path)
    with pytest.raises(BuildError, match="is not empty"):
        claimed(tmp_path / "note.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]
