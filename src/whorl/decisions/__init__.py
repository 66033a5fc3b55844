"""Rules: each turns scores into decisions."""

from whorl.decisions.bounds import AtLeast, LowerBound, used_at_least
from whorl.decisions.conformal import (
    ConformalFDR,
    batch_p_values,
    conformal_p_values,
    hierarchical_p_values,
)
from whorl.decisions.effects import Estimate, detectable_auc, patient_auc, true_positive_rate
from whorl.decisions.epsilon import Epsilon, epsilon_lower_bound
from whorl.decisions.multiplicity import benjamini_hochberg, storey
from whorl.decisions.named import named_rule
from whorl.decisions.patients import Flags, PatientDecisions, decide_patients
from whorl.decisions.rules import (
    Above,
    AboveMaximum,
    AboveMean,
    AboveMedian,
    Decisions,
    HighestF1,
    Outlying,
    Rule,
    ThresholdRule,
)
from whorl.decisions.settest import GlobalTest, Part, whole_set_test

__all__ = [
    "Above",
    "AboveMaximum",
    "AboveMean",
    "AboveMedian",
    "AtLeast",
    "ConformalFDR",
    "Decisions",
    "Epsilon",
    "Estimate",
    "Flags",
    "GlobalTest",
    "HighestF1",
    "LowerBound",
    "Outlying",
    "Part",
    "PatientDecisions",
    "Rule",
    "ThresholdRule",
    "batch_p_values",
    "benjamini_hochberg",
    "conformal_p_values",
    "decide_patients",
    "detectable_auc",
    "epsilon_lower_bound",
    "hierarchical_p_values",
    "named_rule",
    "patient_auc",
    "storey",
    "true_positive_rate",
    "used_at_least",
    "whole_set_test",
]
