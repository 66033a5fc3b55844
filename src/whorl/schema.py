"""Plain values in JSON, read strictly; and what breaks a schema, told in one line."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from whorl.errors import WhorlError

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound="BaseModel")

DEEPEST = 32


def plain_json(text: str | bytes) -> Any:
    """Return what a JSON text holds, if JSON could have been written so: plain values alone.

    Parameters
    ----------
    text : str or bytes
        In UTF-8.

    Raises
    ------
    ValueError
        If it is no JSON, holds a number that is not finite, a name twice in one object, or is
        nested deeper than `DEEPEST`.

    Examples
    --------
    >>> plain_json('{"size": [4, 4]}')
    {'size': [4, 4]}
    >>> plain_json('{"scale": Infinity}')
    Traceback (most recent call last):
    ValueError: holds Infinity, which is no finite number
    """
    try:
        found = json.loads(
            text, parse_constant=_refused, parse_float=_finite, object_pairs_hook=_once
        )
    except RecursionError:
        raise ValueError(f"is nested deeper than {DEEPEST}") from None
    _require_shallow(found)
    return found


def read_model(path: Path, model: type[Model], error: type[WhorlError]) -> Model:
    """Return what a JSON file holds, as a model.

    Raises
    ------
    WhorlError
        Of the given type, if the file cannot be read or breaks the schema, naming each field at
        fault.

    Examples
    --------
    >>> from whorl.generators.card import Card
    >>> read_model(Path("absent.json"), Card, WhorlError)
    Traceback (most recent call last):
    whorl.errors.WhorlError: absent.json: cannot be read: No such file or directory
    """
    from pydantic import ValidationError

    try:
        return model.model_validate_json(path.read_bytes())
    except OSError as fault:
        raise error(f"{path}: cannot be read: {fault.strerror or fault}") from fault
    except ValidationError as fault:
        raise error(f"{path}: {schema_faults(fault)}") from fault


def schema_faults(error: ValidationError) -> str:
    """Return what breaks a schema in one line: each field at fault, and why."""
    faults = [
        f"{'.'.join(map(str, fault['loc'])) or 'the whole'}: {fault['msg']}"
        for fault in error.errors()
    ]
    return "; ".join(faults[:5]) + (f"; and {len(faults) - 5} more" if len(faults) > 5 else "")


def _refused(constant: str) -> float:
    """Refuse what JSON has no number for."""
    raise ValueError(f"holds {constant}, which is no finite number")


def _finite(text: str) -> float:
    """Return a number that double precision holds."""
    if not math.isfinite(number := float(text)):
        raise ValueError(f"holds {text[:40]}, which is no finite number")
    return number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object whose names are all different."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("holds a name twice in one object")
    return found


def _require_shallow(value: Any) -> None:
    """Raise an error if a value is nested too deep."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise ValueError(f"is nested deeper than {DEEPEST}")
        inner = [v for v in level if isinstance(v, list | dict)]
        level = [part for v in inner for part in (v.values() if isinstance(v, dict) else v)]
