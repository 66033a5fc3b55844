"""Scores of a generated set: what it gives away of its training images, and how good it is."""

from whorl.scoring.figures import Figure
from whorl.scoring.result import SetScores
from whorl.scoring.scores import score_set

__all__ = ["Figure", "SetScores", "score_set"]
