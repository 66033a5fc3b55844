"""Libraries that whorl works without until a method asks for them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from whorl.errors import NeedError


def installing(extra: str) -> str:
    """Return the command that installs an extra.

    Examples
    --------
    >>> installing("deep")
    "pip install 'whorl-audit[deep]'"
    """
    return f"pip install 'whorl-audit[{extra}]'"


def imported(module: str, extra: str, what: str) -> Any:
    """Return a module of an optional library.

    Parameters
    ----------
    module : str
        Its full name.
    extra : str
        The extra that installs it.
    what : str
        What asks for it, for the message.

    Raises
    ------
    NeedError
        If it is not installed, naming the command that installs it.

    Examples
    --------
    >>> imported("no_such_module", "classic", "SIFT")
    Traceback (most recent call last):
    whorl.errors.NeedError: SIFT needs no_such_module: pip install 'whorl-audit[classic]'
    """
    try:
        return import_module(module)
    except ImportError as error:
        needed = error.name or module
        raise NeedError(f"{what} needs {needed}: {installing(extra)}") from error
