"""``whorl benchmark``: methods compared over tasks, each job once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from whorl.cli.default import RunByDefault
from whorl.cli.options import (
    MOST_AT_ONCE,
    Budget,
    Device,
    EditionText,
    NoCache,
    PatientsText,
    Quiet,
    chosen_edition,
    number,
    warn,
)
from whorl.cli.outputs import check_outputs
from whorl.cli.terminal import say

if TYPE_CHECKING:
    from whorl.benchmarking.cards import TaskFolder
    from whorl.benchmarking.jobs import Job
    from whorl.runs import Entry


benchmark = typer.Typer(
    cls=RunByDefault, help="Compare methods over tasks, each job once; add runs of others."
)


class ReferencePolicy(StrEnum):
    """Which reference a task is run with."""

    AUTO = "auto"
    NOT_USED = "not-used"
    NONE = "none"


POLICIES: dict[ReferencePolicy, Literal["auto", "not_used", "none"]] = {
    ReferencePolicy.AUTO: "auto",
    ReferencePolicy.NOT_USED: "not_used",
    ReferencePolicy.NONE: "none",
}


@benchmark.command()
def run(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the results.")],
    tasks: Annotated[
        list[Path] | None,
        typer.Argument(metavar="TASK…", help="Tasks in the official layout, with truth or not."),
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Run on the embedded sample too.")
    ] = False,
    methods: Annotated[
        str,
        typer.Option(
            metavar="NAMES",
            help="Names that whorl methods lists, with commas between them; * stands for "
            "anything: 'vcmi-*,dmk-*'. Trivial rows and the blind classifier are always run.",
        ),
    ] = "all",
    reference: Annotated[
        ReferencePolicy,
        typer.Option(
            help="auto: the task's folder reference, where it has one; not-used: where it has "
            "none, the development set's unused images, for methods that do not learn from them; "
            "none: without any, as another setting."
        ),
    ] = ReferencePolicy.AUTO,
    budget: Annotated[
        Budget | None,
        typer.Option(help="Training of networks; by default full on a GPU, fast on a CPU."),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="imagenet|package|PATH",
            help="What pretrained networks start from: timm's ImageNet weights, those of a "
            "package for EfficientNet, a file, or a folder with a file named after each backbone, "
            "such as resnet50.safetensors.",
        ),
    ] = None,
    seeds: Annotated[int, number(min=1, help="Run each with N seeds.")] = 1,
    patients: PatientsText = None,
    edition: EditionText = None,
    jobs: Annotated[int, number(min=1, max=MOST_AT_ONCE, help="Jobs at once.")] = 1,
    device: Device = "cpu",
    no_cache: NoCache = False,
    quiet: Quiet = False,
) -> None:
    """Run methods on tasks, each once; again, it does what is missing.

    The word run can be left out. Run files of others: whorl benchmark add.
    Who is first: whorl leaderboard.
    """
    if not tasks and not sample:
        raise typer.BadParameter("name a task's folder, or give --sample", param_hint="TASK")
    entries = chosen(methods)

    from whorl import progress
    from whorl.benchmarking.benchmark import benchmark as run_benchmark
    from whorl.benchmarking.jobs import Asked

    asked = Asked(
        reference=POLICIES[reference],
        budget=None if budget is None else budget.value,
        weights=weights,
        device=device,
        seeds=seeds,
    )
    _check_folder(out, tasks or [], patients, weights)
    folders = _folders(tasks or [], sample, patients, edition)
    with progress.shown(quiet=quiet):
        outcome = run_benchmark(folders, entries, out, asked, jobs=jobs, cached=not no_cache)
    warn_of(outcome.failed, "failed", out)
    lacking = len(outcome.skipped) + len(outcome.failed)
    say(
        f"{out}: {outcome.done:,} results new, {outcome.before:,} there before, "
        f"{len(outcome.skipped):,} skipped, {len(outcome.failed):,} failed"
        + (f"; why, and how to run each alone: {out / 'failures'}" if lacking else "")
    )


@benchmark.command()
def add(
    task: Annotated[Path, typer.Argument(metavar="TASK", help="A task in the official layout.")],
    run: Annotated[Path, typer.Argument(metavar="RUN.csv", help="A run file of its candidates.")],
    team: Annotated[str, typer.Option(metavar="NAME", help="Who sent it.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The benchmark's folder.")],
    scores: Annotated[
        Path | None,
        typer.Option(
            metavar="S.csv", help="Scores of the candidates: adds AUC and TPR at low FPR."
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="What it is called; by default as its file.")
    ] = None,
    limit: Annotated[
        int,
        number(min=1, help="Runs that a team may enter for a task."),
    ] = 10,
    patients: PatientsText = None,
    edition: EditionText = None,
) -> None:
    """Enter a run file, checked as the official validator does, to be ranked with the rest."""
    from whorl.benchmarking.cards import survey
    from whorl.benchmarking.submissions import submit

    _check_folder(out, [task], patients)
    folder = survey(task, patients, chosen_edition(edition, task).name)
    new = submit(folder, run, out, team=team, name=name, scores=scores, limit=limit)
    say(f"{run}: {'entered' if new else 'was entered before'}")


def _check_folder(out: Path, tasks: list[Path], *others: str | None) -> None:
    """Refuse a folder for results that is a task, or lies among a task's images."""
    from whorl.tasks.layout import contents_of

    held = [part for task in tasks for part in contents_of(task)]
    check_outputs(folders={"--out": out}, apart_from=[*held, *others], other_than=tasks)


def chosen(methods: str) -> tuple[Entry, ...]:
    """Return the entries that were asked for; an unknown name is a usage error."""
    from whorl.benchmarking.jobs import chosen_entries
    from whorl.runs import UnknownMethodError

    try:
        return chosen_entries(methods)
    except UnknownMethodError as error:
        raise typer.BadParameter(str(error), param_hint="--methods") from error


def _folders(
    tasks: list[Path], sample: bool, patients: str | None, edition: str | None
) -> list[TaskFolder]:
    """Look over the tasks that were named."""
    from whorl.benchmarking.cards import survey
    from whorl.tasks.sample import sample_folder

    found = [survey(task, patients, chosen_edition(edition, task).name) for task in tasks]
    return [*found, survey(sample_folder())] if sample else found


def warn_of(jobs: tuple[Job, ...], what: str, out: Path) -> None:
    """Say which jobs left no result, and why."""
    from whorl.benchmarking.store import Store

    reasons = {failure.key: failure.reason for failure in Store(out).failures()}
    warn(f"{what}: {job.label}: {reasons.get(job.key, '')}; again: {job.command}" for job in jobs)
