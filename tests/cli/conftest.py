"""The command line called within the test's process, and small folders to call it on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image

from tests.fast import FAST_CATALOGUE
from whorl.cli.main import main
from whorl.images import ImageSet
from whorl.runs import CATALOGUE
from whorl.tasks.runfile import write_run
from whorl.tasks.view import Task
from whorl.testing.worlds import planted_task


class Ran(NamedTuple):
    """What a command gave."""

    status: int
    out: str
    err: str


Whorl = Callable[..., Ran]


@pytest.fixture
def whorl(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Whorl:
    """Run the command line with the given words."""
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*words: object) -> Ran:
        monkeypatch.setattr("sys.argv", ["whorl", *map(str, words)])
        with pytest.raises(SystemExit) as exit_:
            main()
        return Ran(int(exit_.value.code or 0), *capsys.readouterr())

    return run


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the catalogue's methods with arguments that make them quick."""
    for name, entry in FAST_CATALOGUE.items():
        monkeypatch.setitem(CATALOGUE, name, entry)


def save(images: ImageSet, folder: Path) -> Path:
    """Write the images as PNG files."""
    folder.mkdir(parents=True)
    for image_id, pixels in zip(images.ids, images.pixels, strict=True):
        Image.fromarray(pixels).save(folder / f"{image_id}.png")
    return folder


@pytest.fixture
def task() -> Task:
    """A task with planted copies and a reference."""
    return planted_task(0, used=15, not_used=15, reference=60)


@pytest.fixture
def folder(tmp_path: Path, task: Task) -> Path:
    """The task in the official layout, with its truth and its reference."""
    view = task.view
    assert view.reference is not None
    assert view.development is not None
    save(view.generated, tmp_path / "task" / "test" / "generated_1")
    save(view.candidates, tmp_path / "task" / "test" / "real_unknown_1")
    save(view.reference, tmp_path / "task" / "reference")
    for part in ("generated", "used", "not_used"):
        save(getattr(view.development, part), tmp_path / "task" / "development" / part)
    used = list(task.truth.used.values())
    write_run(tmp_path / "task" / "truth.csv", list(task.truth.used), used)
    return tmp_path / "task"
