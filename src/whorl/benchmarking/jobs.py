"""Jobs: each one entry, set as the user wants it, with one seed on one task."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from whorl.benchmarking.cards import TaskFolder
from whorl.benchmarking.result import Budget, Reference, Setup
from whorl.errors import WhorlError
from whorl.images import digest_of
from whorl.methods.base import Need
from whorl.networks.backbones import find_weights
from whorl.networks.weights import IMAGENET, Weights, lacking_weights
from whorl.runs import CATALOGUE, Entry, Settings, UnknownMethodError
from whorl.runs.own import BASELINES
from whorl.tasks.layout import read_view, task_folders
from whorl.tasks.view import View
from whorl.version import __version__

Policy = Literal["auto", "not_used", "none"]
"""Which reference a task is run with: its own, else none; its own, else its unused; none."""
Start = tuple[Weights | None, str]
"""What an entry's backbone starts from, or why there is nothing."""


@dataclass(frozen=True)
class Asked:
    """How the entries of a benchmark are to be run.

    Attributes
    ----------
    reference : {"auto", "not_used", "none"}
        The task's folder ``reference`` where it has one; or, where it has none, the development
        set's unused images, but for methods that learn from them; or none.
    budget : {"full", "fast"} or None
        None = full on a GPU, fast on a CPU.
    weights : str or None
        "imagenet", a file, or a folder that holds a file named after each backbone.
    device : str
        As torch names it.
    seeds : int
        How many seeds, from 0.
    """

    reference: Policy = "auto"
    budget: Budget | None = None
    weights: str | None = None
    device: str = "cpu"
    seeds: int = 1


@dataclass(frozen=True)
class Job:
    """One entry, set, with one seed on one task.

    Attributes
    ----------
    folder : TaskFolder
        The task.
    entry : Entry
        With its method as it is to be run.
    setup : Setup
        What tells it apart.
    seed : int
        Of every random draw.
    obstacle : str
        Why it cannot be run; empty if it can.
    command : str
        What runs it alone, with paths as they were given.
    """

    folder: TaskFolder
    entry: Entry
    setup: Setup
    seed: int
    obstacle: str = ""
    command: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """What the job's result depends on, hashed: task, method, rule, settings, seed, version."""
        setup = self.setup.model_dump(mode="json")
        of = {"task": self.task, "method": self.method, "rule": repr(self.entry.rule)}
        every = {**of, "setup": setup, "seed": self.seed, "whorl": __version__}
        return digest_of([json.dumps(every, sort_keys=True)])

    @property
    def task(self) -> str:
        """Digest of the task."""
        return self.folder.card.digest

    @property
    def method(self) -> str:
        """Representation of the method; of files and folders the names stand there, no path."""
        return repr(self.entry.method)

    @property
    def label(self) -> str:
        """The job in a few words."""
        return f"{self.setup.name} on {self.folder.card.name}"

    def view(self) -> View:
        """Read what the job may see."""
        root, reference = self.folder.root, None
        if self.setup.reference == "reference":
            reference = root / "reference"
        elif self.setup.reference == "not_used":
            reference = task_folders(root)["development"]["not_used"]
        learns = self.folder.card.development is not None
        return read_view(root, root if learns else None, reference=reference)


def chosen_entries(patterns: str) -> tuple[Entry, ...]:
    """Return the entries that patterns name, in the catalogue's order, and the baselines always.

    Parameters
    ----------
    patterns : str
        Names of the catalogue with commas between them; ``*`` stands for anything. "all" is all.

    Raises
    ------
    UnknownMethodError
        If a pattern names none.

    Examples
    --------
    >>> [entry.name for entry in chosen_entries("nearest-*")]
    ['nearest-ssim', 'nearest-correlation', 'blind', 'all-used', 'none-used', 'random',
    'brightness']
    """
    wanted = [part.strip() for part in patterns.split(",") if part.strip()]
    names = {entry.name for entry in BASELINES}
    for pattern in wanted:
        glob = "*" if pattern == "all" else pattern
        found = {name for name in CATALOGUE if fnmatchcase(name, glob)}
        if not found:
            raise UnknownMethodError(pattern)
        names |= found
    return tuple(entry for name, entry in CATALOGUE.items() if name in names)


def planned(folders: Sequence[TaskFolder], entries: Sequence[Entry], asked: Asked) -> Iterator[Job]:
    """Yield the jobs of a benchmark, task by task."""
    budget = asked.budget or ("fast" if asked.device == "cpu" else "full")
    starts = [_weights(entry, asked.weights) for entry in entries]  # read once, not for each task
    for folder in folders:
        for entry, start in zip(entries, starts, strict=True):
            set_entry, setup, obstacle = _set(entry, folder, asked, budget, start)
            for seed in range(asked.seeds):
                yield Job(folder, set_entry, setup, seed, obstacle)


def _set(
    entry: Entry, folder: TaskFolder, asked: Asked, budget: Budget, start: Start
) -> tuple[Entry, Setup, str]:
    """Return an entry as it is run on a task, what tells it apart, and what is in its way."""
    trained = entry.method.fast() != entry.method
    weights, lacking = start
    fast = trained and budget == "fast"
    changed = entry.with_settings(Settings(weights=weights, fast=fast))
    needs, card = entry.method.needs, folder.card
    reference = _reference(folder, asked.reference, Need.DEVELOPMENT in needs)
    setup = Setup(
        name=entry.name,
        team=entry.team,
        needs=tuple(sorted(needs)),
        reference=reference,
        budget="fast" if fast else "full",
        weights=None if weights is None else _named(weights),
    )
    obstacles = (
        (Need.DEVELOPMENT in needs and card.development is None,
         "learns from a development set, and the task has none"),
        (Need.REFERENCE in needs and reference == "none",
         "needs a reference, and was given none"),
        (bool(lacking), lacking),
        (trained and budget == "full" and asked.device == "cpu",
         "its full budget of training asks for a GPU: give --device cuda, or --budget fast"),
    )  # fmt: skip
    return changed, setup, next((why for there, why in obstacles if there), "")


def _reference(folder: TaskFolder, policy: Policy, learns: bool) -> Reference:
    """Return what an entry sees as reference."""
    if policy == "none":
        return "none"
    if folder.card.reference:
        return "reference"
    unused = policy == "not_used" and folder.card.development is not None and not learns
    return "not_used" if unused else "none"


def _weights(entry: Entry, asked: str | None) -> Start:
    """Return what an entry's backbone starts from, or why there is nothing."""
    backbone = next(iter(entry.method.backbones()), None)
    if backbone is None or Need.WEIGHTS not in entry.method.needs:
        return None, ""
    if asked is None:
        return None, str(lacking_weights(backbone.name))
    given = asked
    if asked != IMAGENET and Path(asked).is_dir():
        files = sorted(p for p in Path(asked).iterdir() if p.name.split(".")[0] == backbone.name)
        if not files:
            return None, f"the folder of weights has no file of {backbone.name}"
        given = str(files[0])
    try:
        return find_weights(given, backbone.name), ""
    except WhorlError as error:
        return None, str(error)


def _named(weights: Weights) -> str:
    """Name weights without a path."""
    return str(Weights(weights.source, weights.tag[:16]))
