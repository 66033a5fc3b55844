"""How alike two images are, for all pairs of two sets at once."""

from whorl.similarity.closest import ClosestPairs
from whorl.similarity.correlation import Correlation
from whorl.similarity.duplicates import Duplicates, find_duplicates
from whorl.similarity.explained import Explained
from whorl.similarity.mapped import MapSimilarity
from whorl.similarity.measures import Measure
from whorl.similarity.pairs import reduce_pairs, similarity_matrix, ssim_matrix
from whorl.similarity.reductions import (
    Largest,
    Matrix,
    Mean,
    MeanRank,
    Powers,
    PowerSums,
    Reduction,
    TopK,
    Wins,
)
from whorl.similarity.ssim import SSIM
from whorl.similarity.tiles import TileDistance
from whorl.similarity.vectors import Cosine, Hamming, MeanSquaredError

__all__ = [
    "SSIM",
    "ClosestPairs",
    "Correlation",
    "Cosine",
    "Duplicates",
    "Explained",
    "Hamming",
    "Largest",
    "MapSimilarity",
    "Matrix",
    "Mean",
    "MeanRank",
    "MeanSquaredError",
    "Measure",
    "PowerSums",
    "Powers",
    "Reduction",
    "TileDistance",
    "TopK",
    "Wins",
    "find_duplicates",
    "reduce_pairs",
    "similarity_matrix",
    "ssim_matrix",
]
