"""What team KDE-lab (Toyohashi) brought: transfer learning in several stages.

Of it the overview paper names the stages (CASIA: authentic or tampered; COVID-19 CT; development
set; test set) and the networks; the rest is our reading.

References
----------
Andrei et al. Overview of ImageCLEFmedical GANs 2023 task. CLEF 2023 Working Notes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.files import ByName
from whorl.images import ImageSet, load
from whorl.methods.base import Scores
from whorl.methods.supervised import State, SupervisedMethod
from whorl.methods.thresholds import held_out_part
from whorl.networks.backbones import Backbone, Untrained, width_of
from whorl.networks.pictures import Pictures, pictures_of
from whorl.networks.runtime import (
    arrays_of,
    computed_in_batches,
    device,
    load_arrays,
    ready,
    seeded,
)
from whorl.networks.training import Plan, trained
from whorl.progress import tell
from whorl.tasks.view import Development, View

if TYPE_CHECKING:
    import torch
    from torch import nn

    from whorl.networks.embedder import Embedder

STAGES = 2  # that the team had before the development set
SMALLEST = 32  # pixels that a network of the fast budget sees at least


@dataclass(frozen=True)
class StagedTransfer(SupervisedMethod):
    """Score = log-odds of "used" by a network tuned in stages, of which each has a new head.

    First come the user's own stages, folders of labelled images; then the development reals, used
    against not used; then, where wanted, the candidates themselves with the labels of which the
    network is sure (pseudo-labels), for one round; that stage is left out, and said to be, where
    the network is not sure of candidates of both classes. It never looks at a generated image.

    Epochs, patience, the share held out for early stopping, and how sure is sure enough are
    choices of ours; so is what the pseudo-labels replace, "stage 4: the test set".

    Attributes
    ----------
    start : Backbone or Untrained
        The network under the head.
    stages : tuple of str
        Folders of labelled images, a sub-folder for each class, in the order of learning.
    sure : float or None
        Probability from which a candidate's label is learned from; None leaves that stage out.
    plan : Plan
        How each stage is trained.
    rounds : int
        Epochs on pseudo-labels.
    held_out : float
        Share of each class that early stopping watches.
    """

    start: Backbone | Untrained = Backbone("resnet18")
    stages: tuple[str, ...] = field(default=(), metadata={"option": "--stage"})
    sure: float | None = 0.9
    plan: Plan = Plan(50, 32, 1e-4, patience=5)
    rounds: int = 5
    held_out: float = 0.2

    def __post_init__(self) -> None:
        object.__setattr__(self, "stages", tuple(map(ByName, self.stages)))

    def own_fast(self) -> StagedTransfer:
        """Return the method with smaller images and few epochs."""
        start = replace(self.start, size=max(SMALLEST, min(self.start.size, 64)))
        return replace(self, start=start, plan=replace(self.plan, epochs=3), rounds=1)

    def notes(self) -> tuple[str, ...]:
        """Say which weights the result rests on, and which stages were skipped."""
        given = len(self.stages)
        told = tuple(f"stage {k + 1}: {Path(folder).name}" for k, folder in enumerate(self.stages))
        if given < STAGES:
            told += (
                f"skipped, for want of --stage: {STAGES - given} of the {STAGES} stages that the "
                "team had before the development set (CASIA tampering, COVID-19 CT)",
            )
        return super().notes() + told

    def _fit(self, development: Development, seed: int) -> State:
        labelled = [self._stage(Path(folder)) for folder in self.stages]
        labelled.append((pictures_of(development.not_used, development.used), "development set"))
        trunk = self.start.network(seed)
        for number, (pictures, name) in enumerate(labelled):
            classes = labels_of(pictures)
            network = self._with_head(trunk, int(classes.max()) + 1, seed + number)
            learn, held = held_out_part(classes, self.held_out, seed)
            self._train(network, pictures, classes, learn, held, seed=seed, name=name)
        return {"network": arrays_of(network), "seed": seed}

    def _apply(self, state: State, view: View, seed: int) -> Scores:
        network = self._with_head(self.start.blank(), 2, 0)
        load_arrays(network, state["network"])
        pictures = pictures_of(view.candidates)
        logits = computed_in_batches(network, pictures.pixels)
        if self.sure is not None:
            probability = 1 / (1 + np.exp(-_log_odds(logits)))
            sure = np.flatnonzero(np.maximum(probability, 1 - probability) >= self.sure)
            classes = (probability > 0.5).astype(np.intp)
            if len(np.unique(classes[sure])) == 2:
                seed = state["seed"]
                self._train(network, pictures, classes, sure, None, seed=seed, name="test set")
                logits = computed_in_batches(network, pictures.pixels)
            else:
                tell(
                    f"stage of pseudo-labels left out: the network is sure (probability of at "
                    f"least {self.sure:g}) of {len(sure)} candidates, and not of both classes"
                )
        return Scores(view.candidates.ids, pictures.apart(_log_odds(logits))[0])

    def _train(
        self,
        network: nn.Module,
        pictures: Pictures,
        classes: NDArray[np.intp],
        learn: NDArray[np.intp],
        held: NDArray[np.intp] | None,
        *,
        seed: int,
        name: str,
    ) -> None:
        """Train on some pictures; where others are held out, stop early by them."""
        ready()
        from torch import tensor
        from torch.nn.functional import cross_entropy

        def loss(network: nn.Module, rows: Any, rng: np.random.Generator) -> torch.Tensor:  # noqa: ARG001
            at = learn[rows]
            pixels, wanted = (tensor(x, device=device()) for x in (pictures.batch(at), classes[at]))
            return cross_entropy(network(pixels).float(), wanted)

        def watched(network: nn.Module) -> float:
            outputs = computed_in_batches(network, pictures.pixels[held])
            return float(cross_entropy(tensor(outputs), tensor(classes[held])))

        plan = self.plan if held is not None else replace(self.plan, epochs=self.rounds)
        first = _digest_of(arrays_of(network))
        labels = hashlib.sha256(classes.tobytes() + learn.tobytes()).hexdigest()
        trained(
            network, loss, len(learn), plan, seed=seed, label=f"tuning on {name}",
            key=f"staged transfer {self.start!r} from {first} on {pictures.digest()} as {labels}",
            held_out=None if held is None else watched,
        )  # fmt: skip

    def _with_head(self, trunk: Embedder, classes: int, seed: int) -> nn.Module:
        """Return the trunk with a new head."""
        ready()
        from torch import nn

        with seeded(seed):
            head = nn.Linear(width_of(trunk), classes)
        return nn.Sequential(trunk, head).to(device())

    def _stage(self, folder: Path) -> tuple[Pictures, str]:
        """Return the labelled images of a folder, resized to what the network sees."""
        classes = (
            sorted(part for part in folder.iterdir() if part.is_dir()) if folder.is_dir() else []
        )
        if len(classes) < 2:
            raise ImageError(
                f"--stage {folder}: must be a folder of at least two sub-folders, a class each"
            )
        read: list[ImageSet] = [
            load(part, name=f"{folder.name}/{part.name}", resize=self.start.size)
            for part in classes
        ]
        return pictures_of(*read), folder.name


def labels_of(pictures: Pictures) -> NDArray[np.intp]:
    """Return the class of each picture: the number of the set that it came from."""
    labels = np.empty(len(pictures), np.intp)
    for number, places in enumerate(pictures.places):
        labels[places] = number
    return labels


def _log_odds(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the log-odds of the second of two classes."""
    return logits[:, 1].astype(np.float64) - logits[:, 0]


def _digest_of(arrays: Mapping[str, NDArray[Any]]) -> str:
    """Return one SHA-256 over arrays."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()
