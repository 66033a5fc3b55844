"""What Clef-CSE-GAN-Team (SSN) brought first: a relation network of real and generated images.

Its second run is :class:`~whorl.runs.teams.clef_cse_gan.clusters.TwoClusters`, its third
:class:`~whorl.runs.teams.clef_cse_gan.pair_vote.PairVote`.

References
----------
Andrei et al. Overview of ImageCLEFmedical GANs 2023 task. CLEF 2023 Working Notes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from whorl.images import ImageSet
from whorl.methods.base import Scores
from whorl.methods.drawing import drawn_by_content, drawn_pairs
from whorl.methods.supervised import State, SupervisedMethod, digests_of
from whorl.networks.backbones import bare_embedder
from whorl.networks.durations import tell_duration
from whorl.networks.runtime import (
    arrays_of,
    computed_in_batches,
    device,
    load_arrays,
    mixed_precision,
    ready,
    seeded,
    torch_threads,
)
from whorl.networks.training import Plan, trained
from whorl.progress import track
from whorl.tasks.view import Development, View

if TYPE_CHECKING:
    import torch
    from torch import nn

    from whorl.runs.teams.clef_cse_gan.relation_network import RelationNetwork

BATCH = 32  # images of either side whose pairs are related at once


@dataclass(frozen=True)
class Relation(SupervisedMethod):
    """Score = mean probability, over the generated images, that a relation network gives a pair.

    Two separate networks, without max-pooling and with random first weights, look at a grey real
    and a grey generated image; a relation module on both their maps tells whether the real was
    used. It learns from all pairs of a development real with a development generated image, by
    stochastic gradient descent on the binary cross entropy. The team's code takes a softmax over
    the batch after the sigmoid, so that scores depend on what else is in the batch; that is left
    out.

    Size, epochs, and the channels of the relation module are choices of ours. At the full budget
    this is work for a GPU.

    Attributes
    ----------
    backbone : str
        timm's name of either network; one of ResNet's kind.
    size : int
        Height and width, in pixels, to which images are resized.
    hidden : int
        Channels of the relation module.
    pairs : int or None
        Development pairs that are learned from, drawn by the seed; None takes all.
    plan : Plan
        How it is trained.
    generated_at_most : int or None
        Generated images in the mean, drawn by the seed; None takes all.
    """

    backbone: str = "resnet101"
    size: int = 128
    hidden: int = 64
    pairs: int | None = None
    plan: Plan = Plan(2, 8, 1e-5, optimiser="sgd", momentum=0.9, weight_decay=5e-4)
    generated_at_most: int | None = field(
        default=None, metadata={"option": "--subsample-generated"}
    )

    def own_fast(self) -> Relation:
        """Return the method with a small network that sees few and small images, for one epoch."""
        return replace(
            self,
            backbone="resnet18",
            size=48,
            pairs=512,
            plan=replace(self.plan, epochs=1),
            generated_at_most=200,
        )

    def _fit(self, development: Development, seed: int) -> State:
        reals = np.concatenate([development.used.pixels, development.not_used.pixels])
        generated = development.generated.pixels
        at_most = len(reals) * len(generated) if self.pairs is None else self.pairs
        row, column = drawn_pairs(len(reals), len(generated), at_most, seed)
        targets = (row < len(development.used)).astype(np.float32)
        network = self._network(seed)

        def loss(network: nn.Module, pairs: Any, rng: np.random.Generator) -> torch.Tensor:  # noqa: ARG001
            from torch import tensor
            from torch.nn.functional import binary_cross_entropy_with_logits

            left, right, wanted = (
                tensor(values, device=device())
                for values in (reals[row[pairs]], generated[column[pairs]], targets[pairs])
            )
            return binary_cross_entropy_with_logits(network(left, right).float(), wanted)

        def rehearsed() -> None:
            first = np.arange(min(self.plan.batch, len(row)))
            loss(network.eval(), first, np.random.default_rng(0)).backward()  # type: ignore[no-untyped-call]
            network.zero_grad(set_to_none=True)

        steps = self.plan.epochs * len(row) / self.plan.batch
        tell_duration(f"training the relation network on {len(row):,} pairs", rehearsed, steps)
        trained(
            network, loss, len(row), self.plan, seed=seed, label="relation network",
            key=f"{self!r} {digests_of(development)}",
        )  # fmt: skip
        return {"network": arrays_of(network), "seed": seed}

    def _apply(self, state: State, view: View, seed: int) -> Scores:  # noqa: ARG002
        network = self._network(0)
        load_arrays(network, state["network"])
        generated = view.generated
        if self.generated_at_most is not None:
            generated = drawn_by_content(generated, self.generated_at_most, state["seed"])
        return Scores(view.candidates.ids, mean_relation(network, view.candidates, generated))

    def _network(self, seed: int) -> RelationNetwork:
        """Return the network with weights drawn by the seed."""
        ready()
        from torch import nn

        from whorl.runs.teams.clef_cse_gan.relation_network import RelationNetwork

        sides = []
        for side in range(2):
            embedder = bare_embedder(self.backbone, self.size, seed=2 * seed + side, channels=1)
            model: Any = embedder.model
            model.maxpool = nn.Identity()
            model.global_pool = nn.Identity()
            sides.append(embedder)
        width = int(model.num_features)
        with seeded(seed):
            return RelationNetwork(sides[0], sides[1], width, self.hidden).to(device())


def mean_relation(
    network: RelationNetwork, reals: ImageSet, generated: ImageSet
) -> NDArray[np.float64]:
    """Return each real's mean probability over all generated images.

    Parameters
    ----------
    network : RelationNetwork
        Reals are its left side.
    reals, generated : ImageSet
        What is related.

    Returns
    -------
    ndarray of float64, shape (n,)
        0 to 1.
    """
    ready()
    import torch

    network.eval()
    maps = computed_in_batches(network.left, reals.pixels, batch=BATCH)
    total = np.zeros(len(reals))
    with (
        torch_threads(),
        torch.inference_mode(),
        mixed_precision(device()),
        track("relations of all pairs", len(generated)) as advance,
    ):
        for first in range(0, len(generated), BATCH):
            block = torch.tensor(generated.pixels[first : first + BATCH], device=device())
            right = network.right(block)
            for start in range(0, len(reals), BATCH):
                left = torch.tensor(maps[start : start + BATCH], device=device())
                found = network.every_pair(left, right).float().sigmoid()
                total[start : start + BATCH] += found.double().sum(dim=1).cpu().numpy()
            advance(len(block))
    return total / len(generated)
