"""Options that several commands share, handed to each as one frozen dataclass.

A bundle is a dataclass whose fields are annotated as the parameters of a command are. A command
takes it as one keyword-only parameter. Typer makes options of the parameters in a command's
signature, so :func:`bundled` shows it a signature in which the bundle's fields stand where the
bundle does, in their order and with their defaults; when the command is called it gathers them into
the bundle. A bundle checks itself when it is made, so wrong use ends a command before it starts.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from functools import wraps
from typing import Any, get_type_hints


def bundled(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that takes the fields of its bundles one by one.

    Parameters
    ----------
    command : callable
        Its bundles are the parameters whose type is a dataclass.

    Raises
    ------
    ValueError
        If two of its options have the same name.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Reading:
    ...     resize: int | None = None
    >>> @bundled
    ... def show(folder: str, *, reading: Reading) -> None:
    ...     print(folder, reading)
    >>> show(folder="reals", resize=64)
    reals Reading(resize=64)
    >>> list(inspect.signature(show).parameters)
    ['folder', 'resize']
    """
    hints = get_type_hints(command, include_extras=True)
    parameters = inspect.signature(command).parameters.values()
    bundles = {p.name: hints[p.name] for p in parameters if is_dataclass(hints[p.name])}

    @wraps(command)
    def unbundled(**given: Any) -> None:
        for name, bundle in bundles.items():
            given[name] = bundle(**{field.name: given.pop(field.name) for field in fields(bundle)})
        command(**given)

    shown: list[inspect.Parameter] = []
    for parameter in parameters:
        hint = hints[parameter.name]
        own = _option(parameter.name, hint, parameter.default)
        shown += _options(hint) if parameter.name in bundles else [own]
    unbundled.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    unbundled.__annotations__ = {option.name: option.annotation for option in shown}
    return unbundled


def _options(bundle: Any) -> Iterator[inspect.Parameter]:
    """Yield a bundle's fields as parameters."""
    hints = get_type_hints(bundle, include_extras=True)
    for field in fields(bundle):
        default = inspect.Parameter.empty if field.default is MISSING else field.default
        yield _option(field.name, hints[field.name], default)


def _option(name: str, hint: Any, default: Any) -> inspect.Parameter:
    """Return a parameter that is passed by its name: only so may any stand before any other."""
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint)
