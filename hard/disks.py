"""Full disks, read-only disks and files that may not grow: whole outputs or a named error."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from hard.attack import Skipped, Trial
from hard.commands import COMMANDS, Command, Outputs, differences, draw, outputs
from hard.process import Ended, environment, last_line, run

BLOCK = 512  # bytes, in which ulimit counts
QUICK = ("audit", "run")  # commands of a few seconds
ROOM = 64  # MiB that are enough


def disks(folder: Path, random: Random, count: int) -> Iterator[Trial]:
    """Let whorl meet disks on which too little, or nothing, can be written."""
    given = draw(folder / "given")
    commands = [command for command in COMMANDS if command.name in QUICK]
    wanted = {
        command.name: _unbroken(command, given, folder / command.name) for command in commands
    }
    for k in range(count):
        command = commands[k % len(commands)]
        place = folder / f"try_{k}"
        place.mkdir()
        kind, attempt = KINDS[k // len(commands) % len(KINDS)]
        try:
            fault = attempt(command, given, place, random, wanted[command.name])
        except Skipped:
            fault = _limited(command, given, place, random, wanted[command.name])
            kind = "files that may not grow"
        yield Trial(f"{command.name} with {kind}", fault)
        shutil.rmtree(place)


@contextmanager
def mounted(place: Path, kib: int) -> Iterator[Path]:
    """Mount a disk in memory of so many KiB; it may be made read-only within the block.

    Raises
    ------
    Skipped
        If this user may not mount.
    """
    place.mkdir(parents=True, exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(words, capture_output=True).returncode:
        raise Skipped("mounting a disk in memory takes root")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True, capture_output=True)


def read_only(place: Path) -> None:
    """Make a mounted disk read-only."""
    subprocess.run(
        ["mount", "-o", "remount,ro", str(place)],
        check=True,
        capture_output=True,
    )


def _unbroken(command: Command, given: Path, place: Path) -> Outputs:
    """Run a command where there is room."""
    ended = run(*command.words(given, place / "out"), env=environment(place))
    if ended.status:
        raise RuntimeError(f"{command.name} ended with {ended.status}: {ended.err}")
    return outputs(place / "out")


def _full_output(
    command: Command, given: Path, place: Path, random: Random, wanted: Outputs
) -> str:
    """Write the output to a disk that is too small, then make room."""
    kib = 4 * random.randint(1, 3)
    with mounted(place / "disk", kib) as disk:
        out = disk / "out"
        fault = _refused(run(*command.words(given, out), env=environment(place)), out, wanted)
        if fault:
            return fault
        subprocess.run(
            ["mount", "-o", f"remount,size={ROOM}m", str(disk)],
            check=True,
            capture_output=True,
        )
        return _whole(run(*command.words(given, out), env=environment(place)), out, wanted)


def _full_cache(command: Command, given: Path, place: Path, random: Random, wanted: Outputs) -> str:
    """Keep the cache on a disk that is too small: a warning, and the same result."""
    with mounted(place / "cache", 4 * random.randint(1, 4)):
        return _whole(run(*command.words(given, place / "out"), env=environment(place)),
                      place / "out", wanted)  # fmt: skip


def _read_only_output(
    command: Command,
    given: Path,
    place: Path,
    random: Random,  # noqa: ARG001
    wanted: Outputs,
) -> str:
    """Write the output to a disk that is read-only."""
    with mounted(place / "disk", 1024) as disk:
        read_only(disk)
        out = disk / "out"
        return _refused(run(*command.words(given, out), env=environment(place)), out, wanted)


def _read_only_cache(
    command: Command,
    given: Path,
    place: Path,
    random: Random,  # noqa: ARG001
    wanted: Outputs,
) -> str:
    """Keep the cache on a disk that is read-only, with a damaged entry if there are any."""
    with mounted(place / "cache", 1024 * ROOM) as disk:
        first = run(*command.words(given, place / "first"), env=environment(place))
        if fault := _whole(first, place / "first", wanted):
            return fault
        for entry in [file for file in sorted(disk.rglob("*")) if file.is_file()][:1]:
            entry.write_bytes(entry.read_bytes()[:-5])
        read_only(disk)
        return _whole(run(*command.words(given, place / "out"), env=environment(place)),
                      place / "out", wanted)  # fmt: skip


def _limited(command: Command, given: Path, place: Path, random: Random, wanted: Outputs) -> str:
    """Let no file grow beyond some bytes, then lift the bound."""
    out = place / "out"
    before = f"ulimit -f {random.randint(0, 3)}"
    ended = run(*command.words(given, out), env=environment(place), before=before)
    if fault := _refused(ended, out, wanted):
        return fault
    return _whole(run(*command.words(given, out), env=environment(place)), out, wanted)


KINDS = (
    ("a full disk for its output", _full_output),
    ("a full disk for its cache", _full_cache),
    ("a read-only disk for its output", _read_only_output),
    ("a read-only disk for its cache", _read_only_cache),
    ("files that may not grow", _limited),
)


def _refused(ended: Ended, out: Path, wanted: Outputs) -> str:
    """Return what is wrong with a command that had too little room; it may just have had enough."""
    if ended.status == 0:
        return differences(outputs(out), wanted)
    if fault := ended.fault:
        return fault
    left = outputs(out) if out.exists() else {}
    wrong = [name for name, content in left.items() if wanted.get(name) != content]
    return f"half written: {', '.join(wrong)}" if wrong else ""


def _whole(ended: Ended, out: Path, wanted: Outputs) -> str:
    """Return what is wrong with a command that had to succeed."""
    if ended.status:
        return f"exit status {ended.status}: {last_line(ended.err)}"
    return differences(outputs(out), wanted)
