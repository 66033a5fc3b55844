"""A leaderboard as text: Markdown for pages, CSV for programs."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence

from whorl.benchmarking.leaderboard import Leaderboard
from whorl.benchmarking.overall import BANDS, band
from whorl.benchmarking.resampling import MEASURES
from whorl.benchmarking.rows import Board, Difference, Figure, Row, Sees, Winner
from whorl.evaluation import LABELS
from whorl.formulas import neutral

NONE = "–"
NAMED = 4  # of those that are tied
WITH_INTERVAL = ("f1", "auc", "kappa")
LEGEND = (
    "↑ higher is better, ↓ lower is better. In brackets 95 % intervals. Difference: to the row "
    "named, on the same resampled candidates; p of no difference, two-sided, corrected for all "
    "comparisons of the table (Holm). Set p ↓: that no candidate was used, where a reference was "
    "seen. Controls see no generated image or nothing at all: a method must beat them."
)


def to_csv(board: Leaderboard) -> str:
    """Return one line a row of each task's table, with a header."""
    records = board.to_records()
    text = io.StringIO()
    if records:
        writer = csv.DictWriter(text, list(records[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: neutral(v) for k, v in record.items()} for record in records)
    return text.getvalue()


def to_markdown(board: Leaderboard) -> str:
    """Return all tables as a page."""
    parts = ["# Leaderboard", "", LEGEND]
    if board.overall:
        parts += ["", "## All tasks", "", *markdown_table(*overall_table(board))]
    if kinds := breakdown_table(board):
        parts += ["", "## By generator, and by share memorised", "", *markdown_table(*kinds)]
    for one in board.boards:
        parts += ["", f"## {one.card.name}", "", f"{'. '.join(one.notes)}."]
        parts += ["", *(f"- {sentence_of(winner, one)}" for winner in one.winners)]
        parts += ["", *markdown_table(*task_table(one))]
    if board.untold:
        parts += ["", f"Without a truth, so not ranked: {', '.join(board.untold)}."]
    return "\n".join(parts) + "\n"


def task_table(board: Board) -> tuple[list[str], list[list[str]]]:
    """Return the head and the cells of a task's table."""
    measures = (board.measure, *(name for name in MEASURES if name != board.measure))
    to = f"difference to {board.against}" if board.against else "difference"
    head = ["rank ↓", "method", "sees", *(f"{LABELS[name]} ↑" for name in measures),
            to, "p", "set p ↓", "called used", "seconds ↓"]  # fmt: skip
    rows = []
    for row in board.rows:
        figures = [figure_of(row, name, name in WITH_INTERVAL or name == board.measure)
                   for name in measures]  # fmt: skip
        seconds = NONE if row.cost is None else f"{row.cost.seconds:,.0f}"
        cells = [rank_of(row), row.label, str(row.sees)]
        if row.rank is None:
            rows.append([*cells, row.reason, *[""] * (len(head) - 4)])
            continue
        rows.append([*cells, *figures, *difference_of(row.difference), set_p_of(row),
                     f"{row.called_used:g}", seconds])  # fmt: skip
    return head, rows


def overall_table(board: Leaderboard) -> tuple[list[str], list[list[str]]]:
    """Return the head and the cells of the table over all tasks."""
    names = [one.card.name for one in board.boards]
    label = LABELS[board.measure]
    head = ["method", "sees", "mean rank ↓", "comparisons won ↑", "tasks"]
    head += [f"{label} ↑ on {name}" for name in names]
    rows = []
    for row in board.overall:
        tried = f"{row.tried}" + (f", {row.failed} failed" if row.failed else "")
        won = NONE if row.win_rate is None else f"{row.win_rate:.0%}"
        cells = [row.label, str(row.sees), f"{row.mean_rank:.1f}", won, tried]
        rows.append(cells + [_number(row.by_task.get(name)) for name in names])
    return head, rows


def breakdown_table(board: Leaderboard) -> tuple[list[str], list[list[str]]] | None:
    """Return the head and the cells of means by kind of generator and by share memorised.

    None where the tasks do not differ in either; failures do not count in the means.
    """
    kinds = Counter(one.card.generator for one in board.boards)
    shares = Counter(band(one.card.memorised) for one in board.boards)
    bands = [name for name in BANDS if name in shares]
    if not board.overall or max(len(kinds), len(bands)) < 2:
        return None
    label = LABELS[board.measure]
    by_kind = list(kinds) if len(kinds) > 1 else []
    by_share = bands if len(bands) > 1 else []
    head = ["method", "sees", *(f"{label} ↑, {kind} ({_tasks(kinds[kind])})" for kind in by_kind)]
    head += [f"{label} ↑, memorised {share} ({_tasks(shares[share])})" for share in by_share]
    rows = [
        [row.label, str(row.sees), *(_number(row.by_generator.get(kind)) for kind in by_kind),
         *(_number(row.by_memorised.get(share)) for share in by_share)]
        for row in board.overall
    ]  # fmt: skip
    return head, rows


def overall_csv(board: Leaderboard) -> str:
    """Return one line a run over all tasks, with a header; empty with a single task."""
    text = io.StringIO()
    if records := board.to_overall_records():
        writer = csv.DictWriter(text, list(records[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
    return text.getvalue()


def _tasks(count: int) -> str:
    """Say how many tasks."""
    return "1 task" if count == 1 else f"{count:,} tasks"


def sentence_of(winner: Winner, board: Board) -> str:
    """Say who is first in a group, and whether by more than luck."""
    who = _listed(winner.labels)
    measure = LABELS[board.measure]
    group = "do not say what they see" if winner.sees is Sees.NOT_TOLD else f"see {winner.sees}"
    said = f"Of those that {group}: {who}, {measure} {winner.value:.3f}"
    if winner.beaten_by:
        said += f", no better than the control {winner.beaten_by}"
    if winner.difference is None:
        return said
    one = winner.difference
    lead = f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f}) above {winner.above}"
    lead = lead.replace("-0.", "−0.")
    luck = "more than luck" if one.p_value <= 0.05 else "which may be luck"
    return f"{said}; {lead}, {luck} (p {p_of(one.p_value)})"


def _listed(labels: Sequence[str]) -> str:
    """Name those that share a rank, a few of them where they are many."""
    if len(labels) > NAMED:
        return f"{', '.join(labels[: NAMED - 1])} and {len(labels) - NAMED + 1} more, tied"
    *first, last = labels
    return f"{', '.join(first)} and {last}, tied" if first else last


def rank_of(row: Row) -> str:
    """Return a rank with its interval."""
    return NONE if row.rank is None else f"{row.rank} ({row.rank_low}–{row.rank_high})"


def difference_of(difference: Difference | None) -> tuple[str, str]:
    """Return a difference with its interval, and its corrected p-value."""
    if difference is None:
        return NONE, NONE
    one = difference
    return f"{one.value:+.3f} ({one.low:+.3f} to {one.high:+.3f})", p_of(one.adjusted)


def set_p_of(row: Row) -> str:
    """Return the p-value of the whole set."""
    return NONE if row.set_test is None else p_of(row.set_test.p_value)


def p_of(p_value: float) -> str:
    """Return a p-value for readers.

    Examples
    --------
    >>> p_of(0.00001), p_of(0.0421)
    ('< 0.001', '0.042')
    """
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"


def figure_of(row: Row, name: str, interval: bool) -> str:
    """Return a figure, with its interval where that is asked for."""
    figure: Figure | None = (row.figures or {}).get(name)
    if figure is None:
        return NONE
    value = f"{figure.value:.3f}"
    return f"{value} ({figure.low:.3f}–{figure.high:.3f})" if interval else value


def _number(value: float | None) -> str:
    """Return a value for readers."""
    return NONE if value is None else f"{value:.3f}"


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    r"""Return the lines of a Markdown table.

    Examples
    --------
    >>> markdown_table(["run"], [["a|b"]])
    ['| run |', '| --- |', '| a\\|b |']
    """
    lines = [head, ["---"] * len(head), *rows]
    escaped = [[cell.replace("|", r"\|").replace("\n", " ") for cell in line] for line in lines]
    return [f"| {' | '.join(line)} |" for line in escaped]
