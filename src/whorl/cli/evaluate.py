"""``whorl validate`` and ``whorl evaluate``: run files against the task and the truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.cli.options import Json, Seed, Test

if TYPE_CHECKING:
    from rich.table import Table

    from whorl.evaluation import Evaluation

RunFile = Annotated[Path, typer.Argument(metavar="RUN.csv", help="A run file.")]


def validate(run: RunFile, test: Test) -> None:
    """Check a run file as the official validator does, and say what is wrong on which line."""
    from whorl.tasks.layout import candidate_ids
    from whorl.tasks.runfile import read_run

    used = read_run(run, candidate_ids(test))
    typer.echo(f"{run}: valid; {sum(used.values())} of {len(used)} called used")


def evaluate(
    run: RunFile,
    truth: Annotated[Path, typer.Option(metavar="TRUTH.csv", help="The right answers.")],
    scores: Annotated[
        Path | None,
        typer.Option(
            metavar="S.csv", help="Scores of the candidates: adds AUC and TPR at low FPR."
        ),
    ] = None,
    as_json: Json = False,
    seed: Seed = 0,
) -> None:
    """Score a run file against the truth: every metric with its 95 % interval."""
    from whorl.evaluation import evaluate as run_evaluation
    from whorl.evaluation import read_scores
    from whorl.tasks.runfile import read_run, read_truth

    answers = read_truth(truth)
    result = run_evaluation(
        read_run(run, answers.used),
        answers,
        None if scores is None else read_scores(scores),
        seed=seed,
    )
    if as_json:
        typer.echo(json.dumps(result.to_dict(), indent=2, allow_nan=False))
        return

    from rich.console import Console

    console = Console(highlight=False)
    counts = result.counts
    console.print(
        f"{result.used} used, {result.not_used} not used: "
        f"TP {counts.tp}, FP {counts.fp}, FN {counts.fn}, TN {counts.tn}"
    )
    console.print(_metrics(result))
    console.print(_trivial(result))
    for warning in result.warnings:
        console.print(f"Note: {warning}", style="yellow", markup=False)


def _metrics(result: Evaluation) -> Table:
    """Return the metrics with their intervals."""
    from rich import box
    from rich.table import Table

    from whorl.evaluation import LABELS

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("metric", "value", "95 % interval", "interval by"):
        table.add_column(column, justify="right" if column == "value" else "left")
    for name, metric in result.metrics.items():
        known = metric.low is not None and metric.high is not None
        table.add_row(
            LABELS[name],
            "–" if metric.value is None else f"{metric.value:.3f}",
            f"{metric.low:.3f} to {metric.high:.3f}" if known else "–",
            metric.note or metric.interval.split(",")[0],
        )
    return table


def _trivial(result: Evaluation) -> Table:
    """Return what the trivial runs score on the same truth."""
    from rich import box
    from rich.table import Table

    from whorl.evaluation import LABELS

    shown = ("f1", "accuracy", "precision", "recall", "specificity", "kappa")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("for comparison")
    for name in shown:
        table.add_column(LABELS[name], justify="right")
    for row, values in result.trivial.items():
        table.add_row(row, *(f"{values[name]:.3f}" for name in shown))
    return table
