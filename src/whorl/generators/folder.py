"""A generator's folder: training into it, going on after an interruption, and loading from it.

While training lasts it holds ``checkpoint.safetensors``, ``samples.png``, ``losses.csv`` and
``losses.png``, renewed as training goes on; when it is done, ``generator.safetensors``,
``card.json`` and ``card.md``, and the checkpoint goes.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from whorl.extras import imported
from whorl.generators.base import (
    Generator,
    State,
    TrainedGenerator,
    Training,
    steps_of,
)
from whorl.generators.card import Card, write_card
from whorl.generators.catalogue import KINDS
from whorl.generators.checking import restored_settings
from whorl.generators.curve import write_curve
from whorl.generators.memorisation import copied_share, memorised_share
from whorl.generators.sampling import samples_of
from whorl.generators.store import GeneratorError, read_state, write_state
from whorl.images import ImageSet, digest_of
from whorl.images.writing import contact_sheet, write_png
from whorl.seeds import require_seed
from whorl.version import __version__

GENERATOR, CHECKPOINT = "generator.safetensors", "checkpoint.safetensors"
STEPS_BETWEEN_CHECKPOINTS = 500
SECONDS_BETWEEN_CHECKPOINTS = 120.0
SHEETS = 8
SHEET = 36
CARD_SAMPLES = 200


def train_in_folder(
    generator: Generator,
    images: ImageSet,
    folder: Path | str,
    *,
    seed: int = 0,
    resume: bool = False,
    every: int = STEPS_BETWEEN_CHECKPOINTS,
) -> TrainedGenerator:
    """Train a generator and leave it in a folder, with its card.

    Parameters
    ----------
    generator : Generator
        Its kind and hyper-parameters.
    images : ImageSet
        What it is trained on.
    folder : path
        Where it goes; made if absent.
    seed : int
        Seeds the training.
    resume : bool
        Go on from the checkpoint in the folder if there is one; on a CPU the result is then, bit
        for bit, that of training without interruption. A generator that is finished is loaded.
    every : int
        Steps between two checkpoints; they come more often where so many steps take minutes.

    Returns
    -------
    TrainedGenerator

    Raises
    ------
    GeneratorError
        If the folder holds a generator or a checkpoint and `resume` is off, or one of other
        settings, images or seed.
    ImageError
        If there are no two different images.

    Examples
    --------
    >>> import tempfile
    >>> from whorl.generators import PCADiffusion
    >>> pixels = np.random.default_rng(0).integers(0, 256, (6, 8, 8), dtype=np.uint8)
    >>> images = ImageSet(tuple("abcdef"), pixels)
    >>> folder = Path(tempfile.mkdtemp())
    >>> trained = train_in_folder(PCADiffusion(width=16, steps=20), images, folder)
    >>> np.array_equal(load_generator(folder).sample(2), trained.sample(2))
    True
    """
    require_seed(seed)
    folder = Path(folder)
    identity = _identity(generator, images, seed)
    if not resume and (
        there := next((f for f in (GENERATOR, CHECKPOINT) if (folder / f).exists()), None)
    ):
        raise GeneratorError(
            f"{folder}: holds {there} already: --resume goes on with it, or give another --out"
        )
    if (folder / GENERATOR).exists():
        _require_same(folder / GENERATOR, read_state(folder / GENERATOR), identity)
        return load_generator(folder)
    imported("matplotlib.figure", "generate", "the curve of the losses")
    training, seconds = _begun(generator, images, seed, folder, identity)
    kept = time.monotonic()
    started = kept - seconds
    for done in steps_of(training):
        late = time.monotonic() - kept > SECONDS_BETWEEN_CHECKPOINTS
        if (done % every == 0 or late) and done < training.total:
            _keep(folder, training, {**identity, "seconds": time.monotonic() - started})
            kept = time.monotonic()
        if done % (-(-training.total // SHEETS)) == 0 and done < training.total:
            _show(folder, training)
    trained = training.trained()
    _show(folder, training)
    write_card(folder, _card(trained, images, training, seed, time.monotonic() - started))
    write_state(folder / GENERATOR, _with_values(trained.state(), identity))
    (folder / CHECKPOINT).unlink(missing_ok=True)
    return trained


def load_generator(folder: Path | str) -> TrainedGenerator:
    """Return the trained generator that a folder holds.

    Raises
    ------
    GeneratorError
        If there is none, it is not finished or damaged, or of a kind that this version does not
        know.
    """
    path = Path(folder) / GENERATOR
    if not path.exists():
        unfinished = (Path(folder) / CHECKPOINT).exists()
        raise GeneratorError(
            f"{folder}: its training was interrupted: finish it with --resume"
            if unfinished
            else f"{folder}: holds no {GENERATOR}: give a folder that whorl generator train made"
        )
    state = read_state(path)
    settings = restored_settings(path, state, KINDS)
    with _faults_named(path):
        return settings.restored(state)


def _identity(generator: Generator, images: ImageSet, seed: int) -> dict[str, Any]:
    """Return what decides how a training ends."""
    return {
        "kind": generator.kind,
        "settings": generator.to_dict(),
        "seed": seed,
        "data": digest_of(images.hashes),
    }


def _require_same(path: Path, state: State, identity: dict[str, Any]) -> None:
    """Raise an error unless a file belongs to this very training."""
    names = {"kind": "kind", "settings": "settings", "seed": "--seed", "data": "images"}
    other = [word for key, word in names.items() if state.values.get(key) != identity[key]]
    if other:
        raise GeneratorError(
            f"{path}: belongs to a training of other {' and '.join(other)}: give the same again, "
            "or another --out"
        )


def _begun(
    generator: Generator, images: ImageSet, seed: int, folder: Path, identity: dict[str, Any]
) -> tuple[Training, float]:
    """Return a training, from the checkpoint if there is one, and the seconds it took so far."""
    path = folder / CHECKPOINT
    if not path.exists():
        return generator.start(images.pixels, seed), 0.0
    state = read_state(path)
    _require_same(path, state, identity)
    with _faults_named(path):
        return generator.resume(images.pixels, state), float(state.values["seconds"])


@contextmanager
def _faults_named(path: Path) -> Iterator[None]:
    """Turn what arrays of other names, shapes or types lead to into an error that names the file.

    Raises
    ------
    GeneratorError
        Saying that the file's arrays are not those of its settings.
    """
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        said = " ".join(str(error).split())[:300]
        raise GeneratorError(
            f"{path}: is damaged: what it holds is not what its settings ask for ({said})"
        ) from error


def _keep(folder: Path, training: Training, values: dict[str, Any]) -> None:
    """Write a checkpoint."""
    write_state(folder / CHECKPOINT, _with_values(training.state(), values))


def _with_values(state: State, values: dict[str, Any]) -> State:
    """Add values to a state's own."""
    return State(state.arrays, {**state.values, **values})


def _show(folder: Path, training: Training) -> None:
    """Show how far the training is: a sheet of samples and the curve of the losses."""
    write_png(folder / "samples.png", contact_sheet(training.preview(SHEET), columns=6))
    stages = training.stages or (("training", training.total),)
    write_curve(folder, training.losses, stages)


def _card(
    trained: TrainedGenerator, images: ImageSet, training: Training, seed: int, seconds: float
) -> Card:
    """Return the card of a generator just trained."""
    blocks = samples_of(trained, CARD_SAMPLES, seed=seed + 1)
    samples = np.concatenate([made for _, made in blocks])
    losses = training.losses[-max(1, training.total // 20) :]
    libraries = ("numpy", *trained.settings.libraries)
    return Card(
        kind=trained.settings.kind,
        settings=trained.settings.to_dict(),
        height=trained.size[0],
        width=trained.size[1],
        seed=seed,
        training_images=len(images),
        training_hashes=tuple(sorted(images.hashes)),
        steps=training.total,
        seconds=round(seconds, 1),
        device=_device(training),
        final_loss=float(np.mean(losses)) if losses else None,
        samples=CARD_SAMPLES,
        memorised_share=memorised_share(samples, images.pixels),
        copied_share=copied_share(samples, images.pixels),
        versions={"python": platform.python_version(), "whorl": __version__}
        | {library: version(library) for library in libraries},
    )


def _device(training: Training) -> str:
    """Return where a generator was trained, for its card."""
    if training.device == "cpu":
        return f"CPU, {platform.machine()}, {os.cpu_count()} cores"
    name = imported("torch", "generate", "a GPU").cuda.get_device_name(training.device)
    return f"{training.device}, {name}"
