"""``task.json`` of a task of subsets: how it was built, and the hash of every file in it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from whorl.building.record import RECORD, FileRecord, RecordError, Split
from whorl.files import write_text
from whorl.generators.card import Card
from whorl.schema import read_model


class SubsetSizes(BaseModel):
    """How many images a task of subsets asks for.

    Attributes
    ----------
    images : tuple of int
        Real images of each subset, each of which has a generator of its own.
    generated, development_generated : int
        Generated images of each subset in the test and in the development set.
    none : int
        Generated images of the test set that come from no subset, of one more generator; and as
        many again, of another one, that an attacker may know to come from none.
    reference : int
        Real images that no generator is trained on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    images: tuple[int, ...] = Field(min_length=2)
    generated: int = Field(ge=1)
    development_generated: int = Field(ge=1)
    none: int = Field(default=0, ge=0)
    reference: int = Field(default=0, ge=0)


class SubsetsRecord(BaseModel):
    """How a task of subsets was built.

    Attributes
    ----------
    format : str
        Of this record.
    whorl : str
        Version that built it.
    asked : str or None
        SHA-256 of what was asked for, by which the same request is known again.
    seed : int
        Of every random draw.
    split : {"slice", "patient"}
        Whether a patient may stand in several subsets.
    null : bool
        Whether nothing can be found: one generator, trained on no subset, made all images, and
        they were dealt to the subsets at random.
    height, width : int
        Of its images, in pixels.
    sizes : SubsetSizes
        How many images.
    generators : mapping of str to Card
        Name of the generator, a subset's or not → its card.
    files : mapping of str to FileRecord
        Path within the task's folder, with ``/`` → what is known of the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["subsets 1"] = "subsets 1"
    whorl: str
    asked: str | None = None
    seed: int
    split: Split
    null: bool
    height: int
    width: int
    sizes: SubsetSizes
    generators: dict[str, Card]
    files: dict[str, FileRecord]


def write_subsets_record(folder: Path | str, record: SubsetsRecord) -> None:
    """Write ``task.json``, atomically."""
    write_text(Path(folder) / RECORD, record.model_dump_json(indent=1) + "\n")


def read_subsets_record(folder: Path | str) -> SubsetsRecord:
    """Return the record in the folder of a task of subsets.

    Raises
    ------
    RecordError
        If there is none, or one that breaks its schema, naming each field at fault.
    """
    return read_model(Path(folder) / RECORD, SubsetsRecord, RecordError)
