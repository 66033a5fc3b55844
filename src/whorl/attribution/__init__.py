"""Which of several training subsets a generated image comes from, or from none of them."""

from whorl.attribution.base import SubsetMethod, SubsetScores
from whorl.attribution.catalogue import SUBSET_METHODS, subset_entry
from whorl.attribution.competition import answer_by_competition
from whorl.attribution.evaluate import SubsetEvaluation, evaluate_subsets
from whorl.attribution.labels import labelled
from whorl.attribution.layout import read_subset_view
from whorl.attribution.none import (
    Answers,
    answer,
    answer_by_leaving_out,
    answer_by_reference,
    answer_by_unrelated,
)
from whorl.attribution.view import Labelled, SubsetError, SubsetView

__all__ = [
    "SUBSET_METHODS",
    "Answers",
    "Labelled",
    "SubsetError",
    "SubsetEvaluation",
    "SubsetMethod",
    "SubsetScores",
    "SubsetView",
    "answer",
    "answer_by_competition",
    "answer_by_leaving_out",
    "answer_by_reference",
    "answer_by_unrelated",
    "evaluate_subsets",
    "labelled",
    "read_subset_view",
    "subset_entry",
]
