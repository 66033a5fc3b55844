"""``whorl validate`` and ``whorl evaluate``: run files against the task and the truth."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.cli.comparing import compare_files, named, write_roc
from whorl.cli.options import EditionText, Json, Seed, Test, chosen_edition
from whorl.cli.outputs import check_outputs
from whorl.cli.terminal import console as terminal
from whorl.cli.terminal import say, show_table

if TYPE_CHECKING:
    from rich.table import Table

    from whorl.evaluation import Evaluation, Metric, ScoreEvaluation


def validate(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN.csv…", help="Run files.")],
    test: Test,
    edition: EditionText = None,
) -> None:
    """Check run files as the official validator does, and say what is wrong on which line.

    Each file is checked; the status is 1 if one of them breaks the format.
    """
    from whorl.errors import WhorlError
    from whorl.tasks.layout import candidate_ids
    from whorl.tasks.runfile import read_run

    of = chosen_edition(edition, test)
    ids = candidate_ids(test)
    faults = []
    for run in runs:
        try:
            used = read_run(run, ids, of)
        except WhorlError as error:
            faults.append(error)
            if len(runs) > 1:
                say(str(error), err=True)
        else:
            say(f"{run}: valid; {sum(used.values())} of {len(used)} called used")
    if faults and len(runs) == 1:
        raise faults[0]
    if faults:
        raise WhorlError(f"{len(faults)} of {len(runs)} run files break the format")


def evaluate(
    truth: Annotated[Path, typer.Option(metavar="TRUTH.csv", help="The right answers.")],
    runs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[RUN.csv…]", help="Run files: one is judged in full, several are ranked."
        ),
    ] = None,
    scores: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="S.csv",
            help="Scores of the candidates: adds AUC and TPR at low FPR; needs no run. With "
            "several runs give it once for each, in their order.",
        ),
    ] = None,
    edition: EditionText = None,
    measure: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="What ranks several runs: f1, kappa, auc, …; by default the edition's own.",
        ),
    ] = None,
    md: Annotated[
        Path | None, typer.Option("--md", metavar="FILE", help="Write the ranked table here.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write all its figures here.")
    ] = None,
    roc: Annotated[
        Path | None,
        typer.Option(
            "--roc",
            metavar="FILE",
            help="Write the ROC curve of the scores here: a picture where FILE ends in .svg, "
            "else its points as CSV.",
        ),
    ] = None,
    as_json: Json = False,
    seed: Seed = 0,
) -> None:
    """Score run files against the truth, with 95 % intervals; rank them where there are several.

    A file that is broken is named with its fault, the others are ranked, and the status is 1.
    """
    files, given = runs or [], scores or []
    if not files and not given:
        raise typer.BadParameter("give a run file, or --scores", param_hint="RUN.csv")
    if files and given and len(files) != len(given):
        raise typer.BadParameter(
            f"{len(given)} given, and {len(files)} to be ranked: give it once for each run, in "
            "their order, or not at all",
            param_hint="--scores",
        )
    if roc is not None and not given:
        raise typer.BadParameter("needs --scores", param_hint="--roc")
    if not files and (len(given) > 1 or md or csv):
        raise typer.BadParameter("without a run, give --scores once, and no --md or --csv")

    check_outputs(
        files={"--md": md, "--csv": csv, "--roc": roc}, apart_from=[truth, *files, *given]
    )

    from whorl.tasks.runfile import read_truth

    official = chosen_edition(edition, truth.parent).measure
    answers = read_truth(truth)
    if len(files) > 1 or md or csv:
        compare_files(
            files, answers, given, measure=measure or official, md=md, csv=csv, roc=roc,
            as_json=as_json, seed=seed,
        )  # fmt: skip
        return

    from whorl.evaluation import evaluate as run_evaluation
    from whorl.evaluation import evaluate_scores, read_scores
    from whorl.tasks.runfile import read_run

    values = read_scores(given[0]) if given else None
    if files:
        result = run_evaluation(read_run(files[0], answers.used), answers, values, seed=seed)
        _show(result, official, as_json)
    elif values is not None:
        _show_scores(evaluate_scores(values, answers, seed=seed), as_json)
    if roc is not None and values is not None:
        write_roc(roc, {next(iter(named(given))): values}, answers)
        say(f"{roc}: written", err=as_json)


def _show(result: Evaluation, official: str, as_json: bool) -> None:
    """Print what there is to say of a run."""
    if as_json:
        typer.echo(json.dumps(result.to_dict(), indent=2, allow_nan=False))
        return

    console = terminal()
    first = {name: result.metrics[name] for name in (official, *result.metrics)}
    counts = result.counts
    console.print(
        f"{result.used} used, {result.not_used} not used: "
        f"TP {counts.tp}, FP {counts.fp}, FN {counts.fn}, TN {counts.tn}"
    )
    show_table(console, _metrics(first))
    show_table(console, _trivial(result, official))
    for warning in result.warnings:
        console.print(f"Note: {warning}", style="yellow", markup=False)


def _show_scores(result: ScoreEvaluation, as_json: bool) -> None:
    """Print what there is to say of scores alone."""
    if as_json:
        typer.echo(json.dumps(result.to_dict(), indent=2, allow_nan=False))
        return

    console = terminal()
    console.print(f"{result.used} used, {result.not_used} not used")
    show_table(console, _metrics(result.metrics))
    for warning in (*result.notes, *result.warnings):
        console.print(f"Note: {warning}", style="yellow", markup=False)


def _metrics(metrics: Mapping[str, Metric]) -> Table:
    """Return the metrics with their intervals."""
    from rich import box
    from rich.table import Table

    from whorl.evaluation import LABELS

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("metric", "value", "95 % interval", "interval by"):
        table.add_column(column, justify="right" if column == "value" else "left")
    for name, metric in metrics.items():
        known = metric.low is not None and metric.high is not None
        table.add_row(
            LABELS[name],
            "–" if metric.value is None else f"{metric.value:.3f}",
            f"{metric.low:.3f} to {metric.high:.3f}" if known else "–",
            metric.note or metric.interval.split(",")[0],
        )
    return table


def _trivial(result: Evaluation, official: str) -> Table:
    """Return what the trivial runs score on the same truth."""
    from rich import box
    from rich.table import Table

    from whorl.evaluation import LABELS

    names = (official, "f1", "accuracy", "precision", "recall", "specificity", "kappa")
    shown = tuple(dict.fromkeys(names))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("for comparison")
    for name in shown:
        table.add_column(LABELS[name], justify="right")
    for row, values in result.trivial.items():
        table.add_row(row, *(f"{values[name]:.3f}" for name in shown))
    return table
