"""The runs of team AIMultimediaLab (Bucharest)."""

from __future__ import annotations

from whorl.decisions import Above
from whorl.features.embeddings import Embedding
from whorl.networks.backbones import Backbone
from whorl.runs.entries import OVERVIEW, Entry, Fidelity
from whorl.runs.teams.aimultimedia.two_generators import TwoGenerators

ENTRIES = (
    Entry(
        "aimultimedia-1",
        TwoGenerators(),
        Above(0),
        "SVM of local binary patterns: generated images against those of an own generator "
        "(PCA diffusion) trained on not-used reals",
        "AIMultimediaLab",
        OVERVIEW,
        Fidelity.RECONSTRUCTION,
        0.626,
    ),
    Entry(
        "aimultimedia-2",
        TwoGenerators(Embedding(Backbone("vgg16"))),
        Above(0),
        "the same with embeddings of VGG-16 (fc2) in place of the patterns",
        "AIMultimediaLab",
        OVERVIEW,
        Fidelity.RECONSTRUCTION,
        0.585,
    ),
)
