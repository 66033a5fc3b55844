"""``python -m hard scale``: many images against many candidates, with seconds and memory."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hard.measured import Measured, measured
from hard.process import environment, whorl
from whorl.compute import available_cores

COARSE = 12  # numbers down and across that a drawn image is made of
AT_ONCE = 256
GREYS = 4  # grey levels that become one, so that files are small


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw, run, print what it took, and remove what was drawn."""
    options = _options(arguments)
    test = options.folder / "test"
    sets = (("generated", options.images, 1), ("real_unknown", options.candidates, 2))
    try:
        for name, n, seed in sets:
            draw(test / name, n, options.size, seed)
        drawn = sum(file.stat().st_size for file in test.rglob("*.png"))
        found = _run(options, test)
    finally:
        if not options.keep:
            shutil.rmtree(options.folder, ignore_errors=True)
    sys.stdout.write(json.dumps(_told(options, drawn, found)) + "\n")
    return found.status


def fields(n: int, size: int, seed: int) -> Iterator[NDArray[np.uint8]]:
    """Yield smooth random images, all different and all of one distribution, in blocks.

    Parameters
    ----------
    n : int
        How many.
    size : int
        Height and width in pixels.
    seed : int
        Seeds the draw.

    Yields
    ------
    ndarray of uint8, shape (up to 256, size, size)

    Examples
    --------
    >>> [block.shape for block in fields(3, 16, 0)]
    [(3, 16, 16)]
    """
    rng = np.random.default_rng(seed)
    places = np.linspace(0, COARSE - 1, size)[:, np.newaxis] - np.arange(COARSE)
    basis = np.exp(-(places**2)).astype(np.float32)  # a bump for each coarse number
    for first in range(0, n, AT_ONCE):
        coarse = rng.normal(size=(min(AT_ONCE, n - first), COARSE, COARSE)).astype(np.float32)
        block = np.clip(128 + 40 * (basis @ coarse @ basis.T), 0, 255).astype(np.uint8)
        yield block // GREYS * GREYS


def draw(folder: Path, n: int, size: int, seed: int) -> None:
    """Draw images into a folder, as PNG."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    first = 0
    for block in fields(n, size, seed):
        for k, pixels in enumerate(block, first):
            Image.fromarray(pixels).save(folder / f"ct_{k:06}.png", compress_level=1)
        first += len(block)


def _run(options: argparse.Namespace, test: Path) -> Measured:
    """Run whorl on what was drawn."""
    generated, candidates = test / "generated", test / "real_unknown"
    words: list[str | Path] = ["run", options.method, "--test", test]
    out = options.folder / "run.csv"
    if options.command == "audit":
        words = ["audit", generated, candidates, "--method", options.method, "--no-images"]
        out = options.folder / "audit"
    words += ["--out", out, "--quiet"]
    words += ["--workers", options.workers] if options.workers else ["--threads", options.threads]
    words += ["--no-cache"] * options.no_cache
    log = options.folder / "log.txt"
    found = measured(whorl(*words), environment(options.folder), log)
    if found.status:
        sys.stderr.write(found.said)
    return found


def _told(options: argparse.Namespace, drawn: int, found: Measured) -> dict[str, object]:
    """Return what was asked for and what it took."""
    names = ("command", "method", "images", "candidates", "size", "workers", "threads", "no_cache")
    pairs = options.images * options.candidates
    return {name: getattr(options, name) for name in names} | {
        "drawn_megabytes": round(drawn / 1e6, 1),
        "status": found.status,
        "seconds": round(found.seconds, 1),
        "processor_seconds": round(found.processor, 1),
        "microseconds_a_pair": round(1e6 * found.processor / pairs, 2),
        "peak_megabytes": round(found.memory / 1e6),
        "largest_process_megabytes": round(found.largest / 1e6),
    }


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m hard scale", description=__doc__)
    parser.add_argument("--images", type=int, metavar="N", default=2000, help="generated images")
    parser.add_argument("--candidates", type=int, metavar="M", default=1000)
    parser.add_argument("--size", type=int, metavar="S", default=256, help="pixels a side")
    parser.add_argument("--workers", type=int, metavar="W", default=0, help="local Dask workers")
    parser.add_argument("--threads", type=int, metavar="T", default=available_cores())
    parser.add_argument("--command", choices=("run", "audit"), default="run")
    parser.add_argument("--method", metavar="NAME", default="whorl")
    parser.add_argument("--no-cache", action="store_true")
    parser.add_argument("--keep", action="store_true", help="do not remove what was drawn")
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", default=Path("/tmp/hard/scale"),  # noqa: S108
        help="new folder for images, cache and outputs",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    if min(options.images, options.candidates) < 1 or options.size < COARSE:
        parser.error(f"--images and --candidates take 1 or more, --size {COARSE} or more")
    if options.folder.exists() and any(options.folder.iterdir()):
        parser.error(f"--folder {options.folder} holds something: give a new one")
    return options
