"""The tables, which are Markdown as well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.table import Table

from speed.results import Row
from speed.scaling import Point

NOTHING = "–"


def table_of_libraries(rows: Iterable[Row]) -> Table:
    """Return one line a library and window."""
    columns = ("window", "library", "µs a pair", "× whorl", "difference", "peak MB", "note")
    return _table(columns, "llrrrrl", [_library_cells(row) for row in rows])


def table_of_scaling(points: Iterable[Point]) -> Table:
    """Return one line a measured point."""
    columns = ("window", "pairs", "threads", "seconds", "µs a pair", "peak MB")
    cells = [
        (
            point.window,
            f"{point.pairs:,}",
            str(point.threads),
            f"{point.seconds:.2f}",
            f"{point.microseconds:.1f}",
            _megabytes(point.peak_bytes),
        )
        for point in points
    ]
    return _table(columns, "lrrrrr", cells)


def _library_cells(row: Row) -> tuple[str, ...]:
    """Return a row as text; what was not measured is a dash."""
    return (
        row.window,
        row.library,
        NOTHING if row.microseconds is None else _number(row.microseconds),
        NOTHING if row.times_whorl is None else _number(row.times_whorl),
        NOTHING if row.difference is None else f"{row.difference:.0e}",
        NOTHING if row.peak_bytes is None else _megabytes(row.peak_bytes),
        row.note,
    )


def _table(columns: Sequence[str], sides: str, lines: Iterable[Sequence[str]]) -> Table:
    """Lay out a table; `sides` holds l or r for each column."""
    table = Table(box=box.MARKDOWN)
    for name, side in zip(columns, sides, strict=True):
        table.add_column(name, justify="left" if side == "l" else "right", no_wrap=True)
    for line in lines:
        table.add_row(*line)
    return table


def _number(value: float) -> str:
    """Return a number with three significant digits, or all before the point.

    Examples
    --------
    >>> [_number(value) for value in (0.512, 41.27, 5215.5)]
    ['0.512', '41.3', '5,216']
    """
    return f"{value:.3g}" if value < 100 else f"{value:,.0f}"


def _megabytes(size: int) -> str:
    """Return bytes as megabytes."""
    return f"{size / 1e6:,.0f}"
