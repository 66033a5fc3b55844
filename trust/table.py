"""The tables, in Markdown, and their place in the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from textwrap import fill

from trust.tally import Tally
from trust.worlds import World
from whorl.errors import WhorlError
from whorl.files import write_text

START, END = "<!-- made by python -m trust --write -->", "<!-- end of what it made -->"
NOTHING_LEAKED = (
    "nothing leaked",
    "audits",
    "leakage shown",
    "0.1.0",
    "false share of flagged patients",
    "of flagged images",
    "shift warning",
    "p-values uniform",
)
LEAKED = (
    "leaked",
    "leakage shown",
    "0.1.0",
    "used patients flagged",
    "0.1.0",
    "used images flagged",
    "0.1.0",
    "false share of flagged patients",
    "of flagged images",
    "0.1.0",
    "lower bounds hold",
)
ABSENT = "–"
WIDTH = 100


def tables(worlds: Iterable[World], tallies: Mapping[str, Tally]) -> str:
    """Return a table of the worlds without a leak, and one of those with, as far as measured."""
    measured = [world for world in worlds if world.name in tallies]
    parts = []
    for columns, leaked in ((NOTHING_LEAKED, False), (LEAKED, True)):
        lines = [
            _leaked(tallies[world.name]) if leaked else _nothing_leaked(tallies[world.name])
            for world in measured
            if world.leaked is leaked
        ]
        if lines:
            parts.append(markdown(columns, lines))
    return "\n\n".join(parts)


def described(worlds: Iterable[World], tallies: Mapping[str, Tally]) -> str:
    """Return the tables with what there is to say of how they were made."""
    audits = min(tally.audits for tally in tallies.values())
    said = (
        f"`make trust` draws {audits} audits of each world, more where they are cheap, and hands "
        "them to the code that audits, from the search for patients and the scores on, at a level "
        "of 5 %; brackets hold 95 % intervals (Clopper and Pearson), columns *0.1.0* what that "
        "version would have said of the same audits. Real images of patients kept out stand for "
        "generated ones, and a leak is added to the scores of used patients' images, in standard "
        "deviations of all images' scores."
    )
    return f"{fill(said, WIDTH)}\n\n{tables(worlds, tallies)}"


def markdown(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Lay out a table.

    Examples
    --------
    >>> print(markdown(("world", "rate"), [("a", "5 %")]))
    | world | rate |
    |---|---:|
    | a | 5 % |
    """
    rule = "|---|" + "---:|" * (len(columns) - 1)
    return "\n".join([_line(columns), rule, *map(_line, lines)])


def write(page: Path, text: str, start: str = START, end: str = END) -> None:
    """Put a text between the two marks of a page.

    Raises
    ------
    WhorlError
        If the page lacks them.
    """
    whole = page.read_text("utf-8")
    before, first, rest = whole.partition(start)
    _, last, after = rest.partition(end)
    if not (first and last):
        raise WhorlError(f"{page}: has no lines {start} and {end} to write between")
    write_text(page, f"{before}{start}\n\n{text}\n\n{end}{after}")


def _nothing_leaked(tally: Tally) -> tuple[str, ...]:
    """Return the cells of a world without a leak."""
    return (
        tally.world,
        f"{tally.audits:,}",
        _cell(tally, "shown"),
        _percent(tally.rates["shown before"]),
        _cell(tally, "false patients"),
        _cell(tally, "false images"),
        _cell(tally, "warned"),
        ABSENT if tally.uniform is None else f"p = {tally.uniform:.2g}",
    )


def _leaked(tally: Tally) -> tuple[str, ...]:
    """Return the cells of a world with a leak."""
    beside = [
        _percent(tally.rates[name])
        for unit in ("shown", "found patients", "found images")
        for name in (unit, f"{unit} before")
    ]
    return (
        tally.world,
        *beside,
        _cell(tally, "false patients"),
        _cell(tally, "false images"),
        _percent(tally.rates["false images before"]),
        _cell(tally, "covered"),
    )


def _line(cells: Iterable[str]) -> str:
    """Return one line of a table."""
    return "| " + " | ".join(cells) + " |"


def _cell(tally: Tally, rate: str) -> str:
    """Return a rate with its interval; a dash where there is none."""
    if rate not in tally.rates:
        return ABSENT
    low, high = tally.interval(rate)
    return f"{_percent(tally.rates[rate])} ({100 * low:.1f}–{100 * high:.1f})"


def _percent(share: float) -> str:
    """Return a share as a percentage.

    Examples
    --------
    >>> _percent(0.0425)
    '4.2 %'
    """
    return f"{100 * share:.1f} %"
