"""A benchmark: what is missing is run, the rest is left as it is."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from whorl.benchmarking.cards import TaskFolder
from whorl.benchmarking.estimate import Estimate, estimated
from whorl.benchmarking.jobs import Asked, Job, planned
from whorl.benchmarking.processes import run_all
from whorl.benchmarking.running import compute_for, without_result
from whorl.benchmarking.store import Store
from whorl.errors import WhorlError
from whorl.networks.durations import in_words
from whorl.progress import tell, track
from whorl.runs import Entry
from whorl.tasks.sample import sample_folder


@dataclass(frozen=True)
class Outcome:
    """What became of a benchmark's jobs.

    Attributes
    ----------
    done : int
        Whose results are new.
    before : int
        Whose results were there.
    skipped, failed : tuple of Job
        Without a result: something was in the way, or an error came.
    """

    done: int
    before: int
    skipped: tuple[Job, ...]
    failed: tuple[Job, ...]


def benchmark(
    folders: Sequence[TaskFolder],
    entries: Sequence[Entry],
    out: Path | str,
    asked: Asked | None = None,
    *,
    jobs: int = 1,
    cached: bool = True,
) -> Outcome:
    """Run each entry on each task, but what a folder already has the results of.

    Parameters
    ----------
    folders : sequence of TaskFolder
        As :func:`whorl.benchmarking.cards.survey` gives them, no two of one content.
    entries : sequence of Entry
        As :func:`whorl.benchmarking.jobs.chosen_entries` gives them.
    out : path
        The benchmark's folder. It can be shared by several processes.
    asked : Asked or None
        How they are run; None = as :class:`~whorl.benchmarking.jobs.Asked` has it.
    jobs : int
        How many run at once, each in a process of its own.
    cached : bool
        Whether comparisons, features and trainings are kept in the cache and taken from it.

    Raises
    ------
    WhorlError
        If two tasks have the same content, or the folder cannot be read or written.
    """
    asked, store = asked or Asked(), Store(Path(out))
    _require_distinct(folders)
    for folder in folders:
        store.keep_card(folder.card)
    every = [
        replace(job, command=command(job, asked, store.folder))
        for job in planned(folders, entries, asked)
    ]
    missing = [job for job in every if not store.holds(job.task, job.setup.name, job.key)]
    barred = [job for job in missing if job.obstacle]
    for job in barred:
        store.lament(without_result(job))
    open_jobs = [job for job in missing if not job.obstacle]
    _tell(open_jobs, len(every) - len(missing), len(barred), store, jobs)
    with track("benchmark", len(open_jobs)) as advance:
        left = len(open_jobs)

        def seen(ended: int, running: Sequence[Job]) -> None:
            nonlocal left
            left -= ended
            names = ", ".join(job.label for job in running)
            advance(ended, f"running {names}; {left - len(running)} waiting" if running else "")

        settings = compute_for(asked.device, jobs, cached=cached)
        run_all(open_jobs, store, settings, at_once=jobs, seen=seen)
    failed = [job for job in open_jobs if not store.holds(job.task, job.setup.name, job.key)]
    return Outcome(
        done=len(open_jobs) - len(failed),
        before=len(every) - len(missing),
        skipped=tuple(barred),
        failed=tuple(failed),
    )


def command(job: Job, asked: Asked, out: Path) -> str:
    """Return the command that runs a job alone, with paths as they were given.

    The seeds before its own are run with it, where they are missing.
    """
    root = job.folder.root
    task = "--sample" if root == sample_folder() else str(root)
    words = ["whorl", "benchmark", task, "--methods", job.setup.name, "--out", str(out)]
    words += ["--reference", asked.reference.replace("_", "-")] * (asked.reference != "auto")
    words += ["--budget", asked.budget] if asked.budget else []
    words += ["--weights", asked.weights] if asked.weights else []
    words += ["--device", asked.device] * (asked.device != "cpu")
    words += ["--seeds", str(job.seed + 1)] * (job.seed > 0)
    return shlex.join(words)


def _require_distinct(folders: Sequence[TaskFolder]) -> None:
    """Raise an error if two folders hold the same task."""
    seen: dict[str, TaskFolder] = {}
    for folder in folders:
        other = seen.setdefault(folder.card.digest, folder)
        if other is not folder:
            raise WhorlError(f"{folder.root}: holds the same images as {other.root}: name one")


def _tell(jobs: Sequence[Job], before: int, barred: int, store: Store, at_once: int) -> None:
    """Say how much there is to do, and how long that takes as far as it can be known."""
    counted = f"{len(jobs):,} jobs to run, {before:,} done before, {barred:,} cannot be run"
    if not jobs:
        tell(counted)
        return
    cards = {card.digest: card for card in store.cards()}
    found = estimated(jobs, store.results(), cards)
    tell(f"{counted}; {_in_words(found, at_once)}")


def _in_words(found: Estimate, at_once: int) -> str:
    """Say an estimate, and what it rests on."""
    if not found.here + found.elsewhere:
        return "how long they take is not known: none like them was run before"
    said = f"about {in_words(found.seconds / at_once)}, "
    if not found.elsewhere:
        said += "as earlier results took"
    elif not found.here:
        said += "as like ones took on two busy cores elsewhere: there is no earlier result here"
    else:
        said += (
            f"as earlier results took, and for {found.elsewhere:,} of them as like ones took on "
            "two busy cores elsewhere"
        )
    if found.unknown:
        said += f", and {found.unknown:,} of which nothing is known"
    return said
