"""What team one five one zero (Yunnan) brought: triplets on pretrained networks.

Of it the overview paper says only: contrastive (triplet) learning and transfer learning, Euclidean
distances between target, positive and negative, and the source image as the one of the largest
response; the rest is our reading.

References
----------
Andrei et al. Overview of ImageCLEFmedical GANs 2023 task. CLEF 2023 Working Notes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from whorl.features import extract
from whorl.features.embeddings import Embedding
from whorl.images import ImageSet
from whorl.methods.base import Nearest, Scores
from whorl.methods.drawing import drawn_by_content
from whorl.methods.supervised import State, SupervisedMethod, digests_of
from whorl.methods.thresholds import best_threshold, held_out_part
from whorl.networks.backbones import Backbone, width_of
from whorl.networks.durations import tell_duration
from whorl.networks.runtime import (
    arrays_of,
    computed_in_batches,
    device,
    load_arrays,
    ready,
    seeded,
)
from whorl.networks.training import Plan, trained
from whorl.tasks.view import Development, View

if TYPE_CHECKING:
    import torch
    from torch import nn

BLOCK = 1024  # generated vectors whose distances are computed at once
WATCHED = 64  # generated images in the held-out triplets
Inputs = NDArray[Any]


@dataclass(frozen=True)
class TripletDistance(SupervisedMethod):
    """Score = minus the Euclidean distance to the nearest generated image, as learned by triplets.

    Anchor is a generated image of the development set, positive a used real, negative one not
    used; learned is a vector for each image such that d(anchor, positive) + margin is at most
    d(anchor, negative). A fifth of the reals is held out: on them training stops early, and from
    the score the threshold of best F1 on them is taken away, so that 0 parts used from not used.

    Length, epochs, patience, share held out and the triplets (each anchor with a random positive
    and negative) are choices of ours.

    Attributes
    ----------
    backbone : Backbone
        What is tuned, under a linear layer.
    length : int
        Of the vectors.
    margin : float
        By which negatives are to be farther away.
    frozen : bool
        Whether the backbone stays as it is, and the linear layer alone is learned.
    plan : Plan
        How it is trained.
    held_out : float
        Share of the development reals.
    generated_at_most : int or None
        Generated images that candidates are compared with, drawn by the seed; None takes all.
    """

    backbone: Backbone = Backbone("resnet50")
    length: int = 128
    margin: float = 1.0
    frozen: bool = False
    plan: Plan = Plan(30, 32, 1e-4, patience=5)
    held_out: float = 0.2
    generated_at_most: int | None = field(
        default=None, metadata={"option": "--subsample-generated"}
    )

    def own_fast(self) -> TripletDistance:
        """Return the method with a frozen backbone, and fewer images."""
        plan = replace(self.plan, epochs=10)
        return replace(self, frozen=True, plan=plan, generated_at_most=500)

    def _fit(self, development: Development, seed: int) -> State:
        anchors, *reals = (
            self._inputs(images)
            for images in (development.generated, development.used, development.not_used)
        )
        used = np.repeat([True, False], [len(part) for part in reals])
        learn, held = held_out_part(used, self.held_out, seed)
        both = np.concatenate(reals)
        network = self._network(both.shape[1], seed)
        triplets, watched = (
            _Triplets(of, both[at[used[at]]], both[at[~used[at]]], self.margin)
            for of, at in ((anchors, learn), (anchors[:WATCHED], held))
        )
        steps = self.plan.epochs * len(anchors) / self.plan.batch
        tell_duration("learning from triplets", lambda: triplets.rehearsed(network, 32), steps)
        trained(
            network,
            triplets.loss,
            len(anchors),
            self.plan,
            seed=seed,
            label="triplets",
            key=f"{self!r} {digests_of(development)}",
            held_out=watched.of_all,
        )
        distances, _ = _nearest(*(computed_in_batches(network, x) for x in (both[held], anchors)))
        threshold = best_threshold(-distances, used[held])
        return {
            "network": arrays_of(network),
            "threshold": threshold,
            "width": both.shape[1],
            "seed": seed,
        }

    def _apply(self, state: State, view: View, seed: int) -> Scores:  # noqa: ARG002
        network = self._network(state["width"], 0, blank=True)
        load_arrays(network, state["network"])
        generated = view.generated
        if self.generated_at_most is not None:
            generated = drawn_by_content(generated, self.generated_at_most, state["seed"])
        vectors = [
            computed_in_batches(network, self._inputs(images))
            for images in (view.candidates, generated)
        ]
        distances, positions = _nearest(*vectors)
        ids = {image_id: i for i, image_id in enumerate(view.generated.ids)}
        index = np.array([ids[generated.ids[i]] for i in positions], np.intp)
        nearest = Nearest(index, -distances, "minus Euclidean distance of learned vectors")
        return Scores(view.candidates.ids, -distances - state["threshold"], nearest=nearest)

    def _inputs(self, images: ImageSet) -> Inputs:
        """Return what the network learns from: pixels, or embeddings where it is frozen."""
        return extract(Embedding(self.backbone), images) if self.frozen else images.pixels

    def _network(self, width: int, seed: int, *, blank: bool = False) -> nn.Module:
        """Return the linear layer, on the backbone unless that is frozen."""
        ready()
        from torch import nn

        trunk = None
        if not self.frozen:
            trunk = self.backbone.blank() if blank else self.backbone.network()
            width = width_of(trunk)
        with seeded(seed):
            head = nn.Linear(width, self.length)
        return (head if trunk is None else nn.Sequential(trunk, head)).to(device())


class _Triplets:
    """Anchors, positives and negatives, of which triplets are drawn."""

    def __init__(self, anchors: Inputs, positives: Inputs, negatives: Inputs, margin: float):
        self.parts, self.margin = (anchors, positives, negatives), margin

    def loss(self, network: nn.Module, rows: Any, rng: np.random.Generator) -> torch.Tensor:
        """Return the mean loss of these anchors, each with a random positive and negative."""
        from torch import tensor
        from torch.nn.functional import triplet_margin_loss

        anchors, *others = self.parts
        drawn = [part[rng.integers(0, len(part), len(rows))] for part in others]
        inputs = tensor(np.concatenate([anchors[rows], *drawn]), device=device())
        a, p, n = network(inputs).float().chunk(3)
        return triplet_margin_loss(a, p, n, self.margin)

    def rehearsed(self, network: nn.Module, batch: int) -> None:
        """Do what a step of training does, and change nothing."""
        rows = np.arange(min(batch, len(self.parts[0])))
        self.loss(network.eval(), rows, np.random.default_rng(0)).backward()  # type: ignore[no-untyped-call]
        network.zero_grad(set_to_none=True)

    def of_all(self, network: nn.Module) -> float:
        """Return the mean loss of all triplets."""
        a, p, n = (computed_in_batches(network, part).astype(np.float64) for part in self.parts)
        near, far = (np.linalg.norm(a[:, None] - part, axis=2) for part in (p, n))
        gaps = near[:, :, None] - far[:, None, :] + self.margin
        return float(np.maximum(gaps, 0).mean())


def _nearest(
    reals: NDArray[np.float32], generated: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return each real's distance to the nearest generated vector, and that one's position."""
    from scipy.spatial.distance import cdist

    least, positions = np.full(len(reals), np.inf), np.zeros(len(reals), np.intp)
    for first in range(0, len(generated), BLOCK):
        distances = cdist(reals, generated[first : first + BLOCK])
        nearer = distances.min(axis=1) < least
        positions[nearer] = first + distances.argmin(axis=1)[nearer]
        least = np.minimum(least, distances.min(axis=1))
    return least, positions
