"""Keeping states of generators in safetensors files: arrays, and plain values as JSON beside them.

Nothing in such a file can run code when it is read.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from whorl.errors import WhorlError
from whorl.extras import imported
from whorl.files import written_atomically
from whorl.generators.base import State
from whorl.schema import plain_json

VALUES = "whorl"


class GeneratorError(WhorlError):
    """A generator's folder cannot be used."""


def write_state(path: Path | str, state: State) -> None:
    """Write a state to one safetensors file, atomically; its values go into the file's header.

    Raises
    ------
    NeedError
        If safetensors is not installed.
    WhorlError
        If the file cannot be written.
    """
    import numpy as np

    numpy_flavour = _safetensors()
    arrays = {name: np.asarray(array, order="C") for name, array in state.arrays.items()}
    content = numpy_flavour.save(
        arrays, {VALUES: json.dumps(dict(state.values), sort_keys=True, allow_nan=False)}
    )
    with written_atomically(path) as temporary:
        temporary.write_bytes(content)


def read_state(path: Path | str) -> State:
    """Return the state that a file holds.

    Raises
    ------
    NeedError
        If safetensors is not installed.
    GeneratorError
        If the file is absent, damaged, or not one of whorl's.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> file = Path(tempfile.mkdtemp()) / "state.safetensors"
    >>> write_state(file, State({"weight": np.ones(2)}, {"steps": 3}))
    >>> read_state(file)
    State(arrays={'weight': array([1., 1.])}, values={'steps': 3})
    """
    safetensors = imported("safetensors", "generate", "a generator's file")
    _safetensors()
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (TypeError, ValueError) as error:  # of types that NumPy has not
        raise GeneratorError(f"{path}: is damaged: {error}") from error
    except OSError as error:
        raise GeneratorError(f"{path}: cannot be read: {error.strerror or error}") from error
    except safetensors.SafetensorError as error:
        raise GeneratorError(f"{path}: is damaged, or no safetensors file: {error}") from error
    try:
        values = plain_json(header[VALUES])
    except KeyError as error:
        raise GeneratorError(f"{path}: was not written by whorl: it lacks its values") from error
    except ValueError as error:
        raise GeneratorError(
            f"{path}: is damaged, or was not written by whorl: its values: {error}"
        ) from error
    if not isinstance(values, dict):
        raise GeneratorError(f"{path}: was not written by whorl: it lacks its values")
    return State(arrays, values)


def _safetensors() -> Any:
    """Return the flavour of safetensors that needs no torch."""
    return imported("safetensors.numpy", "generate", "a generator's file")
