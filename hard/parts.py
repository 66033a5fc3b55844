"""``python -m hard parts``: what each step of the default method takes, in processor time.

Processor time, not wall time: it hardly depends on what else the machine does. From these and from
what moves, the time on a cluster follows; see docs/scale.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hard.scale import draw, fields

CANDIDATES, SIZE, TILE, REPEATS = 1000, 256, 64, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print, as JSON."""
    parser = argparse.ArgumentParser(prog="python -m hard parts", description=__doc__)
    parser.add_argument("--candidates", type=int, metavar="M", default=CANDIDATES)
    parser.add_argument("--size", type=int, metavar="S", default=SIZE, help="pixels a side")
    options = parser.parse_args(arguments)
    sys.stdout.write(json.dumps(parts(options.candidates, options.size), indent=2) + "\n")
    return 0


def parts(candidates: int, size: int) -> dict[str, float]:
    """Return the processor time of each step, and the bytes that move.

    Parameters
    ----------
    candidates : int
        Reals that compete.
    size : int
        Pixels a side.

    Returns
    -------
    dict of str to float
        Milliseconds for an image, nanoseconds for a pair or a byte, bytes for an image or a pair.
    """
    from threadpoolctl import threadpool_limits

    from whorl.methods.explain import ExplainAway, groups_by_content
    from whorl.similarity import PowerSums, TopK
    from whorl.testing.worlds import image_set

    measure = ExplainAway().measure
    reals = np.concatenate(list(fields(candidates, size, 1)))
    made = np.concatenate(list(fields(TILE, size, 2)))
    pairs = candidates * TILE
    with threadpool_limits(1), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draw(folder / "made", TILE, size, 2)
        once, rows = _taken(lambda: measure.prepare_rows(reals), 1)
        prepare, columns = _taken(lambda: measure.prepare(made))
        compare, tile = _taken(lambda: measure.compare(rows, columns))
        groups = groups_by_content(image_set(made, "made"))

        def reduce() -> None:
            for reduction in (TopK(5), PowerSums(6.0, groups)):
                reduction.begin(candidates, TILE)
                reduction.add(tile, 0)
                reduction.result()

        found = {
            "rows once, seconds": once,
            "reading an image, ms": 1e3 * _reading(folder / "made") / TILE,
            "preparing an image, ms": 1e3 * prepare / TILE,
            "comparing a pair, ns": 1e9 * compare / pairs,
            "reducing a pair, ns": 1e9 * _taken(reduce)[0] / pairs,
            "keeping a pair in the cache, ns": 1e9 * _keeping(folder, tile) / pairs,
            "file of an image, bytes": _bytes(folder / "made") / TILE,
        }
        return found | _moving(tile) | _asking(folder, reals, made)


def _taken(work: Callable[[], Any], repeats: int = REPEATS) -> tuple[float, Any]:
    """Return the least processor time of some runs, and the result."""
    least, result = float("inf"), None
    for _ in range(repeats):
        began = time.process_time()
        result = work()
        least = min(least, time.process_time() - began)
    return least, result


def _reading(folder: Path) -> float:
    """Return the processor time of reading a folder."""
    from whorl.images import load

    return _taken(lambda: load(folder))[0]


def _keeping(folder: Path, tile: Any) -> float:
    """Return the processor time of keeping a tile in the cache."""
    from whorl.cache import Cache

    return _taken(lambda: Cache(folder / "cache").put("key", tile))[0]


def _bytes(folder: Path) -> int:
    """Return the bytes of the images of a folder."""
    return sum(file.stat().st_size for file in folder.iterdir())


def _moving(tile: Any) -> dict[str, float]:
    """Return the bytes of a pair as Dask sends them, and the processor time for a byte."""
    from distributed.protocol import dumps, loads, to_serialize

    taken, frames = _taken(lambda: dumps({"data": to_serialize(tile)}))
    moved = sum(memoryview(frame).nbytes for frame in frames)
    back, _ = _taken(lambda: loads(frames))
    return {
        "answer for a pair, bytes": moved / tile.size,
        "packing and unpacking a byte, ns": 1e9 * (taken + back) / moved,
    }


def _asking(folder: Path, reals: Any, made: Any) -> dict[str, float]:
    """Return the bytes of a pair that go to a worker: names and hashes of images, no pixels."""
    import pickle

    from whorl.images import ImageSet, Origin
    from whorl.similarity.cluster import _part
    from whorl.similarity.explained import Explained

    sets = []
    for pixels in (reals, made):
        ids = tuple(f"ct_{k:06}" for k in range(len(pixels)))
        origins = tuple(Origin(folder / f"{image_id}.png") for image_id in ids)
        sets.append(ImageSet(ids, pixels, origins=origins))
    asked = [_part(Explained(), images, 0, len(images)) for images in sets]
    size = len(pickle.dumps((Explained(), asked)))
    return {"question of a pair, bytes": size / (len(reals) * len(made))}


if __name__ == "__main__":
    sys.exit(main())
