"""Building a task whose truth is known: a real generator, trained on part of a pool of images.

One generator makes both sets. Its training images are drawn from the pool; some of them become the
development set's used images, others the test set's used candidates, and the rest are in neither
set. Images not used are drawn from what the generator never saw. Development and test share no
image, and their generated images are different samples.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.building.allotment import allot
from whorl.building.claim import BuildError, claim_folder, release_folder
from whorl.building.record import (
    RECORD,
    FileRecord,
    Sizes,
    Split,
    TaskRecord,
    read_record,
    write_record,
)
from whorl.files import file_hash
from whorl.generators import (
    Generator,
    TrainedGenerator,
    load_generator,
    sample_to_folder,
    train_in_folder,
)
from whorl.generators.card import Card, read_card
from whorl.images import ImageSet, digest_of
from whorl.images.writing import write_png
from whorl.progress import track
from whorl.seeds import require_seed
from whorl.tasks.pseudonyms import pseudonymous
from whorl.tasks.runfile import write_run
from whorl.version import __version__

GENERATOR = "generator"
DEVELOPMENT_SHARE = 20  # one generated image for development to so many for the test, as official

Cells = Mapping[str, NDArray[np.intp]]


@dataclass(frozen=True)
class Request:
    """What task is to be built.

    Attributes
    ----------
    sizes : Sizes
        How many images.
    split : {"slice", "patient"}
        "patient" keeps each patient on one side: used or not used, development or test.
    stratify : str or None
        What is balanced between used and not used, for the record.
    strata : sequence of str or None
        Its value for each pool image.
    seed : int
        Seeds every random draw.
    """

    sizes: Sizes
    split: Split = "slice"
    stratify: str | None = None
    strata: Sequence[str] | None = field(default=None)
    seed: int = 0

    def __post_init__(self) -> None:
        require_seed(self.seed)


def build_task(
    pool: ImageSet, out: Path | str, generator: Generator | Path, request: Request
) -> TaskRecord:
    """Build a task in the official layout, or go on with building it.

    Of images in the pool with the same content only the first is taken. What is done already is
    not done again: a folder that was left half built is finished, and ends as if it had been
    built in one go; one that the same request has finished stays as it is.

    Parameters
    ----------
    pool : ImageSet
        Real images, which may carry their patients. Those that came out of files' headers are
        recorded by pseudonym.
    out : path
        The task's folder: new, empty, or left by the same request, half built or finished.
    generator : Generator or path
        What to train, into ``out/generator``; or the folder of a trained one, whose card names
        the used images by their content.
    request : Request
        Sizes, split and seed.

    Returns
    -------
    TaskRecord
        As ``task.json`` keeps it.

    Raises
    ------
    BuildError
        If the request contradicts itself, `out` holds anything else, or a trained generator
        makes images of another size than the pool's.
    AllotmentError
        If the pool is too small.
    """
    out = Path(out)
    card = read_card(generator) if isinstance(generator, Path) else None
    _require_sense(pool, request, card)
    claim = claim_folder(out, _identity(pool, generator, card, request), RECORD)
    if claim.finished and (built := read_record(out)):
        return built
    seeds = [int(s) for s in np.random.SeedSequence(request.seed).generate_state(4)]
    cells = _cells(pool, request, card, seeds[0])
    if isinstance(generator, Path):
        trained = load_generator(generator)
    else:
        seen = np.sort(
            np.concatenate([cells["development_used"], cells["test_used"], cells["rest"]])
        )
        training = pool.take(seen)
        trained = train_in_folder(generator, training, out / GENERATOR, seed=seeds[1], resume=True)
        card = read_card(out / GENERATOR)
    files = _write_reals(pool, out, cells, seeds[2])
    files |= _write_generated(trained, out, request.sizes, seeds[3])
    assert card is not None  # noqa: S101
    record = TaskRecord(
        whorl=__version__,
        asked=claim.asked,
        seed=request.seed,
        split=request.split,
        stratify=request.stratify,
        height=pool.size[0],
        width=pool.size[1],
        sizes=request.sizes,
        generator=card,
        files=files,
    )
    write_record(out, record)
    release_folder(out)
    return record


def require_patients(pool: ImageSet, split: str) -> None:
    """Raise an error if patients are to be kept whole and are not known.

    Raises
    ------
    BuildError
        Saying how to name them.
    """
    if split == "patient" and pool.patients is None:
        raise BuildError(
            "--split patient: whose the images are is not known: give --patients, a table of "
            "image_id and patient, the word folder, or an expression over file names"
        )


def _require_sense(pool: ImageSet, request: Request, card: Card | None) -> None:
    """Raise an error if the request contradicts itself or the generator."""
    sizes = request.sizes
    require_patients(pool, request.split)
    if card is None and sizes.train is None:
        raise BuildError("--train: say how many images the generator is to be trained on")
    used = sizes.development + sizes.test // 2
    if sizes.train is not None and used > sizes.train:
        raise BuildError(
            f"--train {sizes.train}: is fewer than the {used} used images asked for "
            f"(--development {sizes.development}, and half of --test {sizes.test})"
        )
    if card is not None and (card.height, card.width) != pool.size:
        raise BuildError(
            f"the generator makes images of {card.width}×{card.height}, the pool's are "
            f"{pool.size[1]}×{pool.size[0]}: --size {card.height} brings them to one size"
        )


def _identity(
    pool: ImageSet, generator: Generator | Path, card: Card | None, request: Request
) -> dict[str, Any]:
    """Return what decides how a task turns out."""
    made = (
        {"kind": generator.kind, **asdict(generator)}
        if isinstance(generator, Generator)
        else json.loads(card.model_dump_json() if card else "null")
    )
    patients = pseudonymous(pool).patients
    return {
        "sizes": request.sizes.model_dump(),
        "split": request.split,
        "stratify": request.stratify,
        "seed": request.seed,
        "generator": made,
        "pool": pool.digest,
        "patients": patients and digest_of(patients),
        "strata": None if request.strata is None else digest_of(request.strata),
    }


def _cells(pool: ImageSet, request: Request, card: Card | None, seed: int) -> Cells:
    """Return which pool images go where."""
    sizes, n = request.sizes, len(pool)
    first = {content: i for i, content in reversed(list(enumerate(pool.hashes)))}
    fresh = np.array([first[content] == i for i, content in enumerate(pool.hashes)])
    patients = pool.patients if request.split == "patient" else None
    if card is None:
        used = not_used = fresh
        rest = (sizes.train or 0) - sizes.development - sizes.test // 2
    else:
        seen = np.isin(pool.hashes, card.training_hashes)
        used, rest = fresh & seen, 0
        whose = np.asarray(patients or pool.hashes)
        not_used = fresh & ~np.isin(whose, whose[seen])
    return allot(
        {
            "development_used": sizes.development,
            "development_not_used": sizes.development,
            "test_used": sizes.test // 2,
            "test_not_used": sizes.test // 2,
            "rest": rest,
        },
        patients,
        request.strata or [""] * n,
        {
            "development_used": used,
            "development_not_used": not_used,
            "test_used": used,
            "test_not_used": not_used,
            "rest": used,
        },
        model=used,
        seed=seed,
    )


def _write_reals(pool: ImageSet, out: Path, cells: Cells, seed: int) -> dict[str, FileRecord]:
    """Write the real images and the truth; return what is to be recorded of the files."""
    candidates = np.concatenate([cells["test_used"], cells["test_not_used"]])
    order = np.random.default_rng(seed).permutation(len(candidates))
    folders = {
        "development/used": ("used_{:04d}", cells["development_used"]),
        "development/not_used": ("not_used_{:04d}", cells["development_not_used"]),
        "test/real_unknown_1": ("real_unknown_{:04d}", candidates[order]),
    }
    sources, files = sources_of(pool), {}
    with track("writing real images", sum(len(chosen) for _, chosen in folders.values())) as done:
        for folder, (name, chosen) in folders.items():
            for number, i in enumerate(chosen, 1):
                path = f"{folder}/{name.format(number)}.png"
                there = (out / path).exists()
                sha256 = file_hash(out / path) if there else write_png(out / path, pool.pixels[i])
                source, patient = sources[i]
                files[path] = FileRecord(sha256=sha256, source=source, patient=patient)
                done(1)
    ids = [f"real_unknown_{number:04d}" for number in range(1, len(candidates) + 1)]
    truth = write_run(out / "truth.csv", ids, order < len(cells["test_used"]))
    files["truth.csv"] = FileRecord(sha256=truth)
    return files


def sources_of(pool: ImageSet) -> list[tuple[str, str | None]]:
    """Return each pool image's id and patient, both without what came out of its header."""
    if pool.patients is None:
        return [(image_id, None) for image_id in pool.ids]
    called = pseudonymous(pool).patients or ()
    return [
        (image_id.replace(patient, pseudonym), pseudonym)
        for image_id, patient, pseudonym in zip(pool.ids, pool.patients, called, strict=True)
    ]


def _write_generated(
    trained: TrainedGenerator, out: Path, sizes: Sizes, seed: int
) -> dict[str, FileRecord]:
    """Sample the generator for both sets; return what is to be recorded of the files."""
    hashes: dict[Path, str] = {}
    for folder, name, n, own in (
        ("development/generated", "generated_{:04d}", sizes.development_generated, 0),
        ("test/generated_1", "generated_{:05d}", sizes.generated, 1),
    ):
        hashes |= sample_to_folder(trained, out / folder, name, n, seed=2 * seed + own)
    return {
        path.relative_to(out).as_posix(): FileRecord(sha256=sha256)
        for path, sha256 in hashes.items()
    }
