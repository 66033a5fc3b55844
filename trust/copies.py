"""``python -m trust.copies``: plant copies of real slices by many roads, and count those found.

Prints a table; ``--write`` puts it into docs/audit.md. WHORL_REAL_DATA names the folder of the real
images.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from trust.page import real_data, run
from trust.table import WIDTH, markdown
from whorl.auditing.lookalikes import BAR, Lookalikes, find_lookalikes
from whorl.auditing.roads import road_of
from whorl.features.alignment import Frame, Padded
from whorl.images import ImageSet, load
from whorl.images.orientations import oriented
from whorl.progress import track

PAGE = Path(__file__).parents[1] / "docs" / "audit.md"
START, END = "<!-- made by python -m trust.copies --write -->", "<!-- end of what it made -->"
PLANTED, PATIENTS = 100, 12

Grey = NDArray[np.uint8]
Road = Callable[[Grey, np.random.Generator], Grey]


@dataclass(frozen=True)
class Pool:
    """Real slices and whose they are.

    Attributes
    ----------
    images : ImageSet
    patients : ndarray of intp, shape (n,)
    """

    images: ImageSet
    patients: NDArray[np.intp]


@dataclass(frozen=True)
class Count:
    """What was found of the copies planted by one road.

    Attributes
    ----------
    road : str
    found : int
        Called copies, of `PLANTED`.
    named : int
        How many of these had the road's first word in what was said of them.
    """

    road: str
    found: int
    named: int


def moved(image: Grey, rng: np.random.Generator) -> Grey:
    """Move an image by 1 to 4 pixels of 128 in both directions; black comes in."""
    most = 4 * image.shape[0] // 128
    down, right = rng.integers(1, most + 1, 2) * rng.choice([-1, 1], 2)
    padded = np.pad(image, most)
    top, left = most - down, most - right
    return padded[top : top + image.shape[0], left : left + image.shape[1]]


def _turned(orientation: int) -> Road:
    return lambda image, _: np.ascontiguousarray(oriented(image, orientation))


def _stretched(by: float) -> Road:
    frame = Frame(wide=by, tall=by).inverse()
    return lambda image, _: Padded(image).cut(frame, (image.shape[0], image.shape[1]))


def _curve(curve: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Road:
    return lambda image, _: np.clip(np.rint(curve(image.astype(np.float64))), 0, 255).astype(
        np.uint8
    )


def _jpeg(quality: int) -> Road:
    def road(image: Grey, _: np.random.Generator) -> Grey:
        stream = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(image)).save(stream, "JPEG", quality=quality)
        return np.asarray(Image.open(stream))

    return road


def _rescaled(part: int) -> Road:
    def road(image: Grey, _: np.random.Generator) -> Grey:
        height, width = image.shape
        small = Image.fromarray(image).resize((width // part, height // part))
        return np.asarray(small.resize((width, height)))

    return road


def _noise(image: Grey, rng: np.random.Generator) -> Grey:
    return np.clip(np.rint(image + rng.normal(0, 5, image.shape)), 0, 255).astype(np.uint8)


def _after_another(*roads: Road) -> Road:
    def road(image: Grey, rng: np.random.Generator) -> Grey:
        for each in roads:
            image = each(image, rng)
        return image

    return road


ROADS: dict[str, tuple[Road, str]] = {
    "mirrored left to right": (_turned(1), "mirrored left"),
    "mirrored top to bottom": (_turned(2), "mirrored top"),
    "turned by 90°": (_turned(5), "turned by 90"),
    "turned by 180°": (_turned(3), "turned by 180"),
    "moved, up to 8 pixels each way": (moved, "moved"),
    "brighter by 30 levels": (_curve(lambda grey: grey + 30), "brightness"),
    "darker by 30 levels": (_curve(lambda grey: grey - 30), "brightness"),
    "contrast × 0.7": (_curve(lambda grey: 0.7 * grey + 20), "brightness"),
    "contrast × 1.3": (_curve(lambda grey: 1.3 * grey - 30), "brightness"),
    "gamma 0.7": (_curve(lambda grey: 255 * (grey / 255) ** 0.7), "brightness"),
    "JPEG, quality 90": (_jpeg(90), "JPEG"),
    "JPEG, quality 50": (_jpeg(50), "JPEG"),
    "JPEG, quality 20": (_jpeg(20), "JPEG"),
    "made at half the size": (_rescaled(2), "smaller size"),
    "made at a quarter of the size": (_rescaled(4), "smaller size"),
    "enlarged by 5 %": (_stretched(0.05), "enlarged"),
    "enlarged by 10 %": (_stretched(0.1), "enlarged"),
    "made smaller by 5 %": (_stretched(-0.05), "made smaller"),
    "noise, σ = 5 levels": (_noise, "noise"),
    "mirrored, moved, JPEG quality 60": (
        _after_another(_turned(1), moved, _jpeg(60)), "mirrored left",
    ),
}  # fmt: skip
"""What is done to a copy, and the words that are to be said of it."""


def planted(pool: Pool, seed: int = 0) -> list[Count]:
    """Put copies of slices of a few patients among all slices of the others, road by road."""
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(np.unique(pool.patients))[:PATIENTS]
    own = np.isin(pool.patients, chosen)
    places = rng.choice(np.flatnonzero(own), min(PLANTED, own.sum()), replace=False)
    candidates, others = pool.images.take(places), pool.images.take(np.flatnonzero(~own))
    counts = []
    for name, (road, words) in ROADS.items():
        copies = np.stack([road(image, rng) for image in candidates.pixels])
        ids = tuple(f"copy of {i}" for i in candidates.ids)
        made = ImageSet(ids, copies, "generated").joined(others)
        found = find_lookalikes(candidates, made)
        hits = np.flatnonzero((found.similarity >= BAR) & (found.position < len(copies)))
        said = [_road(candidates, made, found, k) for k in hits.tolist()]
        counts.append(Count(name, len(hits), sum(words in text for text in said)))
    return counts


def alike(pool: Pool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how alike each slice is to one of another patient, and of its own, at most."""
    other, same = [], []
    with track("slices by patient", len(np.unique(pool.patients))) as advance:
        for patient in np.unique(pool.patients):
            own = np.flatnonzero(pool.patients == patient)
            rest = np.flatnonzero(pool.patients != patient)
            found = find_lookalikes(pool.images.take(own), pool.images.take(rest))
            other.append(found.similarity)
            for k in own if len(own) > 1 else ():
                neighbours = pool.images.take(own[own != k])
                same.append(find_lookalikes(pool.images.take([k]), neighbours).similarity)
            advance(1)
    return np.concatenate(other), np.concatenate(same)


def described(
    counts: Sequence[Count], other: NDArray[np.float64], same: NDArray[np.float64]
) -> str:
    """Return the table with what there is to say of how it was made."""
    said = (
        f"`python -m trust.copies` puts copies of {PLANTED} slices of {PATIENTS} patients (chest "
        "CT, 256×256) among all slices of the other patients and counts those that are found, and "
        f"those of which the right thing is said. Of all {len(other):,} slices, each beside every "
        f"slice of every other patient, {np.count_nonzero(other >= BAR)} were called a copy "
        f"(the most alike reached {other.max():.2f}; the bar is {BAR}). Of {len(same):,} slices "
        f"beside the others of their own patient {np.count_nonzero(same >= BAR)} were: neighbours, "
        "and slices that stand twice in the data set, cropped otherwise."
    )
    lines = [(c.road, f"{c.found} of {PLANTED}", str(c.named)) for c in counts]
    table = markdown(("what was done to the copies", "found", "said rightly"), lines)
    return f"{fill(said, WIDTH)}\n\n{table}"


def read(folder: Path, resize: int | None = None) -> Pool:
    """Return the images of a pool, and each one's patient."""
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        patient = {row["image_id"]: row["patient_group"] for row in csv.DictReader(file)}
    images = load(folder / "images", resize=resize, name="slices")
    _, codes = np.unique([patient[i] for i in images.ids], return_inverse=True)
    return Pool(images, codes)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write; 1 and plain words if something is missing."""
    parser = argparse.ArgumentParser(prog="python -m trust.copies", description=__doc__)
    return run(parser, PAGE, (START, END), _table, arguments)


def _table(_: argparse.Namespace) -> str:
    """Return what is to be written."""
    pool = read(real_data() / "ct_slices")
    return described(planted(pool), *alike(pool))


def _road(candidates: ImageSet, made: ImageSet, found: Lookalikes, row: int) -> str:
    """Return what is said of a pair."""
    return road_of(
        candidates.pixels[row],
        made.pixels[found.position[row]],
        int(found.orientation[row]),
        found.frame[row],
    )


if __name__ == "__main__":
    sys.exit(main())
