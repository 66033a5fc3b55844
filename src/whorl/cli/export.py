"""``whorl export``: a task for a platform that runs challenges."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from whorl.cli.options import EditionText, chosen_edition, number
from whorl.cli.outputs import check_outputs
from whorl.cli.terminal import say

export = typer.Typer(
    no_args_is_help=True, help="Write a task as a platform that runs challenges wants it."
)


@export.callback()
def root() -> None:
    """Write a task as a platform that runs challenges wants it."""


@export.command()
def codabench(
    task: Annotated[Path, typer.Argument(metavar="TASK", help="A task whose truth is known.")],
    out: Annotated[Path, typer.Option(metavar="BUNDLE.zip", help="The bundle to write.")],
    start: Annotated[
        datetime,
        typer.Option(
            metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="The day from which runs are taken."
        ),
    ],
    end: Annotated[
        datetime | None,
        typer.Option(
            metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="The day they end; by default never."
        ),
    ] = None,
    limit: Annotated[int, number(min=1, help="Runs that one may send.")] = 10,
    title: Annotated[str, typer.Option(metavar="TEXT", help="The competition's title.")] = "",
    measure: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="What ranks: f1 as in 2023, or kappa as in 2025; by default as the task's edition "
            "has it.",
        ),
    ] = None,
    edition: EditionText = None,
) -> None:
    """Write a competition for Codabench: pages, hidden truth, a scoring program, a limit of runs.

    Images are not in it: hand out the folders test and development yourself.
    """
    from whorl.benchmarking.cards import survey
    from whorl.benchmarking.codabench import Competition, write_bundle
    from whorl.tasks.layout import contents_of

    check_outputs(files={"--out": out}, apart_from=contents_of(task))
    ends = None if end is None else end.date()
    competition = Competition(start.date(), ends, limit, title, measure)
    digest = write_bundle(
        survey(task, edition=chosen_edition(edition, task).name), out, competition
    )
    say(f"{out}: written, SHA-256 {digest}; upload it under Benchmarks, Management")
