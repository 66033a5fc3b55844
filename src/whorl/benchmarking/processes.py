"""Jobs in processes of their own: memory is told truly, and a killed one ends no other."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

from whorl.benchmarking.jobs import Job
from whorl.benchmarking.running import attempt, without_result
from whorl.benchmarking.store import Store
from whorl.compute import Compute

WORKING = "whorl.benchmarking.running"  # loaded once, for all processes
KILLED = "its process was ended by signal {}: the memory may not have sufficed"
ENDED = "its process ended with status {} and left nothing"


def run_all(
    jobs: Sequence[Job],
    store: Store,
    settings: Compute,
    *,
    at_once: int,
    seen: Callable[[int, Sequence[Job]], None],
) -> None:
    """Run jobs, some at once, each in a process of its own.

    Parameters
    ----------
    jobs : sequence of Job
        In the order in which they begin.
    store : Store
        Takes results, and why there are none.
    settings : Compute
        Where each computes.
    at_once : int
        How many run at once, at least 1.
    seen : callable
        ``seen(ended, running)``: so many jobs have ended since the last call, these are running.
    """
    waiting = list(reversed(jobs))
    running: dict[int, tuple[BaseProcess, Job]] = {}
    ended = 0
    with _ended(running):
        while waiting or running:
            while waiting and len(running) < at_once:
                job = waiting.pop()
                process = _started(job, store, settings)
                running[process.sentinel] = (process, job)
            seen(ended, [job for _, job in running.values()])
            ready = [sentinel for sentinel in wait(list(running)) if isinstance(sentinel, int)]
            for sentinel in ready:
                process, job = running.pop(sentinel)
                process.join()
                _mourn(process, job, store)
            ended = len(ready)
        seen(ended, [])


def _started(job: Job, store: Store, settings: Compute) -> BaseProcess:
    """Start a job's process."""
    if sys.platform == "win32":
        spawning = multiprocessing.get_context("spawn")
        process: BaseProcess = spawning.Process(target=_work, args=(job, store, settings))
    else:
        forking = multiprocessing.get_context("forkserver")
        forking.set_forkserver_preload([WORKING])
        process = forking.Process(target=_work, args=(job, store, settings))
    process.daemon = True
    process.start()
    return process


def _work(job: Job, store: Store, settings: Compute) -> None:
    """Do a job; the parent hears of an interrupt by itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    attempt(job, store, settings)


def _mourn(process: BaseProcess, job: Job, store: Store) -> None:
    """Write why a job's process left nothing, if that is so."""
    code = process.exitcode or 0
    if code:
        store.lament(without_result(job, KILLED.format(-code) if code < 0 else ENDED.format(code)))


@contextmanager
def _ended(running: dict[int, tuple[BaseProcess, Job]]) -> Iterator[None]:
    """End what is still running when the block is left by an error."""
    try:
        yield
    finally:
        for process, _ in running.values():
            process.terminate()
            process.join()
