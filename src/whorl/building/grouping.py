"""Building a grouping task: images of several generators, and which of them made each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from whorl.building.claim import BuildError, claim_folder, release_folder
from whorl.building.record import RecordError
from whorl.files import write_text
from whorl.generators import (
    Generator,
    TrainedGenerator,
    load_generator,
    samples_of,
    train_in_folder,
)
from whorl.generators.card import Card, read_card
from whorl.grouping.runfile import write_groups
from whorl.images import ImageSet
from whorl.images.writing import write_png
from whorl.progress import track
from whorl.schema import read_model
from whorl.version import __version__

RECORD = "grouping.json"
TRUTH = "truth.csv"
NAME = "generator_{}"


@dataclass(frozen=True)
class GroupingRequest:
    """What grouping task is to be built.

    Attributes
    ----------
    generated : int
        Images of each generator in the test set.
    development : int
        Labelled images of each generator; 0 = no development set.
    train : int or None
        Images that each generator is trained on; None where all were trained before.
    shared : bool
        Whether all are trained on the same images; else no two share one.
    seed : int
        Seeds every random draw.
    """

    generated: int
    development: int = 0
    train: int | None = None
    shared: bool = False
    seed: int = 0


class GroupingRecord(BaseModel):
    """How a grouping task was built.

    Attributes
    ----------
    format : int
        Of this record: 1.
    whorl : str
        Version that built it.
    asked : str or None
        SHA-256 of what was asked for, by which the same request is known again.
    seed, generated, development, shared
        As asked for.
    generators : mapping of str to Card
        Name, as the truth has it → the generator's card.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    whorl: str
    asked: str | None = None
    seed: int
    generated: int
    development: int
    shared: bool
    generators: dict[str, Card]


def build_grouping(
    pool: ImageSet | None,
    out: Path | str,
    sources: Sequence[Generator | Path],
    request: GroupingRequest,
) -> GroupingRecord:
    """Build a grouping task, or go on with building it.

    Into `out` go ``test/generated`` with the images of all generators, shuffled; ``truth.csv``, a
    run file with the right answers; ``development`` with a sub-folder of labelled images for each
    generator, if they are asked for; the generators that were trained; and ``grouping.json``.

    Parameters
    ----------
    pool : ImageSet or None
        Real images to train on; None where all generators are trained. Of images with the same
        content only the first is taken.
    out : path
        The task's folder: new, empty, or left by the same request, half built or finished.
    sources : sequence of Generator or path
        What to train, or folders of trained generators. One folder given twice makes a task that
        nobody can solve: both are sampled by seeds of their own.
    request : GroupingRequest
        Sizes, training sets and seed.

    Returns
    -------
    GroupingRecord
        As ``grouping.json`` keeps it.

    Raises
    ------
    BuildError
        If the request contradicts itself, the pool is too small, `out` holds something else, or
        the generators' images differ in size.
    GeneratorError
        If a folder holds no generator.
    """
    out = Path(out)
    _require_sense(pool, sources, request)
    claim = claim_folder(out, _identity(pool, sources, request), RECORD)
    if claim.finished:
        return read_grouping_record(out)
    seeds = np.random.SeedSequence(request.seed)
    drawing, *own = [int(s) for s in seeds.generate_state(1 + 2 * len(sources))]
    sets = _training_sets(pool, sources, request, drawing)
    trained: dict[str, TrainedGenerator] = {}
    cards: dict[str, Card] = {}
    for place, source in enumerate(sources):
        name = NAME.format(place + 1)
        if isinstance(source, Path):
            folder, trained[name] = source, load_generator(source)
        else:
            folder, seed = out / name, own[place]
            trained[name] = train_in_folder(source, sets[place], folder, seed=seed, resume=True)
        cards[name] = read_card(folder)
    sizes = {generator.size for generator in trained.values()}
    if len(sizes) > 1:
        raise BuildError("the generators' images differ in size: a glance would tell them apart")
    _write_images(out, trained, request, own[len(sources) :], drawing)
    record = GroupingRecord(
        whorl=__version__,
        asked=claim.asked,
        seed=request.seed,
        generated=request.generated,
        development=request.development,
        shared=request.shared,
        generators=cards,
    )
    write_text(out / RECORD, record.model_dump_json(indent=1) + "\n")
    release_folder(out)
    return record


def read_grouping_record(folder: Path | str) -> GroupingRecord:
    """Return the record in the folder of a grouping task.

    Raises
    ------
    RecordError
        If there is none, or one that breaks its schema, naming each field at fault.
    """
    return read_model(Path(folder) / RECORD, GroupingRecord, RecordError)


def _require_sense(
    pool: ImageSet | None, sources: Sequence[Generator | Path], request: GroupingRequest
) -> None:
    """Raise an error if the request contradicts itself."""
    trains = sum(isinstance(source, Generator) for source in sources)
    if len(sources) < 2:
        raise BuildError("--generators: give two or more, with commas between them")
    if not trains and (pool is not None or request.train is not None):
        raise BuildError("all generators are trained already: leave out POOL and --train")
    if trains and (pool is None or request.train is None):
        raise BuildError("kinds of generators are to be trained: give POOL and --train")
    if pool is None or request.train is None:
        return
    needed = request.train if request.shared else request.train * trains
    there = len(set(pool.hashes))
    if needed > there:
        raise BuildError(
            f"--train {request.train}: takes {needed:,} different images, the pool has {there:,}"
            + ("" if request.shared else "; --same-training lets all generators see the same")
        )


def _identity(
    pool: ImageSet | None, sources: Sequence[Generator | Path], request: GroupingRequest
) -> dict[str, Any]:
    """Return what decides how a task turns out."""
    made = [
        {"kind": source.kind, **source.to_dict()}
        if isinstance(source, Generator)
        else json.loads(read_card(source).model_dump_json())
        for source in sources
    ]
    return {"request": asdict(request), "generators": made, "pool": pool and pool.digest}


def _training_sets(
    pool: ImageSet | None,
    sources: Sequence[Generator | Path],
    request: GroupingRequest,
    seed: int,
) -> dict[int, ImageSet]:
    """Return what each generator that is to be trained is trained on: its place → images."""
    if pool is None or request.train is None:
        return {}
    first = {content: i for i, content in reversed(list(enumerate(pool.hashes)))}
    order = np.random.default_rng(seed).permutation(sorted(first.values()))
    places = [place for place, source in enumerate(sources) if isinstance(source, Generator)]
    starts = np.arange(len(places)) * (0 if request.shared else request.train)
    return {
        place: pool.take(np.sort(order[start : start + request.train]))
        for place, start in zip(places, starts, strict=True)
    }


def _write_images(
    out: Path,
    trained: dict[str, TrainedGenerator],
    request: GroupingRequest,
    seeds: Sequence[int],
    shuffling: int,
) -> None:
    """Sample the generators; write the development set, the test set and the truth."""
    tested: list[NDArray[np.uint8]] = []
    for (name, generator), seed in zip(trained.items(), seeds, strict=True):
        n = request.development + request.generated
        made = np.concatenate([block for _, block in samples_of(generator, n, seed=seed)])
        for number, image in enumerate(made[: request.development], 1):
            write_png(out / "development" / name / f"generated_{number}.png", image)
        tested.append(made[request.development :])
    order = np.random.default_rng(shuffling).permutation(len(trained) * request.generated)
    names = np.repeat(list(trained), request.generated)[order]
    ids = [f"generated_{number}" for number in range(1, len(order) + 1)]
    with track("writing generated images", len(order)) as done:
        for image_id, image in zip(ids, np.concatenate(tested)[order], strict=True):
            write_png(out / "test" / "generated" / f"{image_id}.png", image)
            done(1)
    write_groups(out / TRUTH, ids, names.tolist())
