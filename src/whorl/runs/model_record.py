"""The schema of a model's record, ``model.json``: nothing passes that could not be written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from whorl.images.decoding import MAX_PIXELS
from whorl.runs.model_file import HEADER, ModelError
from whorl.schema import schema_faults

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(min_length=1, max_length=4096)]
Side = Annotated[int, Field(ge=1, le=MAX_PIXELS)]

STRICT = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class WeightsRecord(BaseModel):
    """What backbones started from."""

    model_config = STRICT

    source: Name
    tag: Name


class SettingsRecord(BaseModel):
    """What the user had set of the run."""

    model_config = STRICT

    weights: WeightsRecord | None = None
    generated_at_most: Annotated[int, Field(ge=1)] | None = None
    stages: tuple[Name, ...] = ()
    fast: bool = False


class DevelopmentRecord(BaseModel):
    """Hashes of the images that the model was fitted on."""

    model_config = STRICT

    generated: Digest
    used: Digest
    not_used: Digest


class ModelRecord(BaseModel):
    """All of ``model.json``."""

    model_config = STRICT

    format: int
    name: Name
    method: Annotated[str, Field(max_length=2**16)]
    settings: SettingsRecord
    versions: dict[str, str]
    seed: Annotated[int, Field(ge=0, lt=2**64)]
    size: tuple[Side, Side]
    development: DevelopmentRecord
    expected: dict[str, Any] | None
    state: Digest


def checked_record(path: Path | str, header: Mapping[str, Any]) -> ModelRecord:
    """Return a model's record, if it is one.

    Raises
    ------
    ModelError
        Naming the field at fault.
    """
    try:
        record = ModelRecord.model_validate_json(json.dumps(header))
    except ValidationError as error:
        raise ModelError(f"{path}: is damaged: {HEADER}: {schema_faults(error)}") from error
    height, width = record.size
    if height * width > MAX_PIXELS:
        raise ModelError(f"{path}: is damaged: {HEADER}: size: {height}×{width} is no image's")
    return record
