"""Files cut short: an error that names the file, or what was there as it was; nothing between."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np

from hard.attack import Trial, judged, shares
from hard.drawn import FORMATS, images, source_of
from whorl.errors import WhorlError

END = (
    32  # bytes at the end of a file where a part of the cuts falls: what is missing there is little
)


class Kept(NamedTuple):
    """A file, what reads it, and the values that were read of the whole one."""

    path: Path
    read: Callable[[], Any]
    values: Any


def truncated(folder: Path, random: Random, count: int) -> Iterator[Trial]:
    """Cut files of every format at drawn places and read them."""
    kinds = {**FORMATS, **OTHERS}
    for (name, write), cuts in zip(kinds.items(), shares(count, len(kinds)), strict=True):
        place = folder / name.replace(".", "_")
        place.mkdir()
        kept = write_and_read(write, place / name)
        whole = kept.path.read_bytes()
        for _ in range(cuts):
            at = random.randrange(max(0, len(whole) - END * random.randrange(2)))
            at = at if random.random() < 0.7 else len(whole) - random.randint(1, END)
            kept.path.write_bytes(whole[:at])
            yield judged(f"{name} cut after {at} of {len(whole)} bytes", partial(fault, kept))
        shutil.rmtree(place)


def write_and_read(write: Callable[[Path], Kept] | Any, path: Path) -> Kept:
    """Write a whole file and read it once."""
    if path.name in OTHERS:
        kept: Kept = write(path)
        return kept
    write(path, images(3, seed=7, size=64))
    read = partial(_pixels, path)
    return Kept(path, read, read())


def fault(kept: Kept) -> str:
    """Return what is wrong with how a cut file is read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = kept.read()
    except WhorlError as error:
        named = kept.path.name in str(error)
        return "" if named else f"the error does not name the file: {error}"
    same = found is None or _same(found, kept.values)
    return "" if same else "read without an error, with other values"


def _same(found: Any, values: Any) -> bool:
    """Tell whether two readings are equal: arrays, or mappings of them, or plain values."""
    if isinstance(values, Mapping):
        return found.keys() == values.keys() and all(_same(found[k], values[k]) for k in values)
    if isinstance(values, np.ndarray):
        return bool(np.array_equal(found, values))
    return bool(found == values)


def _pixels(path: Path) -> Any:
    """Read images."""
    from whorl.images import load

    return np.array(load(source_of(path)).pixels)


def _run_file(path: Path) -> Kept:
    """Write a run file."""
    from whorl.tasks.runfile import read_run, write_run

    ids = [f"ct_{k}" for k in range(40)]
    write_run(path, ids, [k % 3 == 0 for k in range(40)])
    read = partial(read_run, path, ids)
    return Kept(path, read, read())


def _cache_entry(path: Path) -> Kept:
    """Write an entry of the cache; one that is damaged counts as absent (None)."""
    from whorl.cache import Cache

    cache = Cache(path.parent / "cache")
    cache.put("key", np.arange(60.0))
    (entry,) = (file for file in cache.folder.rglob("*") if file.is_file())
    return Kept(entry, lambda: cache.get("key"), np.arange(60.0))


def _generator(path: Path) -> Kept:
    """Write a generator's state."""
    from whorl.generators.base import State
    from whorl.generators.store import read_state, write_state

    arrays = {"weight": np.arange(50, dtype=np.float32), "bias": np.ones(3)}
    write_state(path, State(arrays, {"steps": 3}))

    def read() -> dict[str, Any]:
        state = read_state(path)
        return {**state.arrays, "values": dict(state.values)}

    return Kept(path, read, read())


def _model(path: Path) -> Kept:
    """Write a fitted model."""
    from whorl.runs import entry, load_model, save_model
    from whorl.testing.worlds import planted_task

    view = planted_task(0).view
    if view.development is None:
        raise AssertionError("the planted task has no development set")
    save_model(path, entry("blind").fitted(view.development, seed=0))

    def read() -> dict[str, Any]:
        method: Any = load_model(path).entry.method
        return {"scores": method.score(view).values, "seed": method.seed}

    return Kept(path, read, read())


def _weights(path: Path) -> Kept:
    """Write a network's weights, as safetensors or as a state dict by the file's ending."""
    import torch
    from safetensors.torch import save_file

    from whorl.networks.weights import file_weights, load_weights

    network = torch.nn.Linear(8, 4)
    state = network.state_dict()
    if path.suffix == ".pt":
        torch.save(state, path)
    else:
        save_file(state, path)

    def read() -> dict[str, Any]:
        fresh = torch.nn.Linear(8, 4)
        load_weights(fresh, file_weights(path), "linear")
        return {name: tensor.numpy() for name, tensor in fresh.state_dict().items()}

    return Kept(path, read, read())


OTHERS: Mapping[str, Callable[[Path], Kept]] = {
    "run.csv": _run_file,
    "entry.array": _cache_entry,
    "generator.safetensors": _generator,
    "own.model": _model,
    "weights.safetensors": _weights,
    "weights.pt": _weights,
}
