"""What an image looks like, in numbers."""

from whorl.features.base import Feature, Joined, extract, extract_each
from whorl.features.intensity import GreyLevels
from whorl.features.keypoints import SIFT
from whorl.features.residual import NoiseResidual
from whorl.features.spectrum import RadialSpectrum
from whorl.features.texture import CoOccurrence, LBPHistogram

__all__ = [
    "SIFT",
    "CoOccurrence",
    "Feature",
    "GreyLevels",
    "Joined",
    "LBPHistogram",
    "NoiseResidual",
    "RadialSpectrum",
    "extract",
    "extract_each",
]
