"""The catalogue with arguments for tests: the same methods, made to be quick."""

from __future__ import annotations

from dataclasses import replace

from whorl.features import SIFT
from whorl.generators.pca_diffusion import PCADiffusion
from whorl.methods.aimultimedia import TwoGenerators
from whorl.methods.base import Method
from whorl.methods.classifiers import SVM, Forest
from whorl.methods.dmk import VisualWords
from whorl.methods.dmk_network import SmallNetwork
from whorl.methods.gan_isi import TexturePairs
from whorl.methods.picuslab import GroupClassifier, MajorityVote
from whorl.methods.picuslab_vectors import ONE, THREE, TWO, DeformingCodes, VectorNets
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
QUICK_NETS = VectorNets((ONE,), width=2, length=8, plan=Plan(4, 10, 1e-2))
QUICK_CODES = DeformingCodes(
    ("generated", "used"), width=2, latent=8, appearance=4, warp=4, side=16, plan=Plan(2, 20, 1e-3)
)

FAST: dict[str, Method] = {
    "aimultimedia-1": TwoGenerators(generator=QUICK_GENERATOR),
    "dmk-1": SmallNetwork((2, 2, 4), 4, plan=Plan(4, 10, 3e-3)),
    "dmk-2": VisualWords(SIFT(side=64), words=10),
    "gan-isi-3": TexturePairs(("gradient", "co-occurrence")),
    "gan-isi-4": TexturePairs(("gradient",), Forest(5, leaf=20), pairs=200),
    "gan-isi-5": TexturePairs(("gradient",), Forest(5, leaf=20), "largest", None, pairs=200),
    "picuslab-1": GroupClassifier(QUICK_NETS),
    "picuslab-2": GroupClassifier(QUICK_NETS, SVM("poly")),
    "picuslab-3": GroupClassifier(replace(QUICK_NETS, pairings=(ONE, TWO))),
    "picuslab-4": GroupClassifier(replace(QUICK_NETS, pairings=(ONE, TWO)), SVM("poly")),
    "picuslab-5": GroupClassifier(replace(QUICK_NETS, pairings=(ONE, TWO, THREE))),
    "picuslab-6": GroupClassifier(replace(QUICK_NETS, pairings=(ONE, TWO, THREE)), SVM("poly")),
    "picuslab-7": GroupClassifier(QUICK_CODES, groups=("generated", "used")),
    "picuslab-8": GroupClassifier(QUICK_CODES, groups=("not_used", "generated")),
    "picuslab-9": GroupClassifier(QUICK_CODES),
    "picuslab-10": MajorityVote(
        (
            GroupClassifier(QUICK_NETS),
            GroupClassifier(QUICK_CODES),
            GroupClassifier(QUICK_CODES, groups=("generated", "used")),
        )
    ),
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
