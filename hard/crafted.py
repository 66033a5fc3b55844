"""Crafted models, weights, arrays and archives: none of them runs anything."""

from __future__ import annotations

import hashlib
import json
import stat
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np

from hard.attack import Trial, judged
from hard.payloads import (
    archive_of,
    headers_of_safetensors,
    object_array,
    payloads,
    pickled,
    skops_states,
    torch_legacy,
    torch_zip,
)
from whorl.errors import WhorlError

PROTOCOLS = (0, 2, 5)


class Crafted(NamedTuple):
    """A crafted file and what would read it."""

    what: str
    path: Path
    content: bytes
    read: Callable[[Path], object]


def crafted(folder: Path, random: Random, count: int) -> Iterator[Trial]:
    """Read crafted files, and look after each whether it has run anything."""
    canary = folder / "canary"
    every = list(_every(folder, canary))
    for each in random.sample(every, min(count, len(every))):
        yield judged(each.what, partial(_fault, each, canary))


def _fault(each: Crafted, canary: Path) -> str:
    """Write a file, read it, and return what is wrong with what came of it."""
    each.path.parent.mkdir(parents=True, exist_ok=True)
    each.path.write_bytes(each.content)
    refused = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            refused = each.read(each.path) is None
    except WhorlError:
        refused = True
    finally:
        ran = canary.exists()
        canary.unlink(missing_ok=True)
        each.path.unlink(missing_ok=True)
    if ran:
        return "it ran"
    return "" if refused else "accepted"


def _every(folder: Path, canary: Path) -> Iterator[Crafted]:
    """Yield all crafted files."""
    yield from _pickles(folder, canary)
    yield from _models(folder, canary)
    yield from _archives(folder, canary)
    for what, content in headers_of_safetensors():
        yield Crafted(f"weights: {what}", folder / "w.safetensors", content, _weights)
        yield Crafted(f"generator: {what}", folder / "g.safetensors", content, _state)


def _pickles(folder: Path, canary: Path) -> Iterator[Crafted]:
    """Yield pickles in all that may hold one."""
    for name, payload in payloads(canary):
        for protocol in PROTOCOLS:
            content = pickled(payload, protocol)
            what = f"{name} (protocol {protocol})"
            yield Crafted(f"weights: {what}", folder / "w.pt", content, _weights)
        array = object_array(content)
        yield Crafted(f"weights as torch's zip: {name}", folder / "w.pt", torch_zip(content),
                      _weights)  # fmt: skip
        yield Crafted(f"weights as torch's old files: {name}", folder / "w.pt",
                      torch_legacy(content), _weights)  # fmt: skip
        yield Crafted(f"an array of objects: {name}", folder / "s.npy", array, _images)
        yield Crafted(f"an archive of arrays: {name}", folder / "s.npz",
                      archive_of(**{"a.npy": array}), _images)  # fmt: skip
        yield Crafted(f"a generator: {name}", folder / "g.safetensors", content, _state)
        yield Crafted(f"a model's state: {name}", folder / "own.model",
                      _with_state(folder, content), _model)  # fmt: skip
        yield Crafted(f"an entry of the cache: {name}", _entry(folder),
                      array + hashlib.sha256(array).digest(), _cached(folder))  # fmt: skip


def _models(folder: Path, canary: Path) -> Iterator[Crafted]:
    """Yield models whose states or headers would run something."""
    for what, state in skops_states(canary):
        content = _with_state(folder, state)
        yield Crafted(f"a model with {what}", folder / "own.model", content, _model)
    code = f"__import__('os').system(\"touch '{canary}'\")"
    for key in ("method", "name", "settings", "versions", "size", "seed", "development"):
        content = _with_header(folder, **{key: code})
        yield Crafted(f"a model with code for its {key}", folder / "own.model", content, _model)


def _archives(folder: Path, canary: Path) -> Iterator[Crafted]:
    """Yield archives of images whose members lead elsewhere."""
    picture = _picture()
    names = ("../canary", "/" + str(canary).lstrip("/"), "a/../../canary", "..\\canary",
             "./.././canary", "a/b/../../../canary")  # fmt: skip
    for name in names:
        content = archive_of(**{"ct.png": picture, name: b"x"})
        yield Crafted(f"a zip with the member {name}", folder / "in" / "z.zip", content, _refused)
    for target in ("../canary", str(canary)):
        yield Crafted(
            f"a zip with a link to {Path(target).name}", folder / "in" / "z.zip",
            _zip_with_link(picture, target), _refused,
        )  # fmt: skip


def _weights(path: Path) -> object:
    """Load weights into a network."""
    import torch

    from whorl.networks.weights import file_weights, load_weights

    load_weights(torch.nn.Linear(4, 1), file_weights(path), "linear")
    return path


def _images(path: Path) -> object:
    """Load images from an array."""
    from whorl.images import load

    return load(f"{path}::a" if path.suffix == ".npz" else path)


def _refused(path: Path) -> object:
    """Load images from a zip; harmless members may be read, and that counts as refused."""
    from whorl.images import load

    load(path)


def _state(path: Path) -> object:
    """Load a generator's state."""
    from whorl.generators.store import read_state

    return read_state(path)


def _model(path: Path) -> object:
    """Load a model and score with it."""
    from whorl.runs import load_model
    from whorl.testing.worlds import planted_task

    view = replace(planted_task(0).view, development=None)
    return load_model(path).entry.method.score(view)


def _cached(folder: Path) -> Callable[[Path], object]:
    """Return what asks the cache."""
    from whorl.cache import Cache

    return lambda _: Cache(folder / "cache").get("key")


def _entry(folder: Path) -> Path:
    """Return the path of an entry of the cache."""
    from whorl.cache import Cache

    cache = Cache(folder / "cache")
    cache.put("key", np.zeros(1))
    return next(file for file in cache.folder.rglob("*") if file.is_file())


def _sound(folder: Path) -> dict[str, bytes]:
    """Return the members of a sound model, made once."""
    path = folder / "sound.model"
    if not path.exists():
        from whorl.runs import entry, save_model
        from whorl.testing.worlds import planted_task

        development = planted_task(0).view.development
        if development is None:
            raise AssertionError("the planted task has no development set")
        save_model(path, entry("blind").fitted(development, seed=0))
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _with_state(folder: Path, state: bytes) -> bytes:
    """Return a sound model with another state."""
    return archive_of(**{**_sound(folder), "state.skops": state})


def _with_header(folder: Path, **fields: Any) -> bytes:
    """Return a sound model with other fields in its header."""
    members = _sound(folder)
    header = json.dumps({**json.loads(members["model.json"]), **fields})
    return archive_of(**{**members, "model.json": header.encode()})


def _picture() -> bytes:
    """Return a small PNG."""
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((16, 16)).save(buffer, "png")
    return buffer.getvalue()


def _zip_with_link(picture: bytes, target: str) -> bytes:
    """Return a zip that holds a symbolic link, and a file to be written through it."""
    import io

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("ct.png", picture)
        link = zipfile.ZipInfo("link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, target)
    return buffer.getvalue()
