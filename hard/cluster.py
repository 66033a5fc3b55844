"""A Dask cluster whose workers and scheduler are killed in mid-run: the same bytes in the end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from hard.attack import Skipped, Trial
from hard.measured import family
from hard.process import Ended, end, environment, last_line, run, started, whorl
from hard.scale import draw

SHAPE = (2000, 20, 16)  # generated images, candidates, and pixels a side
STEP = 0.02  # seconds between two looks
PATIENCE = 180.0  # seconds for what has to happen
LONGEST = 3600.0  # seconds that a command may take


@dataclass
class Cluster:
    """A scheduler and its workers, each under a nanny, in processes of their own.

    Attributes
    ----------
    folder : path
        Where they keep what they write.
    port : int
        The scheduler's.
    workers : int
        How many there are.
    """

    folder: Path
    port: int
    workers: int
    scheduler: subprocess.Popen[str] | None = field(default=None)
    nannies: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The scheduler's address."""
        return f"tcp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the scheduler, and the workers as soon as it answers."""
        self.scheduler = self._started("scheduler", "--host", "127.0.0.1", "--port", self.port)
        _until(self._answers, "the scheduler does not answer")
        for _ in range(self.workers):
            self.nannies.append(
                self._started("worker", self.address, "--nworkers", 1, "--nthreads", 1,
                              "--local-directory", self.folder / "dask")
            )  # fmt: skip
        _until(lambda: all(self.children()), "the workers do not start")

    def children(self) -> list[list[int]]:
        """Return the processes that each nanny has started."""
        return [list(family(nanny.pid))[1:] for nanny in self.nannies]

    def stop(self) -> None:
        """Kill all of it."""
        for process in (self.scheduler, *self.nannies):
            if process is not None:
                end(process)
                process.communicate()
        self.scheduler, self.nannies = None, []

    def _started(self, part: str, *words: object) -> subprocess.Popen[str]:
        """Start a part of Dask."""
        command = [sys.executable, "-m", f"distributed.cli.dask_{part}", *map(str, words)]
        env = environment(self.folder)
        with (self.folder / f"{part}.log").open("ab") as log:
            return subprocess.Popen(
                [*command, "--no-dashboard"], env=env, stdout=log, stderr=log,
                text=True, start_new_session=True,
            )  # fmt: skip

    def _answers(self) -> bool:
        """Tell whether something listens at the port."""
        with socket.socket() as own:
            return own.connect_ex(("127.0.0.1", self.port)) == 0


def cluster(
    folder: Path, random: Random, count: int, shape: tuple[int, int, int] = SHAPE
) -> Iterator[Trial]:
    """Kill parts of a cluster while whorl runs on it, and compare with a run on this machine."""
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise Skipped("Dask is not installed: pip install 'whorl-audit[dask]'") from None
    test = folder / "test"
    generated, candidates, size = shape
    draw(test / "generated", generated, size, seed=1)
    draw(test / "real_unknown", candidates, size, seed=2)
    alone = folder / "alone"
    ended = run(*_words(test, alone), "--threads", 1, env=environment(alone), limit=LONGEST)
    if ended.status:
        raise RuntimeError(f"whorl run ended with {ended.status}: {ended.err}")
    wanted, tiles = _bytes(alone), len(list((alone / "cache").rglob("*.array")))
    for k in range(count):
        what, attempt = KINDS[k % len(KINDS)]
        place = folder / f"try_{k}"
        place.mkdir()
        with cluster_of(place, 4) as own:
            after = random.randint(tiles // 6, tiles // 2)
            yield Trial(f"{what} after {after} of {tiles} tiles", attempt(own, test, after, wanted))
        shutil.rmtree(place)


@contextmanager
def cluster_of(folder: Path, workers: int) -> Iterator[Cluster]:
    """Start a cluster for the block."""
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        port = own.getsockname()[1]
    running = Cluster(folder, port, workers)
    try:
        running.start()
        yield running
    finally:
        running.stop()


def _words(test: Path, place: Path) -> list[object]:
    """Return the command, but for where it computes."""
    out = ["--out", place / "run.csv", "--scores", place / "scores.csv"]
    return ["run", "whorl", "--test", test, *out, "-q"]


def _bytes(place: Path) -> tuple[bytes, bytes]:
    """Return what a command has written."""
    return (place / "run.csv").read_bytes(), (place / "scores.csv").read_bytes()


def _while_running(
    own: Cluster, test: Path, after: int, meanwhile: Callable[[subprocess.Popen[str]], None]
) -> Ended:
    """Run whorl on a cluster, and do something once so many tiles are kept."""
    env = environment(own.folder)
    command = whorl(*_words(test, own.folder), "--scheduler", own.address)
    with started(command, env) as process:
        cache = own.folder / "cache"
        _until(
            lambda: process.poll() is not None or len(list(cache.rglob("*.array"))) >= after,
            "no tile is kept",
            LONGEST,
        )
        if process.poll() is None:
            meanwhile(process)
        try:
            out, err = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            end(process)
            out, err = process.communicate()
            return Ended(process.returncode, out, f"waits for ever; {err}")
    return Ended(process.returncode, out, err)


def _same(own: Cluster, ended: Ended, wanted: tuple[bytes, bytes]) -> str:
    """Return what is wrong with a run that has to be as on one machine."""
    if ended.status:
        return f"exit status {ended.status}: {last_line(ended.err)}"
    return "" if _bytes(own.folder) == wanted else "the result differs"


def _worker(own: Cluster, test: Path, after: int, wanted: tuple[bytes, bytes]) -> str:
    """Kill one worker, which its nanny starts anew."""
    killed = own.children()[0]
    ended = _while_running(own, test, after, lambda _: _kill(killed))
    return _same(own, ended, wanted)


def _nanny(own: Cluster, test: Path, after: int, wanted: tuple[bytes, bytes]) -> str:
    """Kill one worker with its nanny, so that it stays away."""
    ended = _while_running(own, test, after, lambda _: end(own.nannies[0]))
    return _same(own, ended, wanted)


def _every_worker(own: Cluster, test: Path, after: int, wanted: tuple[bytes, bytes]) -> str:
    """Kill all workers at once; their nannies start them anew."""
    killed = [pid for of_one in own.children() for pid in of_one]
    ended = _while_running(own, test, after, lambda _: _kill(killed))
    return _same(own, ended, wanted)


def _scheduler(own: Cluster, test: Path, after: int, wanted: tuple[bytes, bytes]) -> str:
    """Kill the scheduler; start it anew with its workers, and give the command again."""

    def meanwhile(_: subprocess.Popen[str]) -> None:
        own.stop()

    ended = _while_running(own, test, after, meanwhile)
    if ended.status and (fault := ended.fault):
        return f"without a scheduler: {fault}"
    kept = set((own.folder / "cache").rglob("*.array"))
    own.start()
    again = _while_running(own, test, 0, lambda _: None)
    if not kept <= set((own.folder / "cache").rglob("*.array")):
        return "what was computed is no longer kept"
    return _same(own, again, wanted)


def _client(own: Cluster, test: Path, after: int, wanted: tuple[bytes, bytes]) -> str:
    """Kill whorl itself, and give the command again on the same cluster."""
    _while_running(own, test, after, end)
    return _same(own, _while_running(own, test, 0, lambda _: None), wanted)


KINDS = (
    ("a worker killed", _worker),
    ("the scheduler killed and restarted", _scheduler),
    ("a worker killed with its nanny", _nanny),
    ("all workers killed", _every_worker),
    ("whorl itself killed", _client),
)


def _kill(pids: list[int]) -> None:
    """Kill processes that this cluster has started."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _until(happened: Callable[[], bool], fault: str, patience: float = PATIENCE) -> None:
    """Wait until something has happened.

    Raises
    ------
    RuntimeError
        If it takes too long.
    """
    end_of_patience = time.monotonic() + patience
    while not happened():
        if time.monotonic() > end_of_patience:
            raise RuntimeError(fault)
        time.sleep(STEP)
