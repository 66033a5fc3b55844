"""whorl's commands in processes of their own, out of reach of the user's cache and home."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
TRACEBACK = "Traceback (most recent call last)"
LIMIT = 600.0  # seconds that a command may take


class Ended(NamedTuple):
    """How a command ended.

    Attributes
    ----------
    status : int
        Its exit status; minus the signal's number where one ended it.
    out, err : str
        What it wrote.
    """

    status: int
    out: str
    err: str

    @property
    def fault(self) -> str:
        """What is wrong with how it failed: empty after an error in plain words that ends in 1."""
        if TRACEBACK in self.err:
            return f"a traceback: {last_line(self.err)}"
        if self.status != 1 or not self.err.strip():
            return f"exit status {self.status}: {last_line(self.err) or 'nothing said'}"
        return ""


def whorl(*words: object) -> list[str]:
    """Return the command line of a whorl command.

    Examples
    --------
    >>> whorl("cache", "info")[1:]
    ['-m', 'hard.whorl', 'cache', 'info']
    """
    return [sys.executable, "-m", "hard.whorl", *map(str, words)]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return an environment in which whorl keeps its cache in a folder, and one thread each."""
    code = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    own = {
        "PYTHONPATH": code,
        "WHORL_CACHE": str(folder / "cache"),
        "PYTHONWARNINGS": "default",
        "OMP_WAIT_POLICY": "passive",
    }
    return os.environ | dict.fromkeys(THREADS, "1") | own | more


def run(*words: object, env: Mapping[str, str], limit: float = LIMIT, before: str = "") -> Ended:
    """Run a whorl command to its end.

    Parameters
    ----------
    *words : object
        Its words, after ``whorl``.
    env : mapping of str to str
        Its environment.
    limit : float
        Seconds after which it is killed, with an exit status of −9.
    before : str
        Shell commands that come first in its process, such as ``ulimit -f 100``.
    """
    command = whorl(*words)
    if before:
        command = ["sh", "-c", f'{before}; exec "$@"', "sh", *command]
    with started(command, env) as process:
        try:
            out, err = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            end(process)
            out, err = process.communicate()
        except BaseException:
            end(process)
            raise
    return Ended(process.returncode, out, err)


def started(command: list[str], env: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start a command in a process group of its own."""
    return subprocess.Popen(
        command,
        env=dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    )


def end(process: subprocess.Popen[str]) -> None:
    """Kill a process that was started, and all of its group, at once."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        process.wait()


def last_line(text: str) -> str:
    r"""Return the last line that is not empty.

    Examples
    --------
    >>> last_line("one\ntwo\n\n")
    'two'
    """
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""
