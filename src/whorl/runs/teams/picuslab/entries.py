"""The runs of team PicusLabMed (Naples)."""

from __future__ import annotations

from whorl.decisions import Above
from whorl.methods.classifiers import SVM
from whorl.methods.supervised import SupervisedMethod
from whorl.runs.entries import OVERVIEW, Entry, Fidelity
from whorl.runs.teams.picuslab.groups import GroupClassifier, MajorityVote
from whorl.runs.teams.picuslab.vectors import ONE, THREE, TWO, DeformingCodes, VectorNets

_NETS = {1: VectorNets((ONE,)), 3: VectorNets((ONE, TWO)), 5: VectorNets((ONE, TWO, THREE))}
_TOLD_APART = {
    1: "not used from used",
    3: "not used from used, and generated from used",
    5: "each two of not used, used and generated",
}
_POLYNOMIAL = SVM("poly", degree=2)


def _entry(number: int, method: SupervisedMethod, summary: str, paper_f1: float) -> Entry:
    """Return the row of a run."""
    return Entry(
        f"picuslab-{number}",
        method,
        Above(0),
        summary,
        "PicusLabMed",
        OVERVIEW,
        Fidelity.RECONSTRUCTION,
        paper_f1,
    )


_NINE = (
    _entry(
        1,
        GroupClassifier(_NETS[1]),
        f"linear SVM of vectors of a network that tells {_TOLD_APART[1]}",
        0.434,
    ),
    _entry(
        2,
        GroupClassifier(_NETS[1], _POLYNOMIAL),
        "as picuslab-1, with a polynomial SVM of degree 2",
        0.470,
    ),
    _entry(
        3,
        GroupClassifier(_NETS[3]),
        f"linear SVM of vectors of networks that tell {_TOLD_APART[3]}",
        0.419,
    ),
    _entry(
        4,
        GroupClassifier(_NETS[3], _POLYNOMIAL),
        "as picuslab-3, with a polynomial SVM of degree 2",
        0.552,
    ),
    _entry(
        5,
        GroupClassifier(_NETS[5]),
        f"linear SVM of vectors of networks that tell apart {_TOLD_APART[5]}",
        0.417,
    ),
    _entry(
        6,
        GroupClassifier(_NETS[5], _POLYNOMIAL),
        "as picuslab-5, with a polynomial SVM of degree 2",
        0.624,
    ),
    _entry(
        7,
        GroupClassifier(DeformingCodes(("generated", "used")), groups=("generated", "used")),
        "codes of a deforming autoencoder: falls with the used rather than the generated",
        0.093,
    ),
    _entry(
        8,
        GroupClassifier(
            DeformingCodes(("generated", "not_used")), groups=("not_used", "generated")
        ),
        "codes of a deforming autoencoder: falls with the generated rather than the not used",
        0.666,
    ),
    _entry(
        9,
        GroupClassifier(DeformingCodes(("generated", "not_used", "used"))),
        "codes of a deforming autoencoder: linear SVM of used and not used",
        0.562,
    ),
)

ENTRIES = (
    *_NINE,
    _entry(
        10,
        MajorityVote(tuple(e.method for e in _NINE if isinstance(e.method, SupervisedMethod))),
        "majority of picuslab-1 to picuslab-9",
        0.487,
    ),
)
