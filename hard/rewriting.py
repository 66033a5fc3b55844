"""Files that are rewritten while they are read: one content or the other, never a mixture."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any, NamedTuple

import numpy as np

from hard.attack import Trial, shares
from hard.drawn import images
from whorl.errors import WhorlError

SIZE = 96  # pixels a side: large enough that a file takes a moment to write


class Shared(NamedTuple):
    """Something that is rewritten and read.

    Attributes
    ----------
    what : str
        In a few words.
    write : callable
        Writes the first content or the second.
    read : callable
        Returns 0 or 1, which of them it read; None where there was none; −1 for anything else.
    whole : bool
        Whether whorl writes it, so that a reader never meets an error.
    """

    what: str
    write: Callable[[int], None]
    read: Callable[[], int | None]
    whole: bool = True


def rewriting(folder: Path, random: Random, count: int) -> Iterator[Trial]:
    """Read each kind of file again and again while another thread rewrites it by turns."""
    seed = random.randrange(2**16)
    for make, loads in zip(MAKERS, shares(count, len(MAKERS)), strict=True):
        place = folder / make.__name__.strip("_")
        place.mkdir()
        shared = make(place, seed)
        shared.write(0)
        stopped = Event()
        writer = Thread(target=_rewrite, args=(shared, stopped), daemon=True)
        writer.start()
        try:
            for k in range(loads):
                yield Trial(f"load {k} of {shared.what}", _fault(shared))
        finally:
            stopped.set()
            writer.join()


def _rewrite(shared: Shared, stopped: Event) -> None:
    """Write one content and the other by turns until it is enough."""
    turn = 1
    while not stopped.is_set():
        shared.write(turn)
        turn = 1 - turn


def _fault(shared: Shared) -> str:
    """Read once, and return what is wrong."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = shared.read()
    except WhorlError as error:
        return f"refused: {error}" if shared.whole else ""
    return "read a mixture" if found == -1 else ""


def _which(found: Any, contents: Any) -> int:
    """Tell which of two arrays was read."""
    same = [k for k in (0, 1) if np.array_equal(found, contents[k])]
    return same[0] if same else -1


def _picture(folder: Path, seed: int) -> Shared:
    """Share an image that whorl writes."""
    from whorl.images import load
    from whorl.images.writing import write_png

    contents = images(2, seed, SIZE)
    return Shared(
        "an image that whorl writes",
        lambda k: write_png(folder / "ct.png", contents[k]),
        lambda: _which(load([folder / "ct.png"]).pixels[0], contents),
    )


def _foreign_picture(folder: Path, seed: int) -> Shared:
    """Share an image that another program writes in place."""
    from PIL import Image

    from whorl.images import load

    contents = images(2, seed, SIZE)
    return Shared(
        "an image that another program writes in place",
        lambda k: Image.fromarray(contents[k]).save(folder / "ct.png"),
        lambda: _which(load([folder / "ct.png"]).pixels[0], contents),
        whole=False,
    )


def _run(folder: Path, seed: int) -> Shared:  # noqa: ARG001
    """Share a run file."""
    from whorl.tasks.runfile import read_run, write_run

    ids = [f"ct_{k}" for k in range(300)]
    said = [[k % 2 == turn for k in range(300)] for turn in (0, 1)]

    def read() -> int:
        found = list(read_run(folder / "run.csv", ids).values())
        return said.index(found) if found in said else -1

    return Shared("a run file", lambda k: write_run(folder / "run.csv", ids, said[k]), read)


def _entry(folder: Path, seed: int) -> Shared:
    """Share an entry of the cache."""
    from whorl.cache import Cache

    contents = images(2, seed, SIZE)
    cache = Cache(folder)

    def read() -> int | None:
        found = cache.get("key")
        return -1 if found is None else _which(found, contents)

    return Shared("an entry of the cache", lambda k: cache.put("key", contents[k]), read)


def _state(folder: Path, seed: int) -> Shared:
    """Share a generator's state."""
    from whorl.generators.base import State
    from whorl.generators.store import read_state, write_state

    contents = images(2, seed, SIZE)
    path = folder / "generator.safetensors"

    def read() -> int:
        state = read_state(path)
        k = int(state.values["turn"])
        return k if np.array_equal(state.arrays["pixels"], contents[k]) else -1

    return Shared(
        "a generator",
        lambda k: write_state(path, State({"pixels": contents[k]}, {"turn": k})),
        read,
    )


def _model(folder: Path, seed: int) -> Shared:
    """Share a fitted model."""
    from whorl.runs import entry, load_model, save_model
    from whorl.testing.worlds import planted_task

    fitted = []
    for turn in (0, 1):
        development = planted_task(seed + turn).view.development
        if development is None:
            raise AssertionError("the planted task has no development set")
        fitted.append(entry("blind").fitted(development, seed=turn))
    known = [dict(model.method.development) for model in fitted]  # type: ignore[attr-defined]
    path = folder / "own.model"

    def read() -> int:
        method: Any = load_model(path).entry.method
        same = dict(method.development) == known[method.seed]
        return int(method.seed) if same else -1

    return Shared("a model", lambda k: save_model(path, fitted[k]), read)


MAKERS = (_picture, _foreign_picture, _run, _entry, _state, _model)
