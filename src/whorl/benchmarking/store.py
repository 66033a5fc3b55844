"""A benchmark's folder: cards of tasks, results, and why some are lacking.

``tasks/<digest>.json``, ``results/<digest>/<name>.<key>.json`` and ``failures/…`` likewise. Files
appear whole or not at all, and none is written twice, so that several processes can share a folder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from whorl.benchmarking.cards import TaskCard
from whorl.benchmarking.result import Failure, Result
from whorl.errors import WhorlError
from whorl.files import write_text
from whorl.schema import schema_faults

SHOWN = 16  # digits of a hash in a file's name

Model = TypeVar("Model", bound=BaseModel)


class StoreError(WhorlError):
    """A benchmark's folder cannot be read."""


@dataclass(frozen=True)
class Store:
    """The folder of a benchmark.

    Examples
    --------
    >>> import tempfile
    >>> Store(Path(tempfile.mkdtemp())).results()
    ()
    """

    folder: Path

    def keep_card(self, card: TaskCard) -> None:
        """Write a task's card; one that says the same is left alone."""
        path = self.folder / "tasks" / f"{card.digest[:SHOWN]}.json"
        text = card.model_dump_json(indent=1) + "\n"
        if not path.is_file() or path.read_text("utf-8") != text:
            write_text(path, text)

    def keep(self, result: Result) -> None:
        """Write a result, and forget why there was none."""
        path = self._path("results", result)
        if not path.exists():
            write_text(path, result.model_dump_json() + "\n")
        self._path("failures", result).unlink(missing_ok=True)

    def lament(self, failure: Failure) -> None:
        """Write why a job left no result."""
        write_text(self._path("failures", failure), failure.model_dump_json(indent=1) + "\n")

    def holds(self, task: str, name: str, key: str) -> bool:
        """Tell whether a job's result is there."""
        return self._place("results", task, name, key).is_file()

    def cards(self) -> tuple[TaskCard, ...]:
        """Read the cards of all tasks, in the order of their names."""
        found = [_read(path, TaskCard) for path in self._files("tasks", "*.json")]
        return tuple(sorted(found, key=lambda card: (card.name, card.digest)))

    def results(self) -> tuple[Result, ...]:
        """Read all results.

        Raises
        ------
        StoreError
            If a file breaks the schema, naming it and the field.
        """
        return tuple(_read(path, Result) for path in self._files("results", "*/*.json"))

    def failures(self) -> tuple[Failure, ...]:
        """Read why results are lacking."""
        return tuple(_read(path, Failure) for path in self._files("failures", "*/*.json"))

    def _files(self, kind: str, pattern: str) -> list[Path]:
        """Return the files of a kind; hidden ones are being written."""
        found = (self.folder / kind).glob(pattern)
        return sorted(path for path in found if not path.name.startswith("."))

    def _path(self, kind: str, left: Result | Failure) -> Path:
        """Return where a result or a failure lies."""
        return self._place(kind, left.task, left.setup.name, left.key)

    def _place(self, kind: str, task: str, name: str, key: str) -> Path:
        """Return where what a job leaves lies."""
        plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name)
        return self.folder / kind / task[:SHOWN] / f"{plain}.{key[:SHOWN]}.json"


def _read(path: Path, model: type[Model]) -> Model:
    """Read a JSON file of a schema."""
    try:
        return model.model_validate_json(path.read_bytes())
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValidationError as error:
        raise StoreError(
            f"{path}: {schema_faults(error)}: remove the file, and run the benchmark again"
        ) from error
