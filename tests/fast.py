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
from whorl.methods.vcmi import Ensemble
from whorl.methods.vcmi_latents import AutoencoderTraining, Latents, ReconstructionError
from whorl.methods.vcmi_patches import MatchingPatches, ReplacingPatches
from whorl.networks.training import Plan
from whorl.runs import CATALOGUE, Entry
from whorl.similarity.vectors import MeanSquaredError

QUICK_GENERATOR = PCADiffusion(
    components=6, width=16, depth=1, steps=20, batch=32, sampling_steps=5
)

QUICK_AUTOENCODER = AutoencoderTraining(width=4, latent=32, side=16, plan=Plan(2, 32, 3e-3))

FAST: dict[str, Method] = {
    "aimultimedia-1": TwoGenerators(generator=QUICK_GENERATOR),
    "dmk-2": VisualWords(SIFT(side=64), words=10),
    "gan-isi-3": TexturePairs(("gradient", "co-occurrence")),
    "gan-isi-4": TexturePairs(("gradient",), Forest(5, leaf=20), pairs=200),
    "gan-isi-5": TexturePairs(("gradient",), Forest(5, leaf=20), "largest", None, pairs=200),
    "vcmi-4": ReconstructionError(QUICK_AUTOENCODER),
    "vcmi-5": Ensemble(MeanSquaredError(), Latents(QUICK_AUTOENCODER)),
    "vcmi-6": Ensemble(MeanSquaredError(), Latents(QUICK_AUTOENCODER, trained_on=20)),
    "vcmi-7": Ensemble(MeanSquaredError(), Latents(replace(QUICK_AUTOENCODER, residual=True))),
    "vcmi-9": MatchingPatches(4, 32, plan=Plan(4, 16, 3e-3)),
    "vcmi-10": ReplacingPatches(QUICK_AUTOENCODER),
}

FAST_CATALOGUE: dict[str, Entry] = {
    name: replace(entry, method=FAST.get(name, entry.method)) for name, entry in CATALOGUE.items()
}
"""Every entry of the catalogue, with its fast arguments where it has some."""
