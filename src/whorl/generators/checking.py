"""What a generator's file may hold: nothing passes that training could not have written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from whorl.generators.base import Generator, State
from whorl.generators.store import GeneratorError
from whorl.images.decoding import MAX_PIXELS
from whorl.schema import schema_faults

MOST_LEVELS = 16  # of a network
MOST = 10**8  # steps, of all whole numbers that settings hold the largest
MOST_SAMPLING_STEPS = 10_000

Side = Annotated[int, Field(ge=1, le=MAX_PIXELS)]


class Values(BaseModel):
    """The values beside a generator's arrays; what else is there belongs to its kind."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True, allow_inf_nan=False)

    kind: str
    settings: dict[str, Any]
    seed: Annotated[int, Field(ge=0, lt=2**64)]
    data: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: tuple[Side, Side]


def restored_settings(path: Path, state: State, kinds: Mapping[str, type[Generator]]) -> Generator:
    """Return the hyper-parameters in a generator's file, if all that it holds is sound.

    Parameters
    ----------
    path : path
        How messages call it.
    state : State
        What it holds.
    kinds : mapping of str to type
        The kinds of generator by name.

    Raises
    ------
    GeneratorError
        Naming what is wrong: values that break their schema, settings that are not the kind's or
        out of range, arrays that hold no finite numbers.
    """
    kind = state.values.get("kind")
    if isinstance(kind, str) and kind not in kinds:  # its other values may be others too
        raise GeneratorError(f"{path}: was written by another version of whorl: {kind!r}")
    try:
        values = Values.model_validate_json(json.dumps(dict(state.values)))
    except ValidationError as error:
        raise GeneratorError(f"{path}: is damaged: {schema_faults(error)}") from error
    height, width = values.size
    if height * width > MAX_PIXELS:
        raise GeneratorError(f"{path}: is damaged: size: {height}×{width} is no image's")
    for name, array in state.arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise GeneratorError(f"{path}: is damaged: {name} holds no finite numbers")
    return _settings(path, kinds[values.kind], values.settings)


def _settings(path: Path, kind: type[Generator], found: Mapping[str, Any]) -> Generator:
    """Return the settings of a kind, each of its type and range."""
    lacking = {field.name for field in fields(kind)} ^ set(found)
    if lacking:
        raise GeneratorError(
            f"{path}: was written by another version of whorl: settings differ in "
            f"{', '.join(sorted(lacking)[:5])}"
        )
    try:
        settings = TypeAdapter(kind).validate_json(json.dumps(dict(found)), strict=True)
    except ValidationError as error:
        raise GeneratorError(f"{path}: is damaged: settings: {schema_faults(error)}") from error
    for name, value in settings.to_dict().items():
        if not _in_range(name, value):
            raise GeneratorError(f"{path}: is damaged: settings: {name} is out of range")
    return settings


def _in_range(name: str, value: Any) -> bool:
    """Tell whether a setting is one that a network can be made and sampled with."""
    if isinstance(value, list):
        return 0 < len(value) <= MOST_LEVELS and all(_in_range(name, part) for part in value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    if isinstance(value, float):
        return 0 <= value <= MOST
    return 1 <= value <= (MOST_SAMPLING_STEPS if name == "sampling_steps" else MOST)
