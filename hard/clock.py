"""Clocks set back, and files from the future: results do not depend on what time it is."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from hard.attack import Trial
from hard.commands import COMMANDS, Command, Outputs, differences, draw, outputs
from hard.process import environment, last_line, run

NAMES = ("audit", "run", "benchmark")
YEAR = 365 * 24 * 3600
PATCH = '''
"""A clock that is off by some seconds, and jumps back by as much again after some calls."""
import builtins, datetime, itertools, time, types
_calls, _off, _after = itertools.count(), {off}, {after}
_time, _time_ns, _import = time.time, time.time_ns, builtins.__import__
def _shift():
    return _off * (1 + (next(_calls) > _after))
time.time = lambda: _time() + _shift()
time.time_ns = lambda: _time_ns() + _shift() * 10**9
class _Datetime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.fromtimestamp(time.time(), tz)
_module = types.SimpleNamespace(**dict(vars(datetime), datetime=_Datetime))
def _imported(name, globals=None, *rest, **named):
    found = _import(name, globals, *rest, **named)
    of_whorl = name == "datetime" and (globals or dict()).get("__name__", "").startswith("whorl")
    return _module if of_whorl else found  # compiled modules cannot bear another datetime
builtins.__import__ = _imported
'''


def clock(folder: Path, random: Random, count: int) -> Iterator[Trial]:
    """Run commands with clocks set back, in mid-run too, and with files from any time."""
    given = draw(folder / "given")
    commands = [command for command in COMMANDS if command.name in NAMES]
    wanted: dict[str, Outputs] = {}
    for k in range(count):
        command = commands[k % len(commands)]
        place = folder / f"try_{k}"
        if command.name not in wanted:
            wanted[command.name] = _unbroken(command, given, folder / "whole")
        off = -random.choice((3600, YEAR, 20 * YEAR))
        fault = _fault(command, given, place, off, random, wanted[command.name])
        yield Trial(f"{command.name} with the clock set back by {-off:,} s", fault)
        shutil.rmtree(place)


def _unbroken(command: Command, given: Path, place: Path) -> Outputs:
    """Run a command with the right clock."""
    ended = run(*command.words(given, place / "out"), env=environment(place))
    if ended.status:
        raise RuntimeError(f"{command.name} ended with {ended.status}: {ended.err}")
    found = outputs(place / "out")
    shutil.rmtree(place)
    return found


def _fault(
    command: Command, given: Path, place: Path, off: int, random: Random, wanted: Outputs
) -> str:
    """Run a command once rightly, so that the cache is of the future, then with the clock back."""
    env = environment(place)
    before = run(*command.words(given, place / "before"), env=env)
    if before.status:
        return f"exit status {before.status}: {last_line(before.err)}"
    for file in (*given.rglob("*"), *(place / "cache").rglob("*")):
        when = time.time() + random.choice((-20 * YEAR, -1, 3600, 10 * YEAR))
        os.utime(file, (when, when))
    patched = place / "clock"
    patched.mkdir()
    code = PATCH.format(off=off, after=random.randint(0, 30))
    (patched / "sitecustomize.py").write_text(code, "utf-8")
    path = os.pathsep.join([str(patched), env["PYTHONPATH"]])
    ended = run(*command.words(given, place / "out"), env={**env, "PYTHONPATH": path})
    if ended.status:
        return f"exit status {ended.status}: {last_line(ended.err)}"
    return differences(outputs(place / "out"), wanted)
