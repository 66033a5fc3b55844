"""What an image looks like, in numbers."""

from whorl.features.base import Feature, extract, extract_each
from whorl.features.intensity import GreyLevels

__all__ = ["Feature", "GreyLevels", "extract", "extract_each"]
