"""``whorl reproduce``: a paper's tables and figures, beside what was published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whorl.cli.options import MOST_AT_ONCE, Budget, Device, NoCache, Quiet, number
from whorl.cli.outputs import check_outputs
from whorl.cli.terminal import say

reproduce = typer.Typer(
    no_args_is_help=True, help="Redo a paper's tables and figures, beside what was published."
)


@reproduce.callback()
def root() -> None:
    """Redo a paper's tables and figures, beside what was published."""


@reproduce.command()
def imageclef2023(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for tables and figures.")],
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The official data: development and test, and truth.csv where you have it. "
            "Without them only what was published is written.",
        ),
    ] = None,
    methods: Annotated[
        str, typer.Option(metavar="NAMES", help="Which of the forty runs, as in whorl benchmark.")
    ] = "all",
    budget: Annotated[
        Budget | None,
        typer.Option(help="Training of networks; by default full on a GPU, fast on a CPU."),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(metavar="imagenet|package|PATH", help="As for whorl benchmark."),
    ] = None,
    jobs: Annotated[int, number(min=1, max=MOST_AT_ONCE, help="Jobs at once.")] = 1,
    device: Device = "cpu",
    no_cache: NoCache = False,
    quiet: Quiet = False,
) -> None:
    """Run the forty runs of ImageCLEFmedical GANs 2023, and write its tables and figures anew."""
    from whorl.benchmarking.paper import WHERE, published
    from whorl.benchmarking.reproduction import write_published, write_reproduction
    from whorl.tasks.layout import contents_of

    held = [] if data is None else contents_of(data)
    check_outputs(folders={"--out": out}, apart_from=[*held, weights], other_than=[data])
    if data is None:
        write_published(out)
        say(f"{out}: what was published. {WHERE}.")
        return

    from whorl import progress
    from whorl.benchmarking.benchmark import benchmark
    from whorl.benchmarking.cards import survey
    from whorl.benchmarking.jobs import Asked
    from whorl.cli.benchmark import chosen, warn_of

    forty = {entry.name for entry in published()}
    entries = [entry for entry in chosen(methods) if entry.name in forty]
    if not entries:
        raise typer.BadParameter("names none of the forty runs", param_hint="--methods")
    folder, results = survey(data), out / "benchmark"
    asked = Asked("none", None if budget is None else budget.value, weights, device)
    with progress.shown(quiet=quiet):
        outcome = benchmark([folder], entries, results, asked, jobs=jobs, cached=not no_cache)
        write_reproduction(folder, results, out)
    warn_of(outcome.failed, "failed", results)
    say(
        f"{out}: {outcome.done + outcome.before:,} of {len(entries):,} runs, "
        f"{len(outcome.skipped):,} skipped, {len(outcome.failed):,} failed; see "
        f"{out / 'paper.md'}"
    )
