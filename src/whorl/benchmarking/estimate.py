"""How long jobs will take, from what like ones took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from whorl.benchmarking.cards import TaskCard
from whorl.benchmarking.jobs import Job
from whorl.benchmarking.result import Result, Setup


@dataclass(frozen=True)
class Estimate:
    """What jobs will take.

    Attributes
    ----------
    seconds : float
        Of those that can be judged, one after the other.
    known, unknown : int
        How many jobs can be judged by earlier results, and how many cannot.
    """

    seconds: float
    known: int
    unknown: int


def estimated(
    jobs: Sequence[Job], earlier: Iterable[Result], cards: Mapping[str, TaskCard]
) -> Estimate:
    """Judge jobs by earlier results of the same entry with the same budget.

    One on the same task counts as it is; otherwise those on other tasks count by their pixels to
    be compared: of real images, of generated ones, and of both together.

    Parameters
    ----------
    jobs : sequence of Job
        What is to be done.
    earlier : iterable of Result
        What was done.
    cards : mapping of str to TaskCard
        Digest → card of each task that was done.
    """
    took: dict[tuple[str, str], list[tuple[str, float, float]]] = defaultdict(list)
    for result in earlier:
        if result.cost is not None and result.task in cards:
            work = _work(cards[result.task], result.setup)
            took[_like(result.setup)].append((result.task, result.cost.seconds, work))
    seconds, known = 0.0, 0
    for job in jobs:
        if like := took.get(_like(job.setup)):
            known += 1
            work = _work(job.folder.card, job.setup)
            same = [s for task, s, w in like if task == job.task and w == work]
            seconds += mean(same or [s * work / w for _, s, w in like])
    return Estimate(seconds, known, len(jobs) - known)


def _like(setup: Setup) -> tuple[str, str]:
    """Return what must be the same for times to be alike."""
    return setup.name, setup.budget


def _work(card: TaskCard, setup: Setup) -> float:
    """Return how much there is to compare: pixels of all pairs of a real and a generated image."""
    reals = len(card.candidates)
    if setup.reference == "reference":
        reals += len(card.reference)
    elif setup.reference == "not_used" and card.development is not None:
        reals += card.development[2]
    return float(card.height * card.width * reals * card.generated)
