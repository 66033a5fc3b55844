"""The catalogue with arguments for tests: the same methods, made to be quick."""

from __future__ import annotations

from dataclasses import replace

from whorl.features import SIFT
from whorl.generators.pca_diffusion import PCADiffusion
from whorl.methods.aimultimedia import TwoGenerators
from whorl.methods.base import Method
from whorl.methods.classifiers import Forest
from whorl.methods.dmk import VisualWords
from whorl.methods.gan_isi import TexturePairs
from whorl.runs import CATALOGUE, Entry

QUICK_GENERATOR = PCADiffusion(
    components=6, width=16, depth=1, steps=20, batch=32, sampling_steps=5
)

FAST: dict[str, Method] = {
    "aimultimedia-1": TwoGenerators(generator=QUICK_GENERATOR),
    "dmk-2": VisualWords(SIFT(side=64), words=10),
    "gan-isi-3": TexturePairs(("gradient", "co-occurrence")),
    "gan-isi-4": TexturePairs(("gradient",), Forest(5, leaf=20), pairs=200),
    "gan-isi-5": TexturePairs(("gradient",), Forest(5, leaf=20), "largest", None, pairs=200),
}

FAST_CATALOGUE: dict[str, Entry] = {
    name: replace(entry, method=FAST.get(name, entry.method)) for name, entry in CATALOGUE.items()
}
"""Every entry of the catalogue, with its fast arguments where it has some."""
