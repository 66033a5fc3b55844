"""``whorl leaderboard``: who is first in a benchmark, by how much, and whether by luck."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.cli.options import Seed
from whorl.cli.outputs import check_outputs
from whorl.cli.terminal import console as terminal
from whorl.cli.terminal import say, show_table
from whorl.files import write_text

if TYPE_CHECKING:
    from rich.console import Console

    from whorl.benchmarking.leaderboard import Leaderboard
    from whorl.benchmarking.rows import Board

WIDE = 110  # columns of a terminal that shows all that is printed
BESIDE = ("auc", "tpr_at_fpr_1", "tpr_at_fpr_10")


def leaderboard(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder that whorl benchmark wrote.")
    ],
    measure: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="What ranks: f1, the official measure of 2023; kappa, that of 2025; accuracy, "
            "precision, recall, specificity, auc, tpr_at_fpr_1, tpr_at_fpr_10.",
        ),
    ] = "f1",
    against: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Whom differences are to; by default the best that is no control."
        ),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write all figures here.")
    ] = None,
    overall_csv: Annotated[
        Path | None,
        typer.Option(
            "--overall-csv",
            metavar="FILE",
            help="Write here mean ranks, comparisons won, and means by generator and by share "
            "memorised, where there are several tasks.",
        ),
    ] = None,
    md: Annotated[
        Path | None, typer.Option("--md", metavar="FILE", help="Write the tables as Markdown.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="FILE",
            help="Write one page, complete in itself: sortable tables, intervals, ROC, and who "
            "is ahead by more than luck.",
        ),
    ] = None,
    images: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="TASK",
            help="For --html: folder of a task of the benchmark, whose images are shown, small, "
            "where a method judges them worst or most surely; can be given several times. "
            "Without it the page holds no image.",
        ),
    ] = None,
    seed: Seed = 0,
) -> None:
    """Rank a benchmark's results, with intervals and corrected comparisons."""
    if images and html is None:
        raise typer.BadParameter("images are shown in --html alone", param_hint="--images")

    from whorl.benchmarking import tables
    from whorl.benchmarking.leaderboard import read_leaderboard

    check_outputs(
        files={"--csv": csv, "--overall-csv": overall_csv, "--md": md, "--html": html},
        apart_from=[
            *(folder / kind for kind in ("tasks", "results", "failures")), *(images or ()),
        ],
    )  # fmt: skip
    board = read_leaderboard(folder, measure=measure, against=against, seed=seed)
    writers = (
        (csv, tables.to_csv),
        (overall_csv, tables.overall_csv),
        (md, tables.to_markdown),
        (html, partial(_page, folder, images or [])),
    )
    wanted = [(path, writer) for path, writer in writers if path is not None]
    for path, writer in wanted:
        write_text(path, writer(board), private=path == html and bool(images))
        say(f"{path}: written")
    if not wanted:
        _print(board)


def _page(folder: Path, tasks: list[Path], board: Leaderboard) -> str:
    """Return the leaderboard as a page."""
    from whorl.benchmarking.cards import survey
    from whorl.benchmarking.store import Store
    from whorl.report.leaderboard import leaderboard_data, render_leaderboard

    return render_leaderboard(
        leaderboard_data(board, Store(folder).results(), [survey(task) for task in tasks])
    )


def _print(board: Leaderboard) -> None:
    """Print the tables."""
    console = terminal()
    for one in board.boards:
        console.print(f"[bold]{one.card.name}[/]: {'. '.join(one.notes)}.")
        _print_board(one, console)
    if board.overall:
        _print_overall(board, console)
    for name in board.untold:
        console.print(f"{name}: its truth is not known: nothing can be ranked", markup=False)
    console.print(
        "↑ higher is better, ↓ lower is better; in brackets 95 % intervals. p: of no difference "
        "to the best, corrected (Holm). set p: that no candidate was used. "
        "--csv and --md have all figures.",
        style="dim",
    )


def _print_board(board: Board, console: Console) -> None:
    """Print a task's table, and who is first in each group."""
    from whorl.benchmarking.tables import sentence_of
    from whorl.evaluation import LABELS

    official = LABELS[board.measure]
    others = [LABELS[name] for name in BESIDE if name != board.measure]
    _print_table(board, [official, *others], console)
    for winner in board.winners:
        console.print(f"{sentence_of(winner, board)}.", markup=False)
    for row in board.rows:
        if row.rank is None:
            console.print(f"{row.label}: {row.reason}", style="yellow", markup=False)
    console.print()


def _print_table(board: Board, measures: list[str], console: Console) -> None:
    """Print some columns of a task's table, an interval of the first measure only."""
    from rich import box
    from rich.table import Table

    from whorl.benchmarking.tables import task_table

    head, rows = task_table(board)
    shown = ["rank ↓", "method", "sees", *(f"{measure} ↑" for measure in measures), "p", "set p ↓"]
    if console.width < WIDE:
        shown = [*shown[:5], "p"]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in shown:
        table.add_column(name.replace("TPR at FPR ≤ ", "TPR@"), no_wrap=name != "sees")
    for row, cells in zip(board.rows, rows, strict=True):
        if row.rank is not None:
            chosen = [cells[head.index(name)] for name in shown]
            plain = [cell.partition(" (")[0] for cell in chosen[4:]]
            table.add_row(*chosen[:4], *plain, style="dim" if row.sees == "control" else None)
    show_table(console, table)


def _print_overall(board: Leaderboard, console: Console) -> None:
    """Print the tables over all tasks."""
    from rich import box
    from rich.table import Table

    from whorl.benchmarking.tables import breakdown_table, overall_table

    head, rows = overall_table(board)
    summary = [head[:5], *(cells[:5] for cells in rows)]
    tables = {"all tasks": (summary[0], summary[1:]), "by generator": breakdown_table(board)}
    for title, found in tables.items():
        if found is not None:
            table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
            for name in found[0]:
                table.add_column(name, overflow="fold")
            for cells in found[1]:
                table.add_row(*cells)
            show_table(console, table)
