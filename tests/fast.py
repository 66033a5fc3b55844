"""The catalogue with arguments for tests: the same methods, made to be quick."""

from __future__ import annotations

from dataclasses import replace

from tests.networks.weights import small_backbone
from whorl.features import SIFT
from whorl.features.embeddings import Embedding
from whorl.generators.pca_diffusion import PCADiffusion
from whorl.methods.base import Method
from whorl.methods.classifiers import SVM, Forest
from whorl.methods.copy_embedding import CopyEmbedding
from whorl.methods.counts import NeighbourShare
from whorl.methods.trained_embeddings import CopyDetector, LearnedSSIM
from whorl.networks.backbones import Untrained
from whorl.networks.training import Plan
from whorl.runs import CATALOGUE, Entry
from whorl.runs.teams.aimultimedia.two_generators import TwoGenerators
from whorl.runs.teams.clef_cse_gan.clusters import TwoClusters
from whorl.runs.teams.clef_cse_gan.pair_vote import PairVote
from whorl.runs.teams.clef_cse_gan.relation import Relation
from whorl.runs.teams.dmk.small_network import SmallNetwork
from whorl.runs.teams.dmk.visual_words import VisualWords
from whorl.runs.teams.gan_isi.texture_pairs import TexturePairs
from whorl.runs.teams.kde_lab.staged_transfer import StagedTransfer
from whorl.runs.teams.one_five_one_zero.triplet_distance import TripletDistance
from whorl.runs.teams.picuslab.groups import GroupClassifier, MajorityVote
from whorl.runs.teams.picuslab.vectors import ONE, THREE, TWO, DeformingCodes, VectorNets
from whorl.runs.teams.vcmi.latents import AutoencoderTraining, Latents, ReconstructionError
from whorl.runs.teams.vcmi.matching import MatchingPatches
from whorl.runs.teams.vcmi.replacing import ReplacingPatches
from whorl.runs.teams.vcmi.representation import Described
from whorl.runs.teams.vcmi.retrieval import Ensemble
from whorl.similarity.vectors import MeanSquaredError

QUICK_GENERATOR = PCADiffusion(
    components=6, width=16, depth=1, steps=20, batch=32, sampling_steps=5
)

QUICK_AUTOENCODER = AutoencoderTraining(width=4, latent=32, side=16, plan=Plan(2, 32, 3e-3))
QUICK_NETS = VectorNets((ONE,), width=2, length=8, plan=Plan(4, 10, 1e-2))
QUICK_CODES = DeformingCodes(
    ("generated", "used"), width=2, latent=8, appearance=4, warp=4, side=16, plan=Plan(2, 20, 1e-3)
)

SMALL = replace(small_backbone(), size=12)  # untrained, it is at a loss with finer noise
QUICK_EMBEDDING = ("test_resnet", 12, Plan(1, 32, 1e-3))
QUICK_TRANSFER = StagedTransfer(SMALL, plan=Plan(2, 16, 1e-3, patience=1), rounds=1)
QUICK_TRIPLETS = TripletDistance(SMALL, 16, frozen=True, plan=Plan(3, 16, 1e-3, patience=2))

FAST: dict[str, Method] = {
    "neighbour-share": NeighbourShare(3),  # of three copies
    "copy-embedding": CopyEmbedding(SMALL),
    "copy-detector": CopyDetector(*QUICK_EMBEDDING),
    "learned-ssim": LearnedSSIM(*QUICK_EMBEDDING),
    "aimultimedia-2": TwoGenerators(Embedding(SMALL), QUICK_GENERATOR),
    "clef-cse-gan-1": Relation(
        "test_resnet", 32, 8, 64, Plan(1, 8, 1e-3, optimiser="sgd"), generated_at_most=20
    ),
    "clef-cse-gan-2": TwoClusters(Embedding(SMALL)),
    "clef-cse-gan-3": PairVote(Embedding(SMALL), pairs=200),
    "kde-lab-1": replace(QUICK_TRANSFER, start=Untrained((4, 8), 32)),
    "kde-lab-2": replace(QUICK_TRANSFER, sure=None),
    "kde-lab-3": QUICK_TRANSFER,
    "kde-lab-4": replace(QUICK_TRANSFER, sure=0.6),
    "kde-lab-5": replace(QUICK_TRANSFER, start=replace(SMALL, pooling="max")),
    "one-five-one-zero-1": QUICK_TRIPLETS,
    "one-five-one-zero-2": replace(QUICK_TRIPLETS, frozen=False, plan=Plan(1, 16, patience=1)),
    "one-five-one-zero-3": replace(QUICK_TRIPLETS, generated_at_most=30),
    "vcmi-8": Ensemble(MeanSquaredError(), Described(Embedding(SMALL))),
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
