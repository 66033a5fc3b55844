"""whorl's long commands on tiny drawn input, and what their outputs come to."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hard.drawn import folder_of, images, task

TIMES = frozenset({"seconds", "finished", "fitted", "started", "memory", "peak_memory", "cost"})
"""Fields that say when and how fast, and differ from run to run."""

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.+]+")
SECONDS = re.compile(
    r"(<dt>(?:looking for [a-z ]+|reading|scoring|duplicates|second measure|deciding)</dt>"
    r"<dd><bdi>)[\d.]+"
)

Outputs = Mapping[str, str]
"""Each file's content, times aside, as a hash: path below the folder → hash."""


@dataclass(frozen=True)
class Command:
    """A command that is killed, or meets a full disk.

    Attributes
    ----------
    name : str
        What it is called.
    words : callable
        Its words, given the folder of its input and the path of its output.
    again : sequence of str
        What is added where it goes on after an interruption.
    volatile : sequence of str
        Endings of files that come and go while it works.
    """

    name: str
    words: Callable[[Path, Path], Sequence[object]]
    again: Sequence[str] = ()
    volatile: Sequence[str] = field(default=())


def draw(folder: Path) -> Path:
    """Draw the input of all commands, and return its folder."""
    task(folder / "task")
    folder_of(folder / "pool", images(40, 5, 16), "ct")
    return folder


def _audit(given: Path, out: Path) -> Sequence[object]:
    test = given / "task" / "test"
    return ("audit", test / "generated", test / "real_unknown", "--reference",
            given / "task" / "reference", "--out", out, "-q", "--threads", 1)  # fmt: skip


def _run(given: Path, out: Path) -> Sequence[object]:
    words = ("run", "whorl", "--test", given / "task" / "test", "--out", out / "run.csv")
    return (*words, "--scores", out / "scores.csv", "-q", "--threads", 1)


def _train(given: Path, out: Path) -> Sequence[object]:
    return ("generator", "train", "pca-diffusion", given / "pool", "--out", out, "-q",
            "--steps", 600, "--batch", 4, "--threads", 1)  # fmt: skip


def _build(given: Path, out: Path) -> Sequence[object]:
    return ("task", "build", given / "pool", "--out", out, "--development", 4, "--test", 8,
            "--generated", 30, "--generator", "pca-diffusion", "--train", 12, "--steps", 100,
            "--batch", 4, "-q", "--threads", 1)  # fmt: skip


def _benchmark(given: Path, out: Path) -> Sequence[object]:
    return ("benchmark", given / "task", "--methods", "nearest-ssim", "--out", out, "-q",
            "--jobs", 1)  # fmt: skip


COMMANDS = (
    Command("audit", _audit),
    Command("run", _run),
    Command("generator train", _train, ("--resume",), ("losses.csv", "losses.png", "samples.png")),
    Command("task build", _build, (), ("losses.csv", "losses.png", "samples.png")),
    Command("benchmark", _benchmark),
)


def outputs(folder: Path, without: Sequence[str] = ()) -> Outputs:
    """Return what a command has left under final names, times aside.

    Parameters
    ----------
    folder : path
        Its output.
    without : sequence of str
        Endings of files that are left out.
    """
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    shown = (file for file in files if not file.name.startswith("."))
    return {
        str(file.relative_to(folder)): hashlib.sha256(_timeless(file)).hexdigest()
        for file in shown
        if not file.name.endswith(tuple(without))
    }


def _timeless(file: Path) -> bytes:
    """Return a file's content without times."""
    content = file.read_bytes()
    if file.suffix == ".json":
        return json.dumps(_without_times(json.loads(content)), sort_keys=True).encode()
    if file.name == "SHA256SUMS":
        return b"hashes of files that hold times"
    if file.name == "card.md":
        return b"".join(line for line in content.splitlines() if b" s" not in line)
    if file.suffix == ".html":
        return _page(content.decode()).encode()
    if file.suffix == ".safetensors":
        return _state(file)
    return content


def _without_times(value: Any) -> Any:
    """Return a JSON value without the fields that say when and how fast."""
    if isinstance(value, dict):
        return {k: _without_times(v) for k, v in value.items() if k not in TIMES}
    return [_without_times(v) for v in value] if isinstance(value, list) else value


def _page(text: str) -> str:
    """Return a report without the moment it was made and the seconds of its stages."""
    return SECONDS.sub(r"\1", MOMENT.sub("", text))


def _state(file: Path) -> bytes:
    """Return a generator's arrays and values without times."""
    from whorl.generators.store import read_state

    state = read_state(file)
    digest = hashlib.sha256(json.dumps(_without_times(dict(state.values)), sort_keys=True).encode())
    for name in sorted(state.arrays):
        digest.update(name.encode() + state.arrays[name].tobytes())
    return digest.digest()


def differences(found: Outputs, wanted: Outputs) -> str:
    """Say in which files two outputs differ; nothing where they do not.

    Examples
    --------
    >>> differences({"a": "1", "c": "2"}, {"a": "1", "b": "3"})
    'b is missing, c was left behind'
    >>> differences({"a": "1"}, {"a": "2"})
    'a differs'
    """
    said = [f"{name} is missing" for name in wanted if name not in found]
    said += [f"{name} was left behind" for name in found if name not in wanted]
    said += [f"{name} differs" for name in wanted if found.get(name, wanted[name]) != wanted[name]]
    return ", ".join(said)
