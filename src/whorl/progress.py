"""Progress of long work: silent as a library, a bar or plain lines on the command line.

Code that works long calls :func:`track`; who starts the work chooses, with :func:`shown`, whether
and how it is displayed.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Protocol

from whorl.visible import visible


class Advance(Protocol):
    """Tells of steps just finished."""

    def __call__(self, steps: int, status: str = "") -> None:
        """Count `steps` as done; show `status` ("loss 0.031") beside them."""


Display = Callable[[str, int], AbstractContextManager[Advance]]

SECONDS_BETWEEN_LINES = 10.0
FEWEST_COLUMNS = 60  # of a terminal that shows a bar


def _ignore(steps: int, status: str = "") -> None:
    """Take no notice of progress."""


_display: ContextVar[Display | None] = ContextVar("display", default=None)


def track(label: str, total: int) -> AbstractContextManager[Advance]:
    """Announce `total` steps of work; call the yielded function as steps are done.

    Parameters
    ----------
    label : str
        What is being done, in a few words ("reading generated").
    total : int
        Number of steps, at least 0.

    Returns
    -------
    context manager
        Yields a function that takes the number of steps just finished, and a word on how it goes.

    Examples
    --------
    >>> with track("comparing", 10) as advance:
    ...     advance(10)
    """
    display = _display.get()
    return nullcontext(_ignore) if display is None else display(label, total)


def displayed() -> bool:
    """Tell whether progress is displayed."""
    return _display.get() is not None


def tell(sentence: str) -> None:
    """Say something before long work begins, where progress is displayed.

    Examples
    --------
    >>> tell("this will take long")  # a library is silent
    """
    if displayed():
        _say(sentence)


@contextmanager
def shown(*, quiet: bool = False) -> Iterator[None]:
    """Display progress on standard error within the block.

    A bar with rate and time left where standard error is a terminal with room for one, plain lines
    where it is not, nothing if `quiet`.
    """
    wide = sys.stderr.isatty() and shutil.get_terminal_size().columns >= FEWEST_COLUMNS
    display = None if quiet else (_bar if wide else _lines)
    token = _display.set(display)
    try:
        yield
    finally:
        _display.reset(token)


@contextmanager
def _bar(label: str, total: int) -> Iterator[Advance]:
    """Draw a bar with rate and time left."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """Steps a second."""

        def render(self, task: Task) -> Text:
            """Draw the rate, blank until it is known."""
            speed = task.finished_speed or task.speed
            digits = ",.0f" if speed and speed >= 10 else ".2g"
            return Text(f"{speed:{digits}}/s" if speed else "", style="dim")

    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        Rate(),
        TextColumn("{task.fields[status]}", style="dim"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(label, total=total, status="")

        def advance(steps: int, status: str = "") -> None:
            progress.update(task, advance=steps, status=status)

        yield advance


@contextmanager
def _lines(label: str, total: int) -> Iterator[Advance]:
    """Print a line at the start, one now and then, and one at the end."""
    started = last = time.monotonic()
    done = 0

    def advance(steps: int, status: str = "") -> None:
        nonlocal done, last
        done += steps
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_LINES and done < total:
            last = now
            left = (now - started) * (total - done) / max(done, 1)
            said = f", {status}" if status else ""
            _say(f"{label}: {done:,} of {total:,}, about {left:,.0f} s left{said}")

    yield advance
    _say(f"{label}: {done:,} done in {time.monotonic() - started:,.1f} s")


def _say(line: str) -> None:
    """Write one line to standard error."""
    sys.stderr.write(f"{visible(line)}\n")
    sys.stderr.flush()
