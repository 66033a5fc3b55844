"""Time and peak memory of one library, in a process of its own.

``python -m speed.measure LIBRARY WINDOW FOLDER QUICK CORES`` measures and prints JSON;
`measured` starts it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from speed.images import different_images, many_images
from speed.libraries import LIBRARIES, Compare, Window
from speed.process import json_of, peak_memory, pin_to_cores
from whorl.compute import available_cores

ROWS, COLUMNS = 128, 64
COMPARED_ROWS = 2  # whose values are held against scikit-image's
TRIED = 32  # pairs that each way is tried on
REPEATS = 3


class Measurement(NamedTuple):
    """What was measured of one library.

    Attributes
    ----------
    way : str
        The fastest of the library's ways to compare.
    tried : dict of str to float
        Microseconds for one pair by each way, from a short trial.
    pairs : int
        How many pairs were compared at a time.
    microseconds : float
        For one pair, everything included; the least of several repetitions. On one core it is
        processor time, on several it is time by the clock.
    values : list of list of float
        The SSIMs of the first two rows.
    peak_bytes : int
        Of the whole process.
    """

    way: str
    tried: dict[str, float]
    pairs: int
    microseconds: float
    values: list[list[float]]
    peak_bytes: int


def measured(
    library: str, window: Window, folder: Path | None, *, quick: bool, cores: int
) -> Measurement:
    """Measure one library in a fresh process that may use so many cores.

    Raises
    ------
    ProcessError
        If the library fails.
    """
    arguments = [library, window, str(folder or ""), "quick" if quick else "", str(cores)]
    return Measurement(**json_of("speed.measure", arguments, cores))


def measure(
    ways: Mapping[str, Compare], a: NDArray[np.uint8], b: NDArray[np.uint8], seconds: float
) -> Measurement:
    """Find the fastest way, then time it on so many rows of `a` that it takes about `seconds`.

    Parameters
    ----------
    ways : mapping of str to callable
        Ways to compare, by name.
    a, b : ndarray of uint8, shapes (n, height, width) and (m, height, width)
        Images.
    seconds : float
        Of one repetition.
    """
    few = b[:TRIED]
    tried = {
        way: _least_seconds(compare, a[:1], few, 2) / len(few) * 1e6
        for way, compare in ways.items()
    }
    way = min(tried, key=tried.__getitem__)
    rows = COMPARED_ROWS
    while rows < len(a) and _least_seconds(ways[way], a[:rows], b, 1) < seconds / 2:
        rows = min(2 * rows, len(a))
    least = _least_seconds(ways[way], a[:rows], b, REPEATS)
    pairs = rows * len(b)
    values = np.asarray(ways[way](a[:COMPARED_ROWS], b), float)
    return Measurement(way, tried, pairs, least / pairs * 1e6, values.tolist(), peak_memory())


def _least_seconds(
    compare: Compare, a: NDArray[np.uint8], b: NDArray[np.uint8], repeats: int
) -> float:
    """Return the least time of several repetitions, after one that is not timed."""
    compare(a[:1], b[:1])
    return min(_seconds(lambda: compare(a, b)) for _ in range(repeats))


def _seconds(work: Callable[[], Any]) -> float:
    """Return how long a piece of work takes; on one core, whatever else the core is doing."""
    clock = time.process_time if available_cores() == 1 else time.perf_counter
    started = clock()
    work()
    return clock() - started


def main(library: str, window: Window, folder: str, quick: str, cores: str) -> None:
    """Measure one library and print the measurement."""
    pin_to_cores(int(cores))
    images = many_images(different_images(Path(folder) if folder else None), ROWS + COLUMNS)
    ways = {each.name: each for each in LIBRARIES}[library].ways(window)
    result = measure(ways, images[:ROWS], images[ROWS:], 0.5 if quick else 2.0)
    print(json.dumps(result._asdict()))


if __name__ == "__main__":
    import sys

    main(*sys.argv[1:])
