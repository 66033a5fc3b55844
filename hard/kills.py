"""Commands killed at drawn moments, and given again: they end as if nothing had happened."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import NamedTuple

from hard.attack import Trial
from hard.commands import COMMANDS, Command, Outputs, differences, draw, outputs
from hard.process import end, environment, last_line, run, started, whorl

EARLIEST, LATEST = 0.2, 0.98  # shares of the unbroken run's time between which it is killed


class Unbroken(NamedTuple):
    """How a command ends when nothing happens."""

    seconds: float
    outputs: Outputs


def kills(folder: Path, random: Random, count: int) -> Iterator[Trial]:
    """Kill one command after the other at drawn moments, and give each again."""
    given = draw(folder / "given")
    known: dict[str, Unbroken] = {}
    for k in range(count):
        command = COMMANDS[k % len(COMMANDS)]
        if command.name not in known:
            known[command.name] = _unbroken(command, given, folder / "unbroken")
        share = random.uniform(EARLIEST, LATEST)
        place = folder / f"try_{k}"
        fault = _killed(command, given, place, share, known[command.name])
        yield Trial(f"{command.name} killed at {share:.0%} of its time", fault)
        shutil.rmtree(place)


def _unbroken(command: Command, given: Path, place: Path) -> Unbroken:
    """Run a command without interruption."""
    began = time.monotonic()
    ended = run(*command.words(given, place / "out"), env=environment(place))
    seconds = time.monotonic() - began
    if ended.status:
        raise RuntimeError(f"{command.name} ended with {ended.status}: {ended.err}")
    found = outputs(place / "out")
    shutil.rmtree(place)
    return Unbroken(seconds, found)


def _killed(command: Command, given: Path, place: Path, share: float, unbroken: Unbroken) -> str:
    """Kill a command after a share of its time, and return what is wrong with what comes of it."""
    after, wanted = share * unbroken.seconds, unbroken.outputs
    out, env = place / "out", environment(place)
    words = command.words(given, out)
    with started(whorl(*words), env) as process:
        with suppress(subprocess.TimeoutExpired):
            process.wait(after)
        end(process)
        process.communicate()
    if process.returncode == 0:  # it was done before: then it must be whole
        return differences(outputs(out), wanted)
    if fault := _half_written(command, out, wanted):
        return fault
    ended = run(*words, *command.again, env=env)
    if ended.status:
        return f"given again it ends with {ended.status}: {last_line(ended.err)}"
    return differences(outputs(out), wanted)


def _half_written(command: Command, out: Path, wanted: Outputs) -> str:
    """Return which files stand under a final name with other content than they are to have."""
    left = outputs(out, command.volatile) if out.exists() else {}
    wrong = [name for name, content in left.items() if wanted.get(name, content) != content]
    return f"half written: {', '.join(wrong)}" if wrong else ""
