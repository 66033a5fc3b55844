"""Build the embedded sample: phantoms, a generator trained on half of them, and the truth.

``python scripts/make_sample.py`` rewrites the sample within the package; ``--out DIR`` writes it
elsewhere. One seed gives the same pixels bit for bit on every x86-64 machine with AVX2.
"""

import os

# Sums round differently where a library picks its code for the processor it meets or splits the
# work between threads: NumPy and OpenBLAS read these when imported, and so take one path anywhere.
os.environ["OPENBLAS_CORETYPE"] = "Haswell"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["NPY_DISABLE_CPU_FEATURES"] = "X86_V4 AVX512_ICL AVX512_SPR"

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from phantoms import phantom
from PIL import Image

from whorl.files import write_text, written_atomically
from whorl.generators import PCADiffusion, copied_share, memorised_share
from whorl.progress import shown, track
from whorl.tasks.runfile import write_run

Pixels = NDArray[np.uint8]

SEED = 2023
PACKAGED = Path(__file__).parents[1] / "src" / "whorl" / "sample"
GREY_LEVELS = 64
TEST = {"used": 30, "not_used": 30, "generated": 300}
DEVELOPMENT = {"used": 20, "not_used": 100, "generated": 60}
SETTINGS = PCADiffusion(components=15, width=128, steps=2500, learning_rate=2e-3, gaussian=False)

README = """\
# The embedded sample

A small membership task with known truth, in the official 2023 layout. Every real image here is a
**phantom**: a drawing, made by a program, that looks like an axial chest CT slice. No patient, no
scan and no other data set went into it.

| folder | images |
|---|---|
| `test/generated_1` | {test[generated]}, made by a generator trained on the test's used phantoms |
| `test/real_unknown_1` | {candidates} phantoms to judge: {test[used]} used, {test[not_used]} not |
| `truth.csv` | which were used, as a run file |
| `development/generated` | {development[generated]}, made by a second generator |
| `development/used` | {development[used]} phantoms that the second generator was trained on |
| `development/not_used` | {development[not_used]} phantoms that neither generator saw |

Images are 128×128, 8-bit grey, with {levels} grey levels to keep the files small. All phantoms are
drawn by one process and share no anatomy, so those in `development/not_used` serve as a reference.

The generators are denoising diffusion on principal components (`whorl.generators.PCADiffusion`),
trained by gradient descent. As in collected data, some training images stand there several times
(`card.json` says how often): those are memorised, the rare ones hardly, so an audit finds some
members easily and misses others.

Rebuilt by `python scripts/make_sample.py` from seed {seed}. Licence: Apache-2.0 OR CC0-1.0.
"""


def main() -> None:
    """Read the command line and build the sample."""
    parser = argparse.ArgumentParser(description="Build whorl's embedded sample.")
    parser.add_argument("--out", type=Path, default=PACKAGED, help="folder to write into")
    with shown():
        build(parser.parse_args().out)


def build(out: Path) -> None:
    """Draw the phantoms, train the two generators, and write everything below `out`."""
    used, not_used, development_used, development_not_used = draw(
        TEST["used"], TEST["not_used"], DEVELOPMENT["used"], DEVELOPMENT["not_used"]
    )
    generated, test_card = generate(used, TEST["generated"], seed=SEED)
    development_generated, development_card = generate(
        development_used, DEVELOPMENT["generated"], seed=SEED + 2
    )
    order = np.random.default_rng(SEED).permutation(len(used) + len(not_used))

    test, development = out / "test", out / "development"
    save(test / "generated_1", "generated_{:05d}", generated)
    ids = save(
        test / "real_unknown_1", "real_unknown_{:04d}", np.concatenate([used, not_used])[order]
    )
    save(development / "generated", "generated_{:04d}", development_generated)
    save(development / "used", "used_{:04d}", development_used)
    save(development / "not_used", "not_used_{:04d}", development_not_used)
    write_run(out / "truth.csv", ids, order < len(used))

    copies = copies_in_training(len(used))
    test_card["copies_in_training"] = {
        i: int(copies[n]) for i, n in zip(ids, order, strict=True) if n < len(used)
    }
    card = {
        "what": "phantoms: drawings that look like chest CT; no patient's image is in here",
        "seed": SEED,
        "license": "Apache-2.0 OR CC0-1.0",
        "test": TEST | test_card,
        "development": DEVELOPMENT | development_card,
    }
    write_text(out / "card.json", json.dumps(card, indent=1) + "\n")
    write_text(
        out / "README.md",
        README.format(
            test=TEST, development=DEVELOPMENT, seed=SEED, candidates=len(ids), levels=GREY_LEVELS
        ),
    )


def draw(*counts: int) -> list[Pixels]:
    """Return a stack of phantoms for each count, every phantom drawn from a seed of its own."""
    seeds = np.random.SeedSequence(SEED).spawn(sum(counts))
    drawn = []
    with track("drawing phantoms", len(seeds)) as advance:
        for seed in seeds:
            drawn.append(coarse(phantom(np.random.default_rng(seed))))
            advance(1)
    return np.split(np.stack(drawn), np.cumsum(counts)[:-1])


def generate(used: Pixels, count: int, *, seed: int) -> tuple[Pixels, dict[str, object]]:
    """Train a generator on phantoms and sample it; return the samples and what is to be told."""
    settings = replace(SETTINGS, components=len(used) // 2)
    training = np.repeat(used, copies_in_training(len(used)), axis=0)
    samples = coarse(settings.train(training, seed=seed).sample(count, seed=seed + 1))
    return samples, {
        "generator": asdict(settings),
        "memorised_share": round(memorised_share(samples, used), 3),
        "copied_share": round(copied_share(samples, used), 3),
    }


def copies_in_training(n: int) -> NDArray[np.intp]:
    """Return how often each of `n` training images is repeated: from 14 times down to once."""
    return np.asarray(np.maximum(1, np.rint(14.0 * 0.87 ** np.arange(n))), np.intp)


def coarse(pixels: Pixels) -> Pixels:
    """Round to fewer grey levels, 0 and 255 among them: fewer bits of noise, smaller files."""
    top = GREY_LEVELS - 1
    return np.asarray(np.rint(np.rint(pixels * (top / 255.0)) * (255.0 / top)), np.uint8)


def save(folder: Path, name: str, pixels: Pixels) -> list[str]:
    """Write each image as a PNG named after its number; return the names without extension."""
    ids = [name.format(number) for number in range(1, len(pixels) + 1)]
    for image_id, image in zip(ids, pixels, strict=True):
        with written_atomically(folder / f"{image_id}.png") as path:
            Image.fromarray(image).save(path, "PNG", compress_level=9, compress_type=1)
    return ids


if __name__ == "__main__":
    main()
