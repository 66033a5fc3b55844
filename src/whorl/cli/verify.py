"""``whorl verify``: whether a report is still what was signed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whorl.cli.terminal import say
from whorl.errors import WhorlError


def verify(
    folder: Annotated[
        Path, typer.Argument(metavar="REPORT_FOLDER", help="A folder that whorl audit wrote.")
    ],
    seal: Annotated[
        str | None,
        typer.Option(metavar="HEX", help="The seal that was noted when the report was signed."),
    ] = None,
) -> None:
    """Hash a report's files again, and say whether anything changed since it was written."""
    from whorl.report.seal import State, verified

    states, found = verified(folder)
    for name, state in states.items():
        say(f"{state:9}  {name}")
    say(f"seal       {found}")
    if changed := [name for name, state in states.items() if state is not State.UNCHANGED]:
        raise WhorlError(f"{folder}: not as it was written: {', '.join(changed)}")
    if seal is not None and seal.lower() != found:
        raise WhorlError(f"{folder}: the seal is not the one given: the hashes were written anew")
    say("Nothing changed since the report was written.")
