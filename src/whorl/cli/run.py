"""``whorl run``: a method on a task in the official layout, to a run file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whorl.cli.options import (
    Device,
    NoCache,
    Quiet,
    Resize,
    Scheduler,
    Seed,
    SkipUnreadable,
    Test,
    Threads,
    WindowText,
    Workers,
    catalogue_entry,
    parsed_window,
    working,
)


def run(
    method: Annotated[str, typer.Argument(help="A name that whorl methods lists.")],
    test: Test,
    out: Annotated[Path, typer.Option(metavar="RUN.csv", help="The run file to write.")],
    development: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Labelled development set: generated, used and not_used."),
    ] = None,
    scores: Annotated[
        Path | None,
        typer.Option(metavar="S.csv", help="Also write each candidate's score here."),
    ] = None,
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
    """Score a test set's candidates, decide by the method's own rule, write a run file."""
    chosen = catalogue_entry(method, "METHOD")
    shape = parsed_window(window)

    from whorl.evaluation import write_scores
    from whorl.tasks.layout import read_view
    from whorl.tasks.runfile import write_run

    with working(
        quiet=quiet,
        threads=threads,
        device=device,
        scheduler=scheduler,
        workers=workers,
        no_cache=no_cache,
    ):
        view = read_view(
            test, development, resize=resize, window=shape, skip_unreadable=skip_unreadable
        )
        found, decisions = chosen.run(view, seed=seed)
    if scores is not None:
        write_scores(scores, {"image_id": found.ids, "score": found.values.tolist()})
    write_run(out, decisions.ids, decisions.used)
    typer.echo(f"{out}: {int(decisions.used.sum())} of {len(decisions.ids)} called used")
