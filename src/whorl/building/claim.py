"""Whose a task's folder is: new, begun or finished by the same request, or another's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from whorl.errors import WhorlError
from whorl.files import write_text
from whorl.images import digest_of
from whorl.schema import plain_json

BUILDING = "building.json"


class BuildError(WhorlError):
    """A task cannot be built as asked."""


class Claim(NamedTuple):
    """A folder that is the task's own.

    Attributes
    ----------
    asked : str
        SHA-256 of what was asked for, which the finished task's record keeps.
    finished : bool
        Whether the folder holds the finished task of the same request.
    """

    asked: str
    finished: bool


def claim_folder(out: Path, identity: Mapping[str, Any], record: str) -> Claim:
    """Mark a folder as the task's with this identity, so that building it can go on.

    Parameters
    ----------
    out : path
        The folder.
    identity : mapping of str to anything that JSON can carry
        What decides how the task turns out.
    record : str
        The file that a finished task has; its field ``asked`` says what was asked for.

    Raises
    ------
    BuildError
        If the folder holds another task, begun or finished, or anything else.
    """
    mark, text = out / BUILDING, json.dumps(identity, indent=1, sort_keys=True) + "\n"
    asked = digest_of([text])
    if mark.exists():
        if mark.read_text("utf-8") != text:
            raise BuildError(
                f"{out}: was begun with other images or options: give the same, or a new --out"
            )
    elif (out / record).exists():
        if _asked(out / record) != asked:
            raise BuildError(
                f"{out}: holds a finished task of other images or options, or of an older "
                "version: give a new --out"
            )
        return Claim(asked, finished=True)
    elif out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BuildError(f"{out}: is not empty: give a new --out")
    else:
        write_text(mark, text)
    return Claim(asked, finished=False)


def release_folder(out: Path) -> None:
    """Take the mark off a folder whose task is finished."""
    (out / BUILDING).unlink(missing_ok=True)


def _asked(record: Path) -> Any:
    """Return what a record says was asked for; None where it says nothing."""
    try:
        fields = plain_json(record.read_bytes())
    except ValueError:
        return None
    return fields.get("asked") if isinstance(fields, dict) else None
