"""The runs of team DMK-SSN."""

from __future__ import annotations

from whorl.decisions import Above
from whorl.runs.entries import OVERVIEW, Entry, Fidelity
from whorl.runs.teams.dmk.nearest_hash import NearestHash
from whorl.runs.teams.dmk.small_network import SmallNetwork
from whorl.runs.teams.dmk.visual_words import VisualWords

ENTRIES = (
    Entry(
        "dmk-1",
        SmallNetwork(),
        Above(0),
        "a network of three convolutions, trained on the development reals",
        "DMK-SSN",
        OVERVIEW,
        Fidelity.RECONSTRUCTION,
        0.480,
    ),
    Entry(
        "dmk-2",
        VisualWords(),
        Above(0.5),
        "SIFT visual words of the generated images; 5 nearest development reals",
        "DMK-SSN",
        OVERVIEW,
        Fidelity.SPECIFIED,
        0.449,
    ),
    Entry(
        "dmk-phash",
        NearestHash(),
        Above(-51),
        "at most 50 of 256 bits of the perceptual hash differ from a generated image's",
        "DMK-SSN",
        OVERVIEW,
    ),
)
