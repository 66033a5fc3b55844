"""``whorl evaluate-subsets``: run files of subsets against the truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.cli.options import Json, Seed
from whorl.cli.terminal import console as terminal
from whorl.cli.terminal import show_table

if TYPE_CHECKING:
    from rich.table import Table

    from whorl.attribution.evaluate import SubsetEvaluation


def evaluate_subsets(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN.csv…", help="Run files.")],
    truth: Annotated[Path, typer.Option(metavar="TRUTH.csv", help="The right answers.")],
    as_json: Json = False,
    seed: Seed = 0,
) -> None:
    """Hold run files of subsets against the truth, with 95 % intervals and what chance gives.

    Of one run the confusion matrix is shown too.
    """
    from whorl.attribution import evaluate_subsets as held_to
    from whorl.attribution.runfile import aligned, read_subsets

    answers = read_subsets(truth)
    results = {
        str(run): held_to(aligned(read_subsets(run), answers, run), [*answers.values()], seed=seed)
        for run in runs
    }
    if as_json:
        told = {run: result.to_dict() for run, result in results.items()}
        shown = told if len(runs) > 1 else next(iter(told.values()))
        typer.echo(json.dumps(shown, indent=2, ensure_ascii=False, allow_nan=False))
        return
    _print(results)


def _print(results: dict[str, SubsetEvaluation]) -> None:
    """Print a table of the runs, and of a single one the confusion matrix."""
    from rich import box
    from rich.table import Table

    console = terminal()
    rows = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("run", "measure", "value", "95 % interval", "chance", "p"):
        rows.add_column(column)
    for run, result in results.items():
        for name, metric in result.metrics.items():
            by_chance = name == "accuracy"
            rows.add_row(
                run if by_chance else "",
                name,
                f"{metric.value:.3f}",
                f"{metric.low:.3f} to {metric.high:.3f}",
                f"{result.chance:.3f}" if by_chance else "",
                _p_shown(result.p_value) if by_chance else "",
            )
    show_table(console, rows)
    if len(results) == 1:
        show_table(console, _matrix(next(iter(results.values()))))


def _p_shown(p_value: float) -> str:
    """Return a p-value in few digits, and no 0."""
    return f"{p_value:.2g}" if p_value > 1e-99 else "< 1e-99"


def _matrix(result: SubsetEvaluation) -> Table:
    """Return the confusion matrix: what is (rows), what it was called (columns)."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("is, called")
    for name in result.subsets:
        table.add_column(name, justify="right")
    for name, counts, shares in zip(result.subsets, result.confusion, result.shares, strict=True):
        cells = [
            f"{count} ({share.low:.2f}–{share.high:.2f})"
            for count, share in zip(counts, shares, strict=False)
        ]
        table.add_row(name, *cells)
    return table
