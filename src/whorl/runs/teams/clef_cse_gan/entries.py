"""The runs of Clef-CSE-GAN-Team (SSN)."""

from __future__ import annotations

from whorl.decisions import Above
from whorl.features.embeddings import Embedding
from whorl.networks.backbones import Backbone
from whorl.runs.entries import OVERVIEW, Entry, Fidelity
from whorl.runs.teams.clef_cse_gan.clusters import TwoClusters
from whorl.runs.teams.clef_cse_gan.pair_vote import PairVote
from whorl.runs.teams.clef_cse_gan.relation import Relation

_TEAM = "Clef-CSE-GAN-Team"

ENTRIES = (
    Entry(
        "clef-cse-gan-1",
        Relation(),
        Above(0.5),
        "relation network of two ResNet-101 on pairs of a real and a generated image; its mean",
        _TEAM,
        OVERVIEW,
        Fidelity.PARTIAL,
        0.614,
    ),
    Entry(
        "clef-cse-gan-2",
        TwoClusters(Embedding(Backbone("resnet50", pooling="max"))),
        Above(0),
        "two clusters (Ward) of ResNet-50 embeddings, the used one named by the development set",
        _TEAM,
        OVERVIEW,
        Fidelity.SPECIFIED,
        0.521,
    ),
    Entry(
        "clef-cse-gan-3",
        PairVote(),
        Above(0.5),
        "SVM of pairs of ResNet-101 embeddings, real and generated; majority over the generated",
        _TEAM,
        OVERVIEW,
        Fidelity.SPECIFIED,
        0.431,
    ),
)
