"""Structural similarity (SSIM): its windows and constants, its two halves, and the measure."""

from whorl.similarity.ssim.measure import SSIM

__all__ = ["SSIM"]
