"""Attacks: each gives every candidate a score."""

from whorl.methods.base import Method, Nearest, Need, Scores, Traces

__all__ = ["Method", "Nearest", "Need", "Scores", "Traces"]
