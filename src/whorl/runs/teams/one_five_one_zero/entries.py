"""The runs of team one five one zero (Yunnan)."""

from __future__ import annotations

from whorl.decisions import Above
from whorl.networks.backbones import Backbone
from whorl.runs.entries import OVERVIEW, Entry, Fidelity
from whorl.runs.teams.one_five_one_zero.triplet_distance import TripletDistance


def _entry(number: int, backbone: str, what: str, paper_f1: float) -> Entry:
    """Return a run of the team."""
    return Entry(
        f"one-five-one-zero-{number}",
        TripletDistance(Backbone(backbone)),
        Above(0),
        f"distance to the nearest generated image, by {what} tuned on triplets",
        "one five one zero",
        OVERVIEW,
        Fidelity.RECONSTRUCTION,
        paper_f1,
    )


ENTRIES = (
    _entry(1, "inception_v3", "InceptionV3", 0.507),
    _entry(2, "resnet50", "ResNet-50", 0.563),
    _entry(3, "efficientnet_b0", "EfficientNet-B0", 0.522),
)
