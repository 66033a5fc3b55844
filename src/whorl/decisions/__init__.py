"""Rules: each turns scores into decisions."""

from whorl.decisions.conformal import ConformalFDR, conformal_p_values
from whorl.decisions.rules import (
    Above,
    AboveMaximum,
    AboveMedian,
    Decisions,
    Rule,
    ThresholdRule,
)

__all__ = [
    "Above",
    "AboveMaximum",
    "AboveMedian",
    "ConformalFDR",
    "Decisions",
    "Rule",
    "ThresholdRule",
    "conformal_p_values",
]
