"""How long a benchmark takes is told beforehand, and by what."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarking.worlds import write_task
from whorl.benchmarking.cards import survey
from whorl.benchmarking.estimate import costs, estimated, scaled, work
from whorl.benchmarking.jobs import Asked, Job, planned
from whorl.benchmarking.result import Cost, Result
from whorl.runs import CATALOGUE, entry


def jobs_on(root: Path) -> list[Job]:
    return list(planned([survey(root)], [entry("vcmi-2"), entry("all-used")], Asked()))


def result(of: Job, seconds: float) -> Result:
    cost = Cost(seconds=seconds, cpu_seconds=1, peak_mb=None, device="cpu", threads=1)
    return Result(
        key=of.key, task=of.task, setup=of.setup, seed=0, method="", rule="", used={}, scores=None,
        null=None, threshold=None, cost=cost, versions={}, finished="",
    )  # fmt: skip


def test_without_earlier_results_jobs_are_judged_by_what_they_took_elsewhere(
    tmp_path: Path,
) -> None:
    jobs = jobs_on(write_task(tmp_path / "task"))
    found = estimated(jobs, [], {})
    assert (found.here, found.elsewhere, found.unknown) == (0, 2, 0)
    of = work(jobs[0].folder.card, jobs[0].setup)
    by_hand = [scaled(of, costs()[job.setup.name, "full"]) for job in jobs]
    assert found.seconds == pytest.approx(sum(by_hand))


def test_an_earlier_result_on_the_same_task_counts_as_it_is(tmp_path: Path) -> None:
    jobs = jobs_on(write_task(tmp_path / "task"))
    card = jobs[0].folder.card
    found = estimated(jobs[:1], [result(jobs[0], 12.5)], {card.digest: card})
    assert (found.seconds, found.here, found.elsewhere) == (12.5, 1, 0)


def test_one_on_another_task_counts_by_its_work(tmp_path: Path) -> None:
    small, large = (jobs_on(write_task(tmp_path / name, size=size))[0]
                    for name, size in (("small", 12), ("large", 24)))  # fmt: skip
    card = small.folder.card
    found = estimated([large], [result(small, 3.0)], {card.digest: card})
    ratio = work(large.folder.card, large.setup) / work(card, small.setup)
    assert ratio > 1
    assert found.seconds == pytest.approx(3 * ratio)


def test_costs_are_of_methods_that_there_are() -> None:
    assert {name for name, _ in costs()} <= set(CATALOGUE)
    assert all(work > 0 and seconds >= 0 for of in costs().values() for work, seconds in of)
