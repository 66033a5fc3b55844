"""The runs of team VCMI (INESC TEC)."""

from __future__ import annotations

from whorl.decisions import Above, AboveMaximum
from whorl.features.embeddings import Embedding
from whorl.methods.nearest import NearestSimilarity
from whorl.networks.backbones import Backbone
from whorl.runs.entries import Entry, Fidelity
from whorl.runs.teams.vcmi.dbscan import DensityClustering
from whorl.runs.teams.vcmi.latents import AutoencoderTraining, Latents, ReconstructionError
from whorl.runs.teams.vcmi.matching import MatchingPatches
from whorl.runs.teams.vcmi.replacing import ReplacingPatches
from whorl.runs.teams.vcmi.representation import Described
from whorl.runs.teams.vcmi.retrieval import Ensemble, Retrieval
from whorl.similarity import SSIM
from whorl.similarity.vectors import MeanSquaredError

_VCMI = "Montenegro et al., CLEF 2023 Working Notes"

ENTRIES = (
    Entry(
        "vcmi-1",
        Ensemble(SSIM()),
        Above(0),
        "retrieved, and ranked better by generated than by real images or above threshold MAX",
        "VCMI",
        _VCMI,
        Fidelity.PARTIAL,
        0.731,
    ),
    Entry(
        "vcmi-2",
        NearestSimilarity(SSIM()),
        AboveMaximum(),
        "threshold MAX: nearest SSIM above that of any two candidates",
        "VCMI",
        _VCMI,
        Fidelity.SPECIFIED,
        0.802,
    ),
    Entry(
        "vcmi-3",
        Retrieval(SSIM()),
        Above(0),
        "retrieval: the most similar candidate, by SSIM, of at least one generated image",
        "VCMI",
        _VCMI,
        Fidelity.SPECIFIED,
        0.707,
    ),
    Entry(
        "vcmi-4",
        ReconstructionError(),
        Above(0),
        "an autoencoder of generated images reconstructs it as well as those held out",
        "VCMI",
        _VCMI,
        Fidelity.PARTIAL,
        0.654,
    ),
    Entry(
        "vcmi-5",
        Ensemble(MeanSquaredError(), Latents()),
        Above(0),
        "as vcmi-1, on latent codes of an autoencoder of the generated images and the candidates",
        "VCMI",
        _VCMI,
        Fidelity.PARTIAL,
        0.621,
    ),
    Entry(
        "vcmi-6",
        Ensemble(MeanSquaredError(), Latents(trained_on=600)),
        Above(0),
        "as vcmi-5, with an autoencoder of 600 generated images and the candidates",
        "VCMI",
        _VCMI,
        Fidelity.PARTIAL,
        0.605,
    ),
    Entry(
        "vcmi-7",
        Ensemble(MeanSquaredError(), Latents(AutoencoderTraining(residual=True))),
        Above(0),
        "as vcmi-5, with an autoencoder of residual blocks",
        "VCMI",
        _VCMI,
        Fidelity.PARTIAL,
        0.613,
    ),
    Entry(
        "vcmi-8",
        Ensemble(MeanSquaredError(), Described(Embedding(Backbone("resnet50")))),
        Above(0),
        "as vcmi-1, with 1 − mean squared error of ResNet-50 embeddings",
        "VCMI",
        _VCMI,
        Fidelity.PARTIAL,
        0.448,
    ),
    Entry(
        "vcmi-9",
        MatchingPatches(),
        Above(0),
        "matching patches: its central crop is nearer to a generated image's than crops of one "
        "real image are to each other",
        "VCMI",
        _VCMI,
        Fidelity.PARTIAL,
        0.514,
    ),
    Entry(
        "vcmi-10",
        ReplacingPatches(),
        Above(0),
        "replacing patches: an autoencoder restores it from a generated image's patch better than "
        "from those of other candidates",
        "VCMI",
        _VCMI,
        Fidelity.PARTIAL,
        0.594,
    ),
    Entry(
        "vcmi-dbscan",
        DensityClustering(),
        Above(0),
        "no outlier of DBSCAN, by SSIM, on candidates and up to 1,000 generated images together",
        "VCMI",
        _VCMI,
    ),
)
