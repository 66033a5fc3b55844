"""Decisions and scores against the truth: metrics, intervals, trivial rows, score files."""

from whorl.evaluation.evaluate import evaluate, evaluate_scores
from whorl.evaluation.metrics import LABELS, Counts
from whorl.evaluation.result import Evaluation, Metric, ScoreEvaluation
from whorl.evaluation.scorefile import read_scores, write_scores
from whorl.evaluation.trivial import trivial_rows

__all__ = [
    "LABELS",
    "Counts",
    "Evaluation",
    "Metric",
    "ScoreEvaluation",
    "evaluate",
    "evaluate_scores",
    "read_scores",
    "trivial_rows",
    "write_scores",
]
