"""Copies sought among the embeddings of a pretrained network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.features import extract
from whorl.features.embeddings import Embedding
from whorl.methods.base import Method, Scores
from whorl.methods.nearest import nearest_of
from whorl.networks.backbones import Backbone
from whorl.networks.packaged import ARCHITECTURE
from whorl.similarity import Cosine, TopK, reduce_pairs
from whorl.tasks.view import View


@dataclass(frozen=True)
class CopyEmbedding(Method):
    """Score = cosine of the embeddings of x and of the generated image most like it.

    A pretrained network describes the images; the mean of all descriptions is taken away first, as
    images of one kind have much in common. Above 0.5 the second paper calls an image replicated.
    Taking the mean away, where the first whitens, and another network than its SSCD are choices of
    ours.

    Attributes
    ----------
    backbone : Backbone
        Whose embedding describes an image.

    References
    ----------
    Pizzi, Roy, Ravindra, Goyal, Douze. A self-supervised descriptor for image copy detection
    (SSCD). CVPR 2022. Somepalli, Singla, Goldblum, Geiping, Goldstein. Diffusion art or digital
    forgery? Investigating data replication in diffusion models. CVPR 2023.
    """

    backbone: Backbone = Backbone(ARCHITECTURE)

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        sets = (view.candidates, view.generated)
        vectors = [extract(Embedding(self.backbone), images) for images in sets]
        mean = np.concatenate(vectors).mean(axis=0, dtype=np.float64)
        reals, generated = ((rows - mean).astype(np.float32) for rows in vectors)
        kept = reduce_pairs(Cosine(), reals, generated, {"nearest": TopK()})
        nearest = nearest_of(kept["nearest"], Cosine())
        return Scores(view.candidates.ids, nearest.similarity, nearest=nearest)
