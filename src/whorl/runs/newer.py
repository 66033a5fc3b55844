"""The rows of whorl's own that follow published attacks: newer ones, of papers on other data."""

from __future__ import annotations

from whorl.decisions import Above, AboveMaximum, AboveMedian
from whorl.methods.closest import AdaptiveDistance, Authenticity, CalibratedDistance
from whorl.methods.copy_embedding import CopyEmbedding
from whorl.methods.counts import MonteCarlo, NeighbourShare
from whorl.methods.densities import DensityRatio, LikelihoodGain
from whorl.methods.discriminator import LocalDiscriminator
from whorl.methods.likelihood import FeatureLikelihood
from whorl.methods.nearest import NearestSimilarity
from whorl.methods.trained_embeddings import CopyDetector, LearnedSSIM
from whorl.runs.entries import Entry
from whorl.similarity import TileDistance

_CARLINI = "Carlini et al., Extracting training data from diffusion models, USENIX Security 2023"

ATTACKS = (
    Entry(
        "closest-record",
        NearestSimilarity(TileDistance(1)),
        AboveMaximum(),
        "Euclidean distance to the nearest generated image; used if nearer than any two "
        "candidates are to each other",
        citation="Chen et al., GAN-Leaks, CCS 2020 (full black box)",
    ),
    Entry(
        "closest-record-calibrated",
        CalibratedDistance(),
        Above(0),
        "distance to the nearest other real image, minus that to the nearest generated one",
        citation="Chen et al., GAN-Leaks, CCS 2020 (attack calibration)",
    ),
    Entry(
        "tiled-distance",
        NearestSimilarity(TileDistance(4)),
        AboveMaximum(),
        "as closest-record, by the largest distance over 16 tiles: images must match everywhere",
        citation=_CARLINI,
    ),
    Entry(
        "adaptive-distance",
        AdaptiveDistance(),
        Above(-1),
        "distance to the nearest generated image, over half the mean of the 50 nearest",
        citation=_CARLINI,
    ),
    Entry(
        "authenticity",
        Authenticity(),
        Above(0),
        "a generated image lies nearer than any other real one",
        citation="Alaa et al., How faithful is your synthetic data?, ICML 2022",
    ),
    Entry(
        "monte-carlo",
        MonteCarlo(),
        Above(0),
        "generated images within the median distance to the nearest one, the nearer the more",
        citation="Hilprecht et al., Monte Carlo and reconstruction membership inference attacks, "
        "PoPETs 2019",
    ),
    Entry(
        "neighbour-share",
        NeighbourShare(),
        AboveMedian(),
        "share of generated images among the 20 nearest, generated or real",
        citation="Ward et al., Data Plagiarism Index, 2024",
    ),
    Entry(
        "domias",
        DensityRatio(),
        AboveMedian(),
        "log density of the generated images there, minus that of the other real images",
        citation="Van Breugel et al., DOMIAS, AISTATS 2023",
    ),
    Entry(
        "likelihood-gain",
        LikelihoodGain(),
        AboveMedian(),
        "how much likelier it makes the 20 nearest generated images, added to the other real ones",
        citation="Ward et al., Privacy auditing synthetic data release through local likelihood "
        "attacks (Gen-LRA), 2025",
    ),
    Entry(
        "feature-likelihood",
        FeatureLikelihood(),
        AboveMedian(),
        "likelihood under Gaussians around the generated images, fitted to the real ones",
        citation="Jiralerspong et al., Feature likelihood divergence, NeurIPS 2023",
    ),
    Entry(
        "logan",
        LocalDiscriminator(),
        AboveMedian(),
        "a classifier of generated and real images takes it for generated, not having learned "
        "from it",
        citation="Hayes et al., LOGAN, PoPETs 2019",
    ),
    Entry(
        "copy-embedding",
        CopyEmbedding(),
        Above(0.5),
        "cosine with the nearest generated image, by what EfficientNet-Lite0 makes of images",
        citation="Somepalli et al., Diffusion art or digital forgery?, CVPR 2023; Pizzi et al., "
        "SSCD, CVPR 2022",
    ),
    Entry(
        "copy-detector",
        CopyDetector(),
        Above(0),
        "correlation with the nearest generated image, by a network trained by contrast on the "
        "images at hand; above the 95th percentile of real images",
        citation="Dar et al., Unconditional latent diffusion models memorize patient imaging "
        "data, 2024",
    ),
    Entry(
        "learned-ssim",
        LearnedSSIM(),
        AboveMedian(),
        "SSIM to the nearest generated image however it lies, by a network trained to tell it",
        citation="Scardace et al., A novel metric for detecting memorization (DeepSSIM), WACV 2026",
    ),
)
"""Distances first, then densities, then classifiers and networks."""
