"""How a command of this package runs: it measures, prints a table, and puts it into a page."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

from trust.table import write
from whorl.cache import Cache, default_folder
from whorl.compute import Compute, computing
from whorl.errors import WhorlError
from whorl.progress import shown

VARIABLE = "WHORL_REAL_DATA"
"""What names the folder of the real images."""


def real_data() -> Path:
    """Return the folder of the real images.

    Raises
    ------
    WhorlError
        If nothing names it.
    """
    if not (named := os.environ.get(VARIABLE)):
        raise WhorlError(f"set {VARIABLE} to the folder of the real images")
    return Path(named) / "data"


def run(
    parser: ArgumentParser,
    page: Path,
    marks: tuple[str, str],
    table: Callable[[Namespace], str],
    arguments: Sequence[str] | None,
) -> int:
    """Measure, print, and with ``--write`` put the table between the marks of the page.

    Returns 1, with plain words, if something is missing.
    """
    parser.add_argument("--write", action="store_true", help=f"put the table into {page.name}")
    options = parser.parse_args(arguments)
    try:
        with shown(), computing(Compute(cache=Cache(default_folder()))):
            text = table(options)
        print(text)
        if options.write:
            write(page, text, *marks)
    except WhorlError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0
