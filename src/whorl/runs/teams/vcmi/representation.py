"""What stands for images when they are compared: their pixels, or numbers that describe them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from whorl.features import Feature, extract
from whorl.similarity.pairs import Items
from whorl.tasks.view import View


class Representation(ABC):
    """How candidates and generated images are represented for a measure of similarity.

    Subclasses are frozen dataclasses whose fields are the parameters. What stands for an image
    depends on what the view's images hold, never on their order or their names.
    """

    @abstractmethod
    def items(self, view: View, seed: int) -> tuple[Items, Items]:
        """Return what stands for the candidates, and what for the generated images.

        Parameters
        ----------
        view : View
            Its candidates and generated images; nothing else is to be looked at.
        seed : int
            Seeds every random draw.

        Returns
        -------
        tuple of ImageSet or ndarray
            Each in the order of its images; images, or float32 rows of one length.
        """


@dataclass(frozen=True)
class Pixels(Representation):
    """Images as they are, for a measure of images."""

    def items(self, view: View, seed: int) -> tuple[Items, Items]:  # noqa: ARG002
        """Return the images themselves."""
        return view.candidates, view.generated


@dataclass(frozen=True)
class Described(Representation):
    """A feature's values as one row for each image, for a measure of vectors.

    Attributes
    ----------
    feature : Feature
        One of the same shape for all images.

    Examples
    --------
    >>> from whorl.features import GreyLevels
    >>> from whorl.tasks.sample import sample_task
    >>> candidates, generated = Described(GreyLevels((0.5,))).items(sample_task().view, seed=0)
    >>> candidates.shape, generated.shape, candidates.dtype
    ((60, 3), (300, 3), dtype('float32'))
    """

    feature: Feature

    def items(self, view: View, seed: int) -> tuple[Items, Items]:  # noqa: ARG002
        """Return the feature of each image as a row."""
        candidates, generated = (
            extract(self.feature, images).reshape(len(images), -1).astype(np.float32)
            for images in (view.candidates, view.generated)
        )
        return candidates, generated
