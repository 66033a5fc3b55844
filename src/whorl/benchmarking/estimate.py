"""How long jobs will take, from what like ones took: here, or where whorl was measured."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from statistics import mean

import numpy as np

from whorl.benchmarking.cards import TaskCard
from whorl.benchmarking.jobs import Job
from whorl.benchmarking.result import Result, Setup

COSTS = "costs.csv"
"""What jobs took on two cores that were busy with others: name, budget, work, seconds."""

SHORTEST = 0.01  # seconds that a job takes at least
LEAST = 0.5  # of what is known, that any less work takes
Like = tuple[str, str]


@dataclass(frozen=True)
class Estimate:
    """What jobs will take.

    Attributes
    ----------
    seconds : float
        Of those that can be judged, one after the other.
    here, elsewhere, unknown : int
        How many jobs can be judged by earlier results, how many by what whorl's own benchmark
        took on another machine, and how many cannot.
    """

    seconds: float
    here: int
    elsewhere: int
    unknown: int


def estimated(
    jobs: Sequence[Job], earlier: Iterable[Result], cards: Mapping[str, TaskCard]
) -> Estimate:
    """Judge jobs by earlier results of the same entry with the same budget.

    One on the same task counts as it is; otherwise all count by their work: pixels of all pairs of
    a real and a generated image. Without any, the costs that are kept with whorl count likewise.

    Parameters
    ----------
    jobs : sequence of Job
        What is to be done.
    earlier : iterable of Result
        What was done.
    cards : mapping of str to TaskCard
        Digest → card of each task that was done.
    """
    took: dict[Like, list[tuple[str, float, float]]] = defaultdict(list)
    for result in earlier:
        if result.cost is not None and result.task in cards:
            of_it = work(cards[result.task], result.setup)
            took[_like(result.setup)].append((result.task, of_it, result.cost.seconds))
    seconds, here, elsewhere = 0.0, 0, 0
    for job in jobs:
        of_it = work(job.folder.card, job.setup)
        if like := took.get(_like(job.setup)):
            here += 1
            same = [s for task, w, s in like if task == job.task and w == of_it]
            seconds += mean(same) if same else scaled(of_it, [(w, s) for _, w, s in like])
        elif known := costs().get(_like(job.setup)):
            elsewhere += 1
            seconds += scaled(of_it, known)
    return Estimate(seconds, here, elsewhere, len(jobs) - here - elsewhere)


def scaled(wanted: float, known: Sequence[tuple[float, float]]) -> float:
    """Return the seconds that some work will take, a fixed part and one that grows with it.

    Both are fitted to what is known, each by its share and not below 0. Of one size alone the two
    cannot be told apart: it is scaled, and less work takes half as long at least.

    Parameters
    ----------
    wanted : float
        How much there is to do, above 0.
    known : sequence of (float, float)
        Work and seconds, at least one.

    Examples
    --------
    >>> round(scaled(20.0, [(1.0, 5.0), (10.0, 14.0)]), 3)  # 4 seconds, and 1 for each unit
    24.0
    >>> scaled(20.0, [(10.0, 7.0)]), scaled(1.0, [(10.0, 7.0)])
    (14.0, 3.5)
    """
    works, seconds = np.maximum(np.array(known, np.float64), SHORTEST).T
    if len(set(works)) == 1:
        return float(seconds.mean() * max(wanted / works[0], LEAST))
    from scipy.optimize import nnls

    scale = works.max()
    shares = np.stack([np.ones_like(works), works / scale], axis=1) / seconds[:, np.newaxis]
    fixed, growing = nnls(shares, np.ones_like(works))[0]
    return float(fixed + growing * wanted / scale)


@cache
def costs() -> Mapping[Like, list[tuple[float, float]]]:
    """Return what jobs took on another machine: name and budget → work and seconds."""
    text = (resources.files("whorl.benchmarking") / COSTS).read_text("utf-8")
    found: dict[Like, list[tuple[float, float]]] = defaultdict(list)
    for line in csv.DictReader(io.StringIO(text)):
        found[line["name"], line["budget"]].append((float(line["work"]), float(line["seconds"])))
    return dict(found)


def work(card: TaskCard, setup: Setup) -> float:
    """Return how much there is to compare: pixels of all pairs of a real and a generated image."""
    reals = len(card.candidates)
    if setup.reference == "reference":
        reals += len(card.reference)
    elif setup.reference == "not_used" and card.development is not None:
        reals += card.development[2]
    return float(card.height * card.width * reals * card.generated)


def _like(setup: Setup) -> Like:
    """Return what must be the same for times to be alike."""
    return setup.name, setup.budget
