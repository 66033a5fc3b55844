"""``whorl cache``: what is kept on disk, and how to be rid of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from whorl.cli.terminal import say

if TYPE_CHECKING:
    from whorl.cache import Usage

cache = typer.Typer(no_args_is_help=True, help="Show or empty the cache of comparisons.")


@cache.command()
def info() -> None:
    """Show where the cache lies and how much it holds."""
    from whorl.cache import Cache, default_folder

    folder = default_folder()
    say(f"{folder}: {_amount(Cache(folder).usage())}")


@cache.command()
def clear() -> None:
    """Remove all that is kept, and what killed writes left; nothing else there is touched."""
    from whorl.cache import Cache, default_folder

    folder = default_folder()
    say(f"{folder}: removed {_amount(Cache(folder).clear())}")


def _amount(usage: Usage) -> str:
    """Say how many files these are, how many of killed writes, and how large."""
    left = f" and {usage.unfinished:,} unfinished" if usage.unfinished else ""
    return f"{usage.files:,} files{left}, {usage.size / 2**20:,.1f} MiB"
