"""A command's seconds and memory, those of its children with it."""

from __future__ import annotations

import resource
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

INTERVAL = 0.1  # seconds between two looks at the memory
PROCESSES = Path("/proc")


class Measured(NamedTuple):
    """What a command took.

    Attributes
    ----------
    status : int
        Its exit status.
    seconds : float
        Wall time.
    processor : float
        Seconds of processor time of it and of the children that it waited for: what the machine
        does besides bears little on it.
    memory : int
        The most bytes that all its processes held at one time (RSS; pages that several share count
        for each).
    largest : int
        The most that one process held.
    said : str
        The end of what it wrote.
    """

    status: int
    seconds: float
    processor: float
    memory: int
    largest: int
    said: str


def measured(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Measured:
    """Run a command and watch its memory, on Linux.

    Parameters
    ----------
    command : sequence of str
        What is run.
    environment : mapping of str to str
        All of it.
    log : path
        Takes what it writes.
    """
    memory = largest = 0
    began, spent = time.monotonic(), _spent()
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, env=dict(environment), stdout=file, stderr=subprocess.STDOUT
        )
        while process.poll() is None:
            held = [resident(pid) for pid in family(process.pid)]
            memory, largest = max(memory, sum(held)), max(largest, *held, 0)
            time.sleep(INTERVAL)
    seconds = time.monotonic() - began
    said = log.read_text("utf-8")[-2000:]
    return Measured(process.returncode, seconds, _spent() - spent, memory, largest, said)


def _spent() -> float:
    """Return the processor time of the children that have ended."""
    taken = resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken.ru_utime + taken.ru_stime


def family(pid: int) -> Iterator[int]:
    """Yield a process and all its descendants that run now."""
    yield pid
    for listing in PROCESSES.glob(f"{pid}/task/*/children"):
        try:
            children = listing.read_text("ascii").split()
        except OSError:  # it has ended
            continue
        for child in children:
            yield from family(int(child))


def resident(pid: int) -> int:
    """Return the bytes that a process holds in memory; 0 of one that has ended."""
    try:
        status = (PROCESSES / str(pid) / "status").read_text("utf-8")
    except OSError:
        return 0
    for line in status.splitlines():
        if line.startswith("VmRSS:"):
            return 1024 * int(line.split()[1])
    return 0
