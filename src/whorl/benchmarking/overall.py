"""Over several tasks: mean rank, share of comparisons won, means by generator and memorising."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whorl.benchmarking.rows import UNUSED, WITHOUT, Board, Row, Sees

EDGES = (0.1, 0.5, 0.9)
BANDS = ("under 10 %", "10 to 50 %", "50 to 90 %", "90 % and more", "not told")
"""Shares of what a generator made that are memorised, least first."""


@dataclass(frozen=True)
class OverallRow:
    """One run over several tasks.

    Attributes
    ----------
    label : str
        Its name, and what is special about its setting.
    sees : Sees
        What it looks at; with a reference on some tasks, that.
    mean_rank : float
        Over the tasks it was tried on; where it failed, the last rank counts. Lower is better.
    win_rate : float or None
        Share of comparisons with another run on one task that it won, ties as half; higher is
        better. None where there was nobody to compare with.
    tried, failed : int
        On how many tasks it was tried, and left no figures.
    by_task : mapping of str to float or None
        Task → official measure; None where it has none.
    by_generator : mapping of str to float
        Kind of generator → mean of the official measure over tasks with figures.
    by_memorised : mapping of str to float
        Share memorised, as :func:`band` names it → the same over the tasks of that share.
    """

    label: str
    sees: Sees
    mean_rank: float
    win_rate: float | None
    tried: int
    failed: int
    by_task: dict[str, float | None]
    by_generator: dict[str, float]
    by_memorised: dict[str, float]


def overall(boards: Sequence[Board]) -> tuple[OverallRow, ...]:
    """Return all runs over all boards: those tried on every task first, best mean rank first.

    A run that saw a reference where there was one to see, a task's own or a development set's
    unused images, and none elsewhere, is one run; the same without any reference is another.
    """
    runs: dict[str, list[tuple[Board, Row]]] = defaultdict(list)
    for board in boards:
        for row in board.rows:
            for label in _labels(board, row):
                runs[label].append((board, row))
    every = [(board, row) for board in boards for row in board.rows]
    could = {_named(row)[1] for _, row in every}
    left_out = {_named(row)[1] for board, row in every if _left_out(board, row)}
    rows = [_over(label, of) for label, of in runs.items() if label not in could - left_out]
    return tuple(sorted(rows, key=lambda r: (-r.tried, r.mean_rank, r.label)))


def band(memorised: float | None) -> str:
    """Return which band a share memorised lies in, one of ``BANDS``.

    Examples
    --------
    >>> band(0.03), band(0.1), band(0.97), band(None)
    ('under 10 %', '10 to 50 %', '90 % and more', 'not told')
    """
    if memorised is None:
        return BANDS[-1]
    return BANDS[sum(memorised >= edge for edge in EDGES)]


def _labels(board: Board, row: Row) -> tuple[str, ...]:
    """Return which runs a task's row belongs to."""
    setup = row.setup
    if setup.needs is None:
        return (row.label,)
    seeing, without = _named(row)
    if setup.reference != "none":
        return (seeing,)
    return (without,) if _left_out(board, row) else (seeing, without)


def _left_out(board: Board, row: Row) -> bool:
    """Tell whether a run saw no reference where there was one to see."""
    if row.setup.reference != "none" or row.setup.needs is None:
        return False
    other = row.setup.model_copy(update={"reference": "not_used"})
    return bool(board.card.reference) or any(one.setup == other for one in board.rows)


def _named(row: Row) -> tuple[str, str]:
    """Return what a run is called over all tasks, with whatever reference and without any."""
    apart = [part for part in row.variant.split(", ") if part not in ("", WITHOUT, UNUSED)]
    seeing, without = ", ".join(apart), ", ".join([*apart, WITHOUT])
    name = row.setup.name
    return f"{name} ({seeing})" if seeing else name, f"{name} ({without})"


def _over(label: str, of: Sequence[tuple[Board, Row]]) -> OverallRow:
    """Put one run's rows together."""
    ranks, wins, met = [], 0.0, 0
    by_generator: dict[str, list[float]] = defaultdict(list)
    by_memorised: dict[str, list[float]] = defaultdict(list)
    by_task: dict[str, float | None] = {}
    for board, row in of:
        ranks.append(row.rank or len(board.rows))
        others = [other for other in board.rows if other is not row]
        wins += sum(_won(row, other) for other in others)
        met += len(others)
        figure = (row.figures or {}).get(board.measure)
        by_task[board.card.name] = None if figure is None else figure.value
        if figure is not None:
            by_generator[board.card.generator].append(figure.value)
            by_memorised[band(board.card.memorised)].append(figure.value)
    seen = {row.sees for _, row in of}
    return OverallRow(
        label=label,
        sees=Sees.REFERENCE if Sees.REFERENCE in seen else of[0][1].sees,
        mean_rank=float(np.mean(ranks)),
        win_rate=wins / met if met else None,
        tried=len(of),
        failed=sum(row.rank is None for _, row in of),
        by_task=by_task,
        by_generator={kind: float(np.mean(values)) for kind, values in by_generator.items()},
        by_memorised={share: float(np.mean(values)) for share, values in by_memorised.items()},
    )


def _won(row: Row, other: Row) -> float:
    """Return 1 if a row ranks above another, a half if they tie."""
    mine, theirs = row.rank or np.inf, other.rank or np.inf
    return 0.5 if mine == theirs else float(mine < theirs)
