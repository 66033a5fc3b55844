"""The runs of team KDE-lab (Toyohashi)."""

from __future__ import annotations

from whorl.decisions import Above
from whorl.networks.backbones import Backbone, Untrained
from whorl.runs.entries import OVERVIEW, Entry, Fidelity
from whorl.runs.teams.kde_lab.staged_transfer import StagedTransfer


def _entry(number: int, method: StagedTransfer, what: str, paper_f1: float) -> Entry:
    """Return a run of the team."""
    summary = f"{what} tuned in stages, the last on the development reals"
    if method.sure is not None:
        summary += " and on candidates it is sure of"
    reconstruction = Fidelity.RECONSTRUCTION
    name = f"kde-lab-{number}"
    return Entry(name, method, Above(0), summary, "KDE-lab", OVERVIEW, reconstruction, paper_f1)


ENTRIES = (
    _entry(1, StagedTransfer(Untrained()), "convolutional network, from nothing,", 0.465),
    _entry(2, StagedTransfer(Backbone("resnet18"), sure=None), "ResNet-18", 0.469),
    _entry(3, StagedTransfer(Backbone("resnet18")), "ResNet-18", 0.407),
    _entry(4, StagedTransfer(Backbone("vgg11")), "VGG-11", 0.457),
    _entry(5, StagedTransfer(Backbone("vit_base_patch32_224")), "ViT-B/32", 0.548),
)
