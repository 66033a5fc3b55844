"""What a job leaves: a result, or why there is none; each one JSON file that never changes."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Reference = Literal["none", "reference", "not_used"]
"""What a job saw as reference: nothing, the task's reference, or the development set's unused."""

Budget = Literal["full", "fast"]


class Setup(BaseModel):
    """Which run of which entry: what tells two jobs on a task apart, but for the seed.

    Attributes
    ----------
    name : str
        The entry's name, or a submitted run's.
    team : str
        Who sent it; "whorl" for entries of this project.
    needs : tuple of str or None
        What the method needs beside generated images and candidates; None where nobody told.
    reference : {"none", "reference", "not_used"}
        What it saw as reference.
    budget : {"full", "fast"}
        How much it was trained; "full" for what is never trained.
    weights : str or None
        What its network started from, by name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    team: str = "whorl"
    needs: tuple[str, ...] | None = ()
    reference: Reference = "none"
    budget: Budget = "full"
    weights: str | None = None


class Cost(BaseModel):
    """What a job took.

    Attributes
    ----------
    seconds : float
        By the clock, reading included; what the cache held already was not computed again.
    cpu_seconds : float
        Of all of its threads.
    peak_mb : float or None
        Greatest resident memory of its process, in MB of 10⁶ bytes; None where the system does
        not tell.
    device : str
        "cpu", or a GPU as torch names it.
    threads : int
        How many it was allowed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: float
    cpu_seconds: float
    peak_mb: float | None
    device: str
    threads: int


class Result(BaseModel):
    """What one entry with one seed says of one task.

    Attributes
    ----------
    format : int
        Of this file: 1.
    key : str
        Of the job that it is the result of.
    task : str
        Digest of the task.
    setup : Setup
        Which run it is.
    seed : int
        Of every random draw.
    method, rule : str
        Their representations, which build them again; empty for a submitted run.
    paper_f1 : float or None
        What the overview of 2023 prints for the run.
    used : mapping of str to bool
        The decision on each candidate.
    scores, null : mapping of str to float, or None
        Of each candidate, and of each image of the reference; None where there are none.
    threshold : float or None
        A candidate is used if its score is above this; None where there is no finite one.
    notes : tuple of str
        What the result rests on, and what is degenerate about it.
    cost : Cost or None
        What it took; None for a submitted run.
    versions : mapping of str to str
        Of Python, whorl and the libraries that compute.
    finished : str
        When, in UTC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    key: str
    task: str
    setup: Setup
    seed: int
    method: str
    rule: str
    paper_f1: float | None = None
    used: dict[str, bool]
    scores: dict[str, float] | None
    null: dict[str, float] | None
    threshold: float | None
    notes: tuple[str, ...] = ()
    cost: Cost | None
    versions: dict[str, str]
    finished: str


class Failure(BaseModel):
    """Why a job left no result.

    Attributes
    ----------
    format : int
        Of this file: 1.
    key, task, setup, seed
        As in :class:`Result`.
    kind : {"skipped", "failed"}
        Whether it was never begun, or came to an error.
    reason : str
        Why, in a sentence.
    command : str
        What tries this job again, with paths as they were given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    key: str
    task: str
    setup: Setup
    seed: int
    kind: Literal["skipped", "failed"]
    reason: str
    command: str
