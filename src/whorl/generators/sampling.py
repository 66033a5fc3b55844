"""Sampling a trained generator in blocks, so that an interruption costs little."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whorl.files import file_hash
from whorl.generators.base import TrainedGenerator
from whorl.images.writing import write_png
from whorl.progress import track

SAMPLED_AT_ONCE = 64


def samples_of(
    generator: TrainedGenerator, n: int, *, seed: int, skip: int = 0
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Yield samples in blocks, each with the position of its first image.

    The seed alone decides what stands at a position: the first ten images are the same whether
    ten are asked for or ten thousand, in one go or after an interruption.

    Parameters
    ----------
    generator : TrainedGenerator
        What is sampled.
    n : int
        Images in all.
    seed : int
        Seeds every random draw.
    skip : int
        Images at the front that are not needed: whole blocks of them are not made.

    Yields
    ------
    tuple of (int, ndarray of uint8, shape (m, height, width))
        Position of the first, and the images.
    """
    with track("sampling the generator", n - skip) as advance:
        for start in range(0, n, SAMPLED_AT_ONCE):
            stop = min(start + SAMPLED_AT_ONCE, n)
            if stop <= skip:
                continue
            block = start // SAMPLED_AT_ONCE
            own = int(np.random.SeedSequence((seed, block)).generate_state(1, np.uint64)[0])
            made = generator.sample(SAMPLED_AT_ONCE, seed=own)[: stop - start]
            first = max(start, skip)
            yield first, made[first - start :]
            advance(stop - first)


def sample_to_folder(
    generator: TrainedGenerator, folder: Path | str, name: str, n: int, *, seed: int
) -> dict[Path, str]:
    """Write samples as PNG files; those at the front that are there already are not made again.

    Parameters
    ----------
    generator : TrainedGenerator
        What is sampled.
    folder : path
        Where they go; made if absent. What it holds must come from the same generator and seed.
    name : str
        File name without extension, with a place for the number from 1: ``generated_{:05d}``.
    n : int
        How many.
    seed : int
        Seeds every random draw.

    Returns
    -------
    dict of path to str
        The files in order, each with the SHA-256 of its bytes.
    """
    paths = [Path(folder) / f"{name.format(number)}.png" for number in range(1, n + 1)]
    skip = next((k for k, path in enumerate(paths) if not path.exists()), n)
    hashes = [file_hash(path) for path in paths[:skip]]
    if skip < n:
        for _, pixels in samples_of(generator, n, seed=seed, skip=skip):
            hashes += map(write_png, paths[len(hashes) :], pixels)
    return dict(zip(paths, hashes, strict=True))
