"""One job: read the task, score, decide, and keep what came of it."""

from __future__ import annotations

import platform
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

import numpy as np

from whorl.benchmarking.jobs import Job
from whorl.benchmarking.result import Cost, Failure, Result
from whorl.benchmarking.store import Store
from whorl.cache import Cache, default_folder
from whorl.compute import Compute, available_cores, computing, current
from whorl.errors import WhorlError
from whorl.files import without_paths
from whorl.version import __version__

RECORDED = ("numpy", "scipy", "numba", "scikit-image", "scikit-learn", "pillow", "torch", "timm")
MEGABYTE = 10**6


def run_job(job: Job) -> Result:
    """Run a job in this process and return its result.

    Raises
    ------
    WhorlError
        If its task cannot be read, or the method cannot score it.
    """
    started, worked = time.perf_counter(), time.process_time()
    view = job.view()
    scores, decisions = job.entry.run(view, seed=job.seed)
    null = None
    if view.reference is not None and scores.null is not None:
        null = dict(zip(view.reference.ids, scores.null.tolist(), strict=True))
    settings = current()
    cost = Cost(
        seconds=round(time.perf_counter() - started, 3),
        cpu_seconds=round(time.process_time() - worked, 3),
        peak_mb=peak_megabytes(),
        device=settings.place,
        threads=settings.threads or available_cores(),
    )
    return Result(
        key=job.key,
        task=job.task,
        setup=job.setup,
        seed=job.seed,
        method=job.method,
        rule=repr(job.entry.rule),
        paper_f1=job.entry.paper_f1,
        used=dict(zip(decisions.ids, decisions.used.tolist(), strict=True)),
        scores=dict(zip(scores.ids, scores.values.tolist(), strict=True)),
        null=null,
        threshold=float(decisions.threshold) if np.isfinite(decisions.threshold) else None,
        notes=decisions.warnings,
        cost=cost,
        versions=versions(),
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def attempt(job: Job, store: Store, settings: Compute) -> bool:
    """Run a job, and keep its result or why there is none; tell whether there is one.

    Whatever goes wrong is a reason like another: one method's fault must not end a benchmark.
    """
    try:
        with computing(settings):
            store.keep(run_job(job))
    except WhorlError as error:
        store.lament(without_result(job, str(error)))
    except MemoryError:
        store.lament(without_result(job, "the memory does not suffice"))
    except Exception as error:  # a method's own fault
        store.lament(without_result(job, f"{type(error).__name__}: {error}"))
    else:
        return True
    return False


def without_result(job: Job, reason: str = "") -> Failure:
    """Return the record of a job that failed for a reason, or that an obstacle keeps from starting.

    Of paths in reason and command the last name stays: leaderboards and who is handed the folder
    see them.
    """
    kind: Literal["skipped", "failed"] = "failed" if reason else "skipped"
    return Failure(
        key=job.key,
        task=job.task,
        setup=job.setup,
        seed=job.seed,
        kind=kind,
        reason=without_paths(reason or job.obstacle).strip(),
        command=without_paths(job.command),
    )


def compute_for(device: str, jobs: int, *, cached: bool) -> Compute:
    """Return where each of several jobs at once computes: they share the cores."""
    threads = max(1, available_cores() // jobs)
    return Compute(threads, Cache(default_folder()) if cached else None, device=device)


def peak_megabytes() -> float | None:
    """Return the greatest resident memory of this process so far; None on Windows."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / MEGABYTE, 1)


def versions() -> dict[str, str]:
    """Return the versions of Python, whorl and the libraries that compute."""
    found = {"python": platform.python_version(), "whorl": __version__}
    for name in RECORDED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
