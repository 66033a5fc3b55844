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

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)


class ProcessError(Exception):
    """A measurement failed; the message is the last line that it wrote."""


def json_of(module: str, arguments: Sequence[str], *, one_thread: bool) -> dict[str, Any]:
    """Run a module in a fresh process and return the JSON object that it prints.

    Raises
    ------
    ProcessError
        If it fails.
    """
    environment = os.environ | (ONE_THREAD if one_thread else {})
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


def pin_to_one_core() -> None:
    """Keep this process on one core, where the system allows it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def peak_memory() -> int:
    """Return the most memory that this process has held, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
