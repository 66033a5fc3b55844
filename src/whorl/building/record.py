"""``task.json``: how a task was built, and the hash of every file in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from whorl.errors import WhorlError
from whorl.files import write_text
from whorl.generators.card import Card
from whorl.schema import schema_faults

RECORD = "task.json"

Split = Literal["slice", "patient"]


class RecordError(WhorlError):
    """A task's record breaks its schema."""


class FileRecord(BaseModel):
    """One file of a task: its SHA-256, and of a real image its id and patient in the pool."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    source: str | None = None
    patient: str | None = None


class Sizes(BaseModel):
    """How many images a task asks for.

    Attributes
    ----------
    train : int or None
        Images that the generator is trained on; None where it was trained before.
    development : int
        Used images in the development set, and as many not used.
    test : int
        Candidates, half of them used.
    generated, development_generated : int
        Generated images of the test and of the development set.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    train: int | None = Field(ge=2)
    development: int = Field(ge=1)
    test: int = Field(ge=2, multiple_of=2)
    generated: int = Field(ge=1)
    development_generated: int = Field(ge=1)


class TaskRecord(BaseModel):
    """How a task was built.

    Attributes
    ----------
    format : int
        Of this record: 2. One of format 1, which said group for patient, is read as one of 2.
    whorl : str
        Version that built it.
    asked : str or None
        SHA-256 of what was asked for, by which the same request is known again.
    seed : int
        Of every random draw.
    split : {"slice", "patient"}
        Whether a patient may stand on both sides.
    stratify : str or None
        Column balanced between used and not used.
    height, width : int
        Of its images, in pixels.
    sizes : Sizes
        How many images.
    generator : Card
        Of the generator that was sampled.
    files : mapping of str to FileRecord
        Path within the task's folder, with ``/`` → what is known of the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[2] = 2
    whorl: str
    asked: str | None = None
    seed: int
    split: Split
    stratify: str | None
    height: int
    width: int
    sizes: Sizes
    generator: Card
    files: dict[str, FileRecord]

    @model_validator(mode="before")
    @classmethod
    def _from_format_1(cls, fields: Any) -> Any:
        """Give a record of format 1 the names of format 2."""
        if not isinstance(fields, dict) or fields.get("format") != 1:
            return fields
        renamed = {**fields, "format": 2}
        if fields.get("split") == "group":
            renamed["split"] = "patient"
        if isinstance(files := fields.get("files"), dict):
            renamed["files"] = {path: _file_from_format_1(file) for path, file in files.items()}
        return renamed


def _file_from_format_1(file: Any) -> Any:
    """Call a file's group its patient."""
    if not isinstance(file, dict):
        return file
    return {("patient" if name == "group" else name): value for name, value in file.items()}


def write_record(folder: Path | str, record: TaskRecord) -> None:
    """Write ``task.json``, atomically."""
    write_text(Path(folder) / RECORD, record.model_dump_json(indent=1) + "\n")


def read_record(folder: Path | str) -> TaskRecord | None:
    """Return the record in a task's folder; None if there is none.

    Raises
    ------
    RecordError
        If it breaks its schema, naming each field at fault.

    Examples
    --------
    >>> import tempfile
    >>> read_record(tempfile.mkdtemp()) is None
    True
    """
    path = Path(folder) / RECORD
    if not path.exists():
        return None
    try:
        return TaskRecord.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise RecordError(f"{path}: {schema_faults(error)}") from error
