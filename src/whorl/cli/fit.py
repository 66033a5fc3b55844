"""``whorl fit``: a method on a development set, to a model file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whorl.cli.options import (
    Device,
    Folds,
    Groups,
    NoCache,
    Quiet,
    Resize,
    Scheduler,
    Seed,
    SkipUnreadable,
    Threads,
    WindowText,
    Workers,
    catalogue_entry,
    checked_folds,
    expectation,
    parsed_window,
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
    if expected is not None:
        typer.echo(expected.sentence)
        warn(f"in cross-validation, {sentence}" for sentence in expected.evaluation.warnings)
