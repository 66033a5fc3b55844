"""The chart in the documentation: time a pair by library, and time over the number of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from speed.libraries import WINDOWS
from speed.results import OURS, Row
from speed.scaling import Point
from whorl.files import written_atomically

COLOURS = {"uniform": "#2f6f9f", "gaussian": "#c8702a"}
BAR = 0.38


def write_chart(path: Path, rows: Sequence[Row], points: Sequence[Point]) -> None:
    """Write the chart as SVG.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    rows : sequence of Row
        Those without a time are left out.
    points : sequence of Point
        Those on fewer than all threads are left out.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    settings = {"svg.fonttype": "none", "svg.hashsalt": OURS, "font.size": 9}
    with mpl.rc_context(settings), written_atomically(path) as temporary:
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        _draw_libraries(left, rows)
        _draw_scaling(right, points)
        figure.savefig(temporary, format="svg", metadata={"Date": None})


def _draw_libraries(axes: Any, rows: Sequence[Row]) -> None:
    """Draw a bar a library and window, on a logarithmic scale."""
    timed = [row for row in rows if row.microseconds is not None]
    names = list(dict.fromkeys(row.library for row in timed))
    for row in timed:
        side = WINDOWS.index(row.window) - 0.5
        place = names.index(row.library) + side * BAR
        axes.barh(place, row.microseconds, BAR, color=COLOURS[row.window])
        axes.text(row.microseconds * 1.1, place, f"{row.microseconds:,.0f}", va="center", size=7)
    axes.set_xscale("log")
    axes.set_xlim(10, 4 * max(row.microseconds or 0 for row in timed))
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel("µs a pair")
    for window in WINDOWS:
        axes.bar(0, 0, color=COLOURS[window], label=window)
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_scaling(axes: Any, points: Sequence[Point]) -> None:
    """Draw time over pairs, on logarithmic scales, so that a line of slope one is linear time."""
    most = max(point.threads for point in points)
    for window in WINDOWS:
        line = [point for point in points if (point.window, point.threads) == (window, most)]
        line.sort(key=lambda point: point.pairs)
        pairs, seconds = [point.pairs for point in line], [point.seconds for point in line]
        axes.loglog(pairs, seconds, "o-", color=COLOURS[window], label=window, markersize=4)
    axes.set_xlabel(f"pairs, on {most} threads")
    axes.set_ylabel("seconds")
    axes.spines[["top", "right"]].set_visible(False)
