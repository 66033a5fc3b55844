"""Building a task of subsets whose truth is known: a generator for each part of a pool.

The pool's images are dealt to subsets, patients whole where asked, and a generator is trained on
each. Generated images may come from no subset too: from generators of other images of the pool.
Where the task is to be a null, no generator sees a subset at all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.attribution.record import (
    SubsetSizes,
    SubsetsRecord,
    read_subsets_record,
    write_subsets_record,
)
from whorl.attribution.runfile import write_subsets
from whorl.attribution.view import NONE
from whorl.building.allotment import allot
from whorl.building.claim import BuildError, claim_folder, release_folder
from whorl.building.construction import require_patients, sources_of
from whorl.building.record import RECORD, FileRecord, Split
from whorl.evaluation.scorefile import write_scores
from whorl.files import file_hash
from whorl.generators import Generator, TrainedGenerator, samples_of, train_in_folder
from whorl.generators.card import Card, read_card
from whorl.images import ImageSet, digest_of
from whorl.images.writing import write_png
from whorl.progress import track
from whorl.tasks.patients import PATIENT
from whorl.tasks.pseudonyms import pseudonymous
from whorl.version import __version__

GENERATORS = "generators"
REFERENCE, UNRELATED = "reference", "unrelated"
PATIENTS = "patients.csv"

Cells = Mapping[str, NDArray[np.intp]]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class SubsetsRequest:
    """What task of subsets is to be built.

    Attributes
    ----------
    sizes : SubsetSizes
        How many images.
    split : {"slice", "patient"}
        "patient" keeps each patient in one subset.
    null : bool
        Whether one generator, trained on no subset, makes all images.
    seed : int
        Seeds every random draw.
    """

    sizes: SubsetSizes
    split: Split = "patient"
    null: bool = False
    seed: int = 0

    @property
    def subsets(self) -> tuple[str, ...]:
        """The subsets' names: subset_1, subset_2 and so on."""
        return tuple(f"subset_{k}" for k in range(1, len(self.sizes.images) + 1))


def build_subsets_task(
    pool: ImageSet, out: Path | str, generator: Generator, request: SubsetsRequest
) -> SubsetsRecord:
    """Build a task of subsets, or go on with building it.

    Of images in the pool with the same content only the first is taken. A folder that was left
    half built is finished, and ends as if it had been built in one go; one that the same request
    has finished stays as it is. It holds
    ``development/real/SUBSET``, ``development/generated/SUBSET``, ``test/real/SUBSET`` (the same
    reals), ``test/generated``, ``truth.csv`` and ``task.json``; where asked ``reference``, reals
    that nothing was trained on, and ``unrelated``, images of a generator of no subset; and where
    patients are known ``patients.csv``, whose the reals of test and reference are.

    Parameters
    ----------
    pool : ImageSet
        Real images, which may carry their patients. Those that came out of files' headers are
        recorded by pseudonym.
    out : path
        The task's folder: new, empty, or left by the same request, half built or finished.
    generator : Generator
        What is trained on each subset, into ``out/generators``.
    request : SubsetsRequest
        Sizes, split and seed.

    Raises
    ------
    BuildError
        If patients are to be kept whole but are not known, a task of a null asks for images of
        none too, or `out` holds something else.
    AllotmentError
        If the pool is too small.
    """
    out = Path(out)
    _require_sense(pool, request)
    claim = claim_folder(out, _identity(pool, generator, request), RECORD)
    if claim.finished:
        return read_subsets_record(out)
    deal, mix, *seeds = (int(s) for s in np.random.SeedSequence(request.seed).generate_state(4))
    cells = _cells(pool, request, deal)
    trained = {
        name: train_in_folder(
            generator, pool.take(np.sort(cells[name])), out / GENERATORS / name,
            seed=seeds[0] + k, resume=True,
        )
        for k, name in enumerate(_trained_on(request))
    }  # fmt: skip
    files = _write_reals(pool, out, cells, request)
    if pool.patients is not None:
        files[PATIENTS] = FileRecord(sha256=write_patients(out, files))
    files |= _write_generated(trained, out, request, mix, seeds[1])
    cards: dict[str, Card] = {name: read_card(out / GENERATORS / name) for name in trained}
    record = SubsetsRecord(
        whorl=__version__,
        asked=claim.asked,
        seed=request.seed,
        split=request.split,
        null=request.null,
        height=pool.size[0],
        width=pool.size[1],
        sizes=request.sizes,
        generators=cards,
        files=files,
    )
    write_subsets_record(out, record)
    release_folder(out)
    return record


def _require_sense(pool: ImageSet, request: SubsetsRequest) -> None:
    """Raise an error if the request contradicts itself or the pool."""
    require_patients(pool, request.split)
    if request.null and request.sizes.none:
        raise BuildError("--none: all images of a null task come from none: leave out one of both")
    if min(request.sizes.images) < 2:
        raise BuildError("--images: a generator is trained on 2 images at least")


def _identity(pool: ImageSet, generator: Generator, request: SubsetsRequest) -> dict[str, Any]:
    """Return what decides how a task turns out."""
    patients = pseudonymous(pool).patients
    return {
        "sizes": json.loads(request.sizes.model_dump_json()),
        "split": request.split,
        "null": request.null,
        "seed": request.seed,
        "generator": {"kind": generator.kind, **asdict(generator)},
        "pool": pool.digest,
        "patients": patients and digest_of(patients),
    }


def _trained_on(request: SubsetsRequest) -> tuple[str, ...]:
    """Return the parts of the pool that have a generator."""
    subsets = () if request.null else request.subsets
    others = (NONE, UNRELATED) if request.sizes.none else (NONE,) if request.null else ()
    return (*subsets, *others)


def _cells(pool: ImageSet, request: SubsetsRequest, seed: int) -> Cells:
    """Return which pool images go where; no patient is in two parts if they are kept whole."""
    first = {content: i for i, content in reversed(list(enumerate(pool.hashes)))}
    fresh = np.array([first[content] == i for i, content in enumerate(pool.hashes)])
    sizes = request.sizes
    most = max(sizes.images)
    trained = _trained_on(request)
    needs = {
        **dict(zip(request.subsets, sizes.images, strict=True)),
        NONE: most if NONE in trained else 0,
        UNRELATED: most if UNRELATED in trained else 0,
        REFERENCE: sizes.reference,
    }
    patients = pool.patients if request.split == "patient" else None
    everywhere = dict.fromkeys(needs, fresh)
    return allot(needs, patients, [""] * len(pool), everywhere, model=fresh, seed=seed)


def _write_reals(
    pool: ImageSet, out: Path, cells: Cells, request: SubsetsRequest
) -> dict[str, FileRecord]:
    """Write the real images; return what is to be recorded of the files."""
    folders = {
        f"{part}/real/{name}": ("real_{:04d}", cells[name])
        for part in ("development", "test")
        for name in request.subsets
    } | {REFERENCE: ("reference_{:04d}", cells[REFERENCE])}
    sources, files = sources_of(pool), {}
    with track("writing real images", sum(len(chosen) for _, chosen in folders.values())) as done:
        for folder, (name, chosen) in folders.items():
            for number, i in enumerate(chosen, 1):
                path = f"{folder}/{name.format(number)}.png"
                source, patient = sources[i]
                sha256 = _written(out / path, pool.pixels[i])
                files[path] = FileRecord(sha256=sha256, source=source, patient=patient)
                done(1)
    return files


def write_patients(out: Path, files: Mapping[str, FileRecord]) -> str:
    """Write whose the reals of test and reference are; return the hash of the file."""
    of = {
        path.removeprefix(top).removesuffix(".png"): file.patient
        for path, file in files.items()
        for top in ("test/real/", f"{REFERENCE}/")
        if path.startswith(top)
    }
    return write_scores(out / PATIENTS, {"image_id": [*of], PATIENT: [*of.values()]})


def _write_generated(
    trained: Mapping[str, TrainedGenerator],
    out: Path,
    request: SubsetsRequest,
    mix: int,
    seed: int,
) -> dict[str, FileRecord]:
    """Sample the generators for both sets, write the truth; return what is recorded of the files.

    The test set's images stand in random order, so that their numbers tell nothing.
    """
    sizes, names = request.sizes, request.subsets
    counts = dict.fromkeys(names, sizes.generated)
    test = _samples(trained, request, counts, seed)
    own = dict.fromkeys(names, sizes.development_generated)
    known = _samples(trained, request, own, seed + 1)
    if sizes.none:
        test[NONE] = _sampled(trained[NONE], sizes.none, seed)
    truth = [name for name, pixels in test.items() for _ in pixels]
    order = np.random.default_rng(mix).permutation(len(truth))
    ids = [f"generated_{k:05d}" for k in range(1, len(order) + 1)]
    pixels = np.concatenate(list(test.values()))[order]
    parts: dict[str, tuple[str, Sequence[Pixels] | Pixels]] = {
        "test/generated": ("generated_{:05d}", pixels),
        **{f"development/generated/{n}": ("generated_{:04d}", known[n]) for n in names},
    }
    if UNRELATED in trained:
        parts[UNRELATED] = ("generated_{:05d}", _sampled(trained[UNRELATED], sizes.none, seed))
    files = {}
    for folder, (name, made) in parts.items():
        for number, image in enumerate(made, 1):
            path = f"{folder}/{name.format(number)}.png"
            files[path] = FileRecord(sha256=_written(out / path, image))
    truth_hash = write_subsets(out / "truth.csv", ids, [truth[i] for i in order])
    return {**files, "truth.csv": FileRecord(sha256=truth_hash)}


def _samples(
    trained: Mapping[str, TrainedGenerator],
    request: SubsetsRequest,
    counts: Mapping[str, int],
    seed: int,
) -> dict[str, Pixels]:
    """Return samples for each subset: of its own generator, or of a null's dealt out."""
    if not request.null:
        return {name: _sampled(trained[name], n, seed) for name, n in counts.items()}
    every = _sampled(trained[NONE], sum(counts.values()), seed)
    ends = np.cumsum(list(counts.values()))
    return dict(zip(counts, np.split(every, ends[:-1]), strict=True))


def _sampled(generator: TrainedGenerator, n: int, seed: int) -> Pixels:
    """Return n samples."""
    return np.concatenate([pixels for _, pixels in samples_of(generator, n, seed=seed)])


def _written(path: Path, pixels: Pixels) -> str:
    """Write an image, unless an interrupted building did; return the hash of the file."""
    return file_hash(path) if path.exists() else write_png(path, pixels)
