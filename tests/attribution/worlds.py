"""Small worlds of subsets: images of one grey each, and noisy copies of drawn ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.attribution.view import Labelled, SubsetView
from whorl.images import ImageSet
from whorl.similarity import Measure
from whorl.testing.worlds import image_set, noisy, smooth_images


@dataclass(frozen=True)
class Greyness(Measure):
    """Minus the difference of two images' first pixels: worked out in the head."""

    name: ClassVar[str] = "greyness"

    def prepared_bytes(self, shape: tuple[int, ...]) -> int:  # noqa: ARG002
        return 4

    def prepare(self, pixels: NDArray[np.uint8]) -> Any:
        return pixels[:, 0, 0].astype(np.float32)

    def compare(self, a: Any, b: Any) -> NDArray[np.float32]:
        found: NDArray[np.float32] = -np.abs(a[:, np.newaxis] - b)
        return found


def greys(name: str, values: Sequence[int], patients: Sequence[str] | None = None) -> ImageSet:
    """Return an image of each grey."""
    pixels = np.repeat(np.asarray(values, np.uint8), 64).reshape(-1, 8, 8)
    images = ImageSet(tuple(f"{name}{k}" for k in range(len(values))), pixels, name)
    return images if patients is None else images.with_patients(patients)


def grey_view(generated: Sequence[int], **subsets: Sequence[int]) -> SubsetView:
    """Return a view of such images."""
    values = [value for of in subsets.values() for value in of]
    names = tuple(name for name, of in subsets.items() for _ in of)
    return SubsetView(greys("g", generated), Labelled(greys("r", values), names))


def copied_view(
    seed: int, sizes: Sequence[int] = (8, 8, 8), copies: int = 4, none: int = 0
) -> tuple[SubsetView, list[str]]:
    """Return a view whose generated images are noisy copies of its reals, and the truth."""
    rng = np.random.default_rng(seed)
    pixels = smooth_images(sum(sizes) + none, rng)
    names = [f"t{k}" for k, size in enumerate(sizes, 1) for _ in range(size)]
    chosen = [
        int(i)
        for name in dict.fromkeys(names)
        for i in rng.choice(np.flatnonzero(np.array(names) == name), copies)
    ]
    chosen += range(sum(sizes), sum(sizes) + none)
    made = noisy(pixels[chosen], rng, 12)
    truth = [names[i] if i < len(names) else "none" for i in chosen]
    reals = image_set(pixels[: sum(sizes)], "real")
    return SubsetView(image_set(made, "generated"), Labelled(reals, tuple(names))), truth
