"""The runs of team GAN-ISI (Copenhagen)."""

from __future__ import annotations

from whorl.decisions import Above
from whorl.features.maps import FAMILIES
from whorl.methods.classifiers import Forest
from whorl.runs.entries import OVERVIEW, Entry, Fidelity
from whorl.runs.teams.gan_isi.texture_pairs import TexturePairs

ENTRIES = (
    Entry(
        "gan-isi-1",
        TexturePairs(("first-order",)),
        Above(0),
        "Wasserstein distances of intensity and local statistics to each generated image; "
        "logistic regression of pairs",
        "GAN-ISI",
        OVERVIEW,
        Fidelity.RECONSTRUCTION,
        0.469,
    ),
    Entry(
        "gan-isi-2",
        TexturePairs(("first-order", "gradient")),
        Above(0),
        "as gan-isi-1, with gradient magnitude and Laplacian of Gaussian",
        "GAN-ISI",
        OVERVIEW,
        Fidelity.RECONSTRUCTION,
        0.489,
    ),
    Entry(
        "gan-isi-3",
        TexturePairs(tuple(FAMILIES)),
        Above(0),
        "as gan-isi-2, with binary patterns, Gabor filters and co-occurrence",
        "GAN-ISI",
        OVERVIEW,
        Fidelity.RECONSTRUCTION,
        0.486,
    ),
    Entry(
        "gan-isi-4",
        TexturePairs(tuple(FAMILIES), Forest(100, leaf=20), pairs=20_000),
        Above(0),
        "as gan-isi-3, with a forest fitted on 20,000 pairs",
        "GAN-ISI",
        OVERVIEW,
        Fidelity.RECONSTRUCTION,
        0.483,
    ),
    Entry(
        "gan-isi-5",
        TexturePairs(tuple(FAMILIES), Forest(100, leaf=20), "largest", None, 20_000),
        Above(0),
        "as gan-isi-4, by the largest pair probability; threshold of best F1 by cross-validation",
        "GAN-ISI",
        OVERVIEW,
        Fidelity.RECONSTRUCTION,
        0.502,
    ),
)
