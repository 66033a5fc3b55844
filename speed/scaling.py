"""How whorl's time grows with the number of pairs, and shrinks with threads.

``python -m speed.scaling WINDOW PAIRS THREADS FOLDER`` measures one point and prints JSON;
`point` starts it.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import NamedTuple

from speed.images import DIFFERENT, different_images, many_images
from speed.libraries import Window
from speed.process import json_of, peak_memory

FEWEST_PAIRS = 10_000
REPEATS = 3
LONG = 5.0  # seconds after which nothing is repeated


class Point(NamedTuple):
    """What comparing 200 candidates with so many generated images took.

    Attributes
    ----------
    window : str
        Of SSIM.
    pairs : int
        How many were compared.
    threads : int
        On so many threads.
    seconds : float
        By the clock, moments and reductions included; the least of several repetitions.
    peak_bytes : int
        Of the whole process, images included.
    """

    window: Window
    pairs: int
    threads: int
    seconds: float
    peak_bytes: int

    @property
    def microseconds(self) -> float:
        """Time for one pair."""
        return self.seconds / self.pairs * 1e6


def point(window: Window, pairs: int, threads: int, folder: Path | None) -> Point:
    """Measure one point in a fresh process.

    Raises
    ------
    ProcessError
        If it fails.
    """
    arguments = [window, str(pairs), str(threads), str(folder or "")]
    return Point(**json_of("speed.scaling", arguments))


def pairs_up_to(most: int) -> list[int]:
    """Return 10⁴, then about three times as many each time, and at last `most`.

    Examples
    --------
    >>> pairs_up_to(200_000)
    [10000, 30000, 100000, 200000]
    >>> pairs_up_to(10_000)
    [10000]
    """
    steps = [FEWEST_PAIRS * factor * 10**k for k in range(10) for factor in (1, 3)]
    return [pairs for pairs in steps if pairs < most] + [most]


def threads_up_to(cores: int) -> list[int]:
    """Return 1, 2, 4 and so on, and at last the number of cores.

    Examples
    --------
    >>> threads_up_to(6)
    [1, 2, 4, 6]
    """
    return [2**k for k in range(cores.bit_length()) if 2**k < cores] + [cores]


def measure(window: Window, pairs: int, threads: int, folder: Path | None) -> Point:
    """Compare 200 candidates with as many generated images as give so many pairs."""
    from whorl.compute import Compute, computing
    from whorl.similarity import SSIM, Mean, TopK, reduce_pairs

    images = different_images(folder)
    candidates = many_images(images, DIFFERENT)
    generated = many_images(images, max(1, pairs // DIFFERENT))
    taken: list[float] = []
    with computing(Compute(threads=threads)):
        reduce_pairs(SSIM(window), candidates[:1], generated[:1], {"best": TopK()})
        while len(taken) < REPEATS and sum(taken) < LONG:
            started = time.perf_counter()
            reductions = {"best": TopK(), "mean": Mean()}
            reduce_pairs(SSIM(window), candidates, generated, reductions)
            taken.append(time.perf_counter() - started)
    compared = len(candidates) * len(generated)
    return Point(window, compared, threads, min(taken), peak_memory())


def main(window: Window, pairs: str, threads: str, folder: str) -> None:
    """Measure one point and print it."""
    result = measure(window, int(pairs), int(threads), Path(folder) if folder else None)
    print(json.dumps(result._asdict()))


if __name__ == "__main__":
    import sys

    main(*sys.argv[1:])
