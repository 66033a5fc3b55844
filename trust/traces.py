"""``python -m trust.traces``: what attacks see of generated images that were made by known ways.

Every image of some patients is used equally often, as it is blurred, mixed with others, cut into a
patchwork and so on. Prints a table; ``--write`` puts it into docs/explain-away.md. WHORL_REAL_DATA
names the folder of the real images.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from textwrap import fill

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from sklearn.metrics import roc_auc_score

from trust.copies import Pool, read
from trust.page import real_data, run
from trust.table import WIDTH, markdown
from whorl.images import ImageSet
from whorl.progress import track
from whorl.runs import entry
from whorl.tasks.view import View

PAGE = Path(__file__).parents[1] / "docs" / "explain-away.md"
START, END = "<!-- made by python -m trust.traces --write -->", "<!-- end of what it made -->"
OWN = "whorl"
OTHERS = ("nearest-ssim", "nearest-correlation", "vcmi-1", "vcmi-3")
USES = 3  # of each used image

Floats = NDArray[np.float64]
Way = Callable[[Callable[[], Floats], np.random.Generator], Floats]
"""Makes generated images; its first argument draws all used images in a new order."""


@dataclass(frozen=True)
class Seen:
    """What attacks see of one way: the AUC of each, by its name."""

    way: str
    auc: dict[str, float]

    @property
    def best(self) -> str:
        """The best of the other attacks."""
        return max(OTHERS, key=lambda name: self.auc[name])


def blurred(images: Floats, sigma: float) -> Floats:
    """Blur by so many pixels at 128."""
    own = sigma * images.shape[-1] / 128
    return np.asarray(ndimage.gaussian_filter(images, (0, own, own)))


def noisy(drawn: Callable[[], Floats], rng: np.random.Generator, sigma: float) -> Floats:
    """Add noise of so many grey levels."""
    images = drawn()
    return images + rng.normal(0, sigma, images.shape)


def mixed(drawn: Callable[[], Floats], rng: np.random.Generator, count: int) -> Floats:
    """Add up so many images with weights that are drawn anew for each sum."""
    parts = np.stack([drawn() for _ in range(count)])
    weights = rng.dirichlet(np.ones(count), parts.shape[1])
    return np.einsum("nk,knij->nij", weights, parts)


def patchwork(drawn: Callable[[], Floats], _: np.random.Generator) -> Floats:
    """Take each quarter from another image."""
    images = drawn(), drawn(), drawn(), drawn()
    half = images[0].shape[-1] // 2
    halves = slice(half), slice(half, None)
    out = np.empty_like(images[0])
    for image, (rows, columns) in zip(images, product(halves, halves), strict=True):
        out[:, rows, columns] = image[:, rows, columns]
    return out


def warped(drawn: Callable[[], Floats], rng: np.random.Generator, most: float) -> Floats:
    """Move each pixel smoothly, by so many pixels at 128 at most."""
    images = drawn()
    side = images.shape[-1]
    grid = np.indices((side, side)).astype(float)
    out = np.empty_like(images)
    for k, image in enumerate(images):
        field = np.stack([ndimage.gaussian_filter(rng.normal(size=grid.shape[1:]), side / 8)
                          for _ in range(2)])  # fmt: skip
        field *= most * side / 128 / np.abs(field).max(axis=(1, 2), keepdims=True)
        out[k] = ndimage.map_coordinates(image, grid + field, order=1, mode="nearest")
    return out


def turned(drawn: Callable[[], Floats], rng: np.random.Generator, most: float) -> Floats:
    """Turn each image by so many degrees at most."""
    angle = rng.uniform(-most, most, len(images := drawn()))
    return np.stack([
        ndimage.rotate(image, by, reshape=False, order=1, mode="nearest")
        for image, by in zip(images, angle, strict=True)
    ])  # fmt: skip


def curved(drawn: Callable[[], Floats], rng: np.random.Generator) -> Floats:
    """Bend the greys of each image by a power between 0.4 and 2.5."""
    images = drawn()
    power = np.exp(rng.uniform(np.log(0.4), np.log(2.5), (len(images), 1, 1)))
    return np.asarray(255 * (images / 255) ** power)


WAYS: dict[str, Way] = {
    "blurred, σ = 8 pixels": lambda drawn, _: blurred(drawn(), 8),
    "noise, σ = 160 levels": partial(noisy, sigma=160),
    "greys bent, γ 0.4 to 2.5": curved,
    "blurred, σ = 4, and four greys left": lambda drawn, _: np.rint(blurred(drawn(), 4) / 64) * 64,
    "four quarters of four images": patchwork,
    "mixed of twenty": partial(mixed, count=20),
    "mixed of twenty and blurred, σ = 2": lambda drawn, rng: blurred(mixed(drawn, rng, 20), 2),
    "warped by up to 16 pixels": partial(warped, most=16),
    "warped by up to 8, then mixed of three": lambda drawn, rng: mixed(
        lambda: warped(drawn, rng, 8), rng, 3
    ),
    "turned by up to 10°": partial(turned, most=10),
    "turned by up to 10°, then mixed of three": lambda drawn, rng: mixed(
        lambda: turned(drawn, rng, 10), rng, 3
    ),
    "turned by up to 20°": partial(turned, most=20),
}
"""What the generator did; pixels are those at 128."""


def seen(pool: Pool, most: int, seed: int = 0) -> list[Seen]:
    """Part patients into used, unused and reference, and tries each way.

    Parameters
    ----------
    pool : Pool
        Real images and whose they are.
    most : int
        How many images of each part are taken.
    """
    rng = np.random.default_rng(seed)
    parts = [
        pool.images.take(rng.permutation(np.flatnonzero(np.isin(pool.patients, patients)))[:most])
        for patients in np.array_split(rng.permutation(np.unique(pool.patients)), 3)
    ]
    used, unused, reference = parts
    candidates, truth = used.joined(unused), np.arange(len(used) + len(unused)) < len(used)
    found = []
    with track("ways", len(WAYS)) as advance:
        for name, way in WAYS.items():
            greys = np.concatenate([
                way(lambda: rng.permutation(used.pixels).astype(float), rng) for _ in range(USES)
            ])  # fmt: skip
            pixels = np.clip(np.rint(greys), 0, 255).astype(np.uint8)
            made = ImageSet(tuple(f"generated {k}" for k in range(len(pixels))), pixels, "made")
            view = View(made, candidates, reference)
            auc = {
                attack: float(roc_auc_score(truth, entry(attack).method.score(view).values))
                for attack in (OWN, *OTHERS)
            }
            found.append(Seen(name, auc))
            advance(1)
    return found


def described(chest: Sequence[Seen], nodules: Sequence[Seen]) -> str:
    """Return the table with what there is to say of how it was made."""
    said = (
        "`python -m trust.traces` makes generated images of used ones in known ways, "
        f"{USES} for each: chest CT at 128×128 and lung nodules at 64×64, used, unused and "
        f"reference of different patients. AUC of `{OWN}`, and of the best of "
        f"{', '.join(f'`{name}`' for name in OTHERS)}."
    )
    columns = ("what became of the images", f"CT: `{OWN}`", "best other", "which",
               f"nodules: `{OWN}`", "best other", "which")  # fmt: skip
    lines = [
        (a.way, *(cell for one in (a, b) for cell in _cells(one)))
        for a, b in zip(chest, nodules, strict=True)
    ]
    return f"{fill(said, WIDTH)}\n\n{markdown(columns, lines)}"


def _cells(one: Seen) -> tuple[str, str, str]:
    """Return the cells of one way on one pool."""
    return f"{one.auc[OWN]:.3f}", f"{one.auc[one.best]:.3f}", f"`{one.best}`"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write; 1 and plain words if something is missing."""
    parser = argparse.ArgumentParser(prog="python -m trust.traces", description=__doc__)
    return run(parser, PAGE, (START, END), _table, arguments)


def _table(_: argparse.Namespace) -> str:
    """Return what is to be written."""
    data = real_data()
    return described(
        seen(read(data / "ct_slices", resize=128), 100),
        seen(read(data / "nodule_crops", resize=64), 60),
    )


if __name__ == "__main__":
    sys.exit(main())
