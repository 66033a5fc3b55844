"""``whorl fit``: a method on a development set, to a model file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whorl.cli.options import (
    Budget,
    BudgetName,
    Device,
    Folds,
    Groups,
    NoCache,
    Quiet,
    Resize,
    Scheduler,
    Seed,
    SkipUnreadable,
    Stages,
    SubsampleGenerated,
    Threads,
    WeightsText,
    WindowText,
    Workers,
    catalogue_entry,
    checked_folds,
    expectation,
    parsed_window,
    set_entry,
    warn,
    working,
)


def fit(
    method: Annotated[str, typer.Argument(help="A name that whorl methods lists.")],
    development: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Labelled development set: generated, used and not_used."),
    ],
    out: Annotated[Path, typer.Option(metavar="MODEL", help="The model file to write.")],
    weights: WeightsText = None,
    budget: BudgetName = Budget.FULL,
    subsample_generated: SubsampleGenerated = None,
    stage: Stages = None,
    folds: Folds = 5,
    groups: Groups = None,
    resize: Resize = None,
    window: WindowText = None,
    skip_unreadable: SkipUnreadable = False,
    seed: Seed = 0,
    threads: Threads = None,
    device: Device = "cpu",
    scheduler: Scheduler = None,
    workers: Workers = None,
    no_cache: NoCache = False,
    quiet: Quiet = False,
) -> None:
    """Fit a method on a development set, for whorl run to use, and say what to expect of it."""
    chosen = catalogue_entry(method, "METHOD")
    chosen = set_entry(chosen, weights, budget, subsample_generated, stage)
    shape = parsed_window(window)
    checked_folds(folds)

    from whorl.runs import save_model
    from whorl.tasks.layout import read_development

    with working(
        quiet=quiet,
        threads=threads,
        device=device,
        scheduler=scheduler,
        workers=workers,
        no_cache=no_cache,
    ):
        labelled = read_development(
            development, resize=resize, window=shape, skip_unreadable=skip_unreadable
        )
        fitted = chosen.fitted(labelled, seed=seed)
        expected = expectation(chosen, labelled, folds, groups, seed)
    save_model(out, fitted, expected=None if expected is None else expected.to_dict())
    typer.echo(f"{out}: {chosen.name}, fitted on {development}")
    for note in chosen.method.notes():
        typer.echo(note)
    if expected is not None:
        typer.echo(expected.sentence)
        warn(f"in cross-validation, {sentence}" for sentence in expected.evaluation.warnings)
