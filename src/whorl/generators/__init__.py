"""Generators that whorl trains itself, so that what they were trained on is known."""

from whorl.generators.memorisation import copied_share, memorised_share
from whorl.generators.pca_diffusion import PCADiffusion, TrainedPCADiffusion

__all__ = ["PCADiffusion", "TrainedPCADiffusion", "copied_share", "memorised_share"]
