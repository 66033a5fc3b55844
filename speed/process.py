"""Fresh processes: each measurement has its own, and shares no threads and no memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")


class ProcessError(Exception):
    """A measurement failed; the message is the last line that it wrote."""


def json_of(module: str, arguments: Sequence[str], threads: int | None = None) -> dict[str, Any]:
    """Run a module in a fresh process and return the JSON object that it prints.

    Libraries are told to use so many threads, if it is given.

    Raises
    ------
    ProcessError
        If it fails.
    """
    environment = os.environ | ({} if threads is None else dict.fromkeys(THREADS, str(threads)))
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[1],
        check=False,
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise ProcessError(lines[-1])
    printed: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return printed


def pin_to_cores(cores: int) -> None:
    """Keep this process on so many cores, where the system allows it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-cores:])


def peak_memory() -> int:
    """Return the most memory that this process has held, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
