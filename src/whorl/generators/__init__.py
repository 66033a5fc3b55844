"""Generators that whorl trains itself, so that what they were trained on is known."""

from whorl.generators.base import Generator, TrainedGenerator
from whorl.generators.catalogue import KINDS, UnknownKindError, kind_named
from whorl.generators.diffusion import PixelDiffusion
from whorl.generators.folder import load_generator, train_in_folder
from whorl.generators.gan import GAN
from whorl.generators.latent_diffusion import LatentDiffusion
from whorl.generators.memorisation import copied_share, memorised_share
from whorl.generators.pca_diffusion import PCADiffusion, TrainedPCADiffusion
from whorl.generators.sampling import sample_to_folder, samples_of

__all__ = [
    "GAN",
    "KINDS",
    "Generator",
    "LatentDiffusion",
    "PCADiffusion",
    "PixelDiffusion",
    "TrainedGenerator",
    "TrainedPCADiffusion",
    "UnknownKindError",
    "copied_share",
    "kind_named",
    "load_generator",
    "memorised_share",
    "sample_to_folder",
    "samples_of",
    "train_in_folder",
]
