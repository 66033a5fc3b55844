"""One job in this process: whatever goes wrong is a reason like another."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.benchmarking.worlds import write_task
from whorl.benchmarking.cards import survey
from whorl.benchmarking.estimate import estimated
from whorl.benchmarking.jobs import Asked, Job, planned
from whorl.benchmarking.running import attempt, compute_for, peak_megabytes, run_job, versions
from whorl.benchmarking.store import Store
from whorl.compute import Compute
from whorl.errors import ScoreError
from whorl.methods import Method, Scores
from whorl.runs import entry
from whorl.tasks.view import View


@dataclass(frozen=True)
class Failing(Method):
    """Fails with an error."""

    error: type[Exception]

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        raise self.error("no good")


def job_of(tmp_path: Path, method: Method | None = None, policy: str = "auto") -> Job:
    folder = survey(write_task(tmp_path / "task"))
    chosen = entry("nearest-correlation")
    if method is not None:
        chosen = replace(chosen, method=method)
    (job,) = planned([folder], [chosen], Asked(reference=policy))  # type: ignore[arg-type]
    return job


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ScoreError, "no good"),
        (MemoryError, "the memory does not suffice"),
        (KeyError, "KeyError: 'no good'"),
    ],
)
def test_an_error_becomes_a_reason(tmp_path: Path, error: type[Exception], reason: str) -> None:
    store = Store(tmp_path / "out")
    assert not attempt(job_of(tmp_path, Failing(error)), store, Compute())
    (failure,) = store.failures()
    assert (failure.kind, failure.reason) == ("failed", reason)


def test_a_result_takes_the_reason_away(tmp_path: Path) -> None:
    store, job = Store(tmp_path / "out"), job_of(tmp_path)
    assert not attempt(replace(job, entry=job_of(tmp_path / "b", Failing(KeyError)).entry),
                       store, Compute())  # fmt: skip
    assert attempt(job, store, Compute(threads=1))
    (result,) = store.results()
    assert result.cost is not None
    assert result.cost.threads == 1
    assert result.key == job.key


def test_unused_development_images_can_be_the_reference(tmp_path: Path) -> None:
    job = job_of(tmp_path, policy="not_used")
    result = run_job(job)
    assert job.setup.reference == "not_used"
    assert len(result.null or {}) == 8


def test_jobs_at_once_share_the_cores() -> None:
    assert compute_for("cpu", 10_000, cached=False).threads == 1
    assert compute_for("cpu", 1, cached=False).cache is None
    assert compute_for("cpu", 1, cached=True).cache is not None


def test_memory_is_not_told_where_the_system_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)
    assert peak_megabytes() is None


def test_libraries_that_are_absent_have_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whorl.benchmarking.running.RECORDED", ("numpy", "no-such-library"))
    assert set(versions()) == {"python", "whorl", "numpy"}


def test_time_is_judged_by_like_jobs_and_scaled_to_others(tmp_path: Path) -> None:
    job = job_of(tmp_path)
    result = run_job(job)
    assert result.cost is not None
    took = result.model_copy(update={"cost": result.cost.model_copy(update={"seconds": 8.0})})
    cards = {job.task: job.folder.card}
    same = estimated([job, job], [took], cards)
    assert (same.seconds, same.here, same.unknown) == (16.0, 2, 0)
    bigger = job.folder.card.model_copy(
        update={"digest": "f" * 64, "generated": 3 * job.folder.card.generated}
    )
    other = replace(job, folder=replace(job.folder, card=bigger))
    assert estimated([other], [took], cards).seconds == pytest.approx(24.0)
    unlike = replace(job, setup=job.setup.model_copy(update={"budget": "fast"}))
    assert estimated([unlike], [took], cards) == estimated([unlike], [], {})
    assert estimated([unlike], [took], cards).unknown == 1
