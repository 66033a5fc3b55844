"""What a grouping method is, and those there are: images in, a cluster for each out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from whorl.grouping.clustering import MOST, Clustering, clustered, in_order
from whorl.grouping.describing import Description, GroupingError, described, together
from whorl.images import ImageSet, require_same_size

if TYPE_CHECKING:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

COMPONENTS = 10
COMPONENTS_SUPERVISED = 50
FEWEST_LABELLED = 2


@dataclass(frozen=True)
class Groups:
    """Which images are said to come from one generator.

    Attributes
    ----------
    ids : tuple of str
        The images'.
    clusters : tuple of str
        What the cluster of each is called.
    found : str
        How their number came about.
    """

    ids: tuple[str, ...]
    clusters: tuple[str, ...]
    found: str

    @property
    def k(self) -> int:
        """How many clusters there are."""
        return len(set(self.clusters))


class GroupingMethod(ABC):
    """A way to group generated images by the generator that made them.

    Subclasses are frozen dataclasses whose fields are the parameters. They see images and nothing
    else; names and order of the images change nothing but the order of the answer.
    """

    @abstractmethod
    def group(self, images: ImageSet, k: int | None = None, *, seed: int = 0) -> Groups:
        """Group images.

        Parameters
        ----------
        images : ImageSet
            Generated images.
        k : int or None
            From how many generators they are; None = to be found.
        seed : int
            Seeds every random draw.

        Raises
        ------
        GroupingError
            If they are too few, all look the same, or `k` does not fit.
        """


@dataclass(frozen=True)
class FeatureClusters(GroupingMethod):
    """Clusters of what images look like in numbers.

    Attributes
    ----------
    by : Description
        What is computed of each image.
    clustering : {"kmeans", "mixture"}
        How vectors are clustered, and by that how their number is found.
    components : int
        Principal components that are clustered.
    most : int
        The most clusters that are tried where their number is to be found.

    Examples
    --------
    >>> from whorl.grouping.describing import description_named
    >>> dark = np.random.default_rng(0).integers(0, 9, (6, 16, 16), dtype=np.uint8)
    >>> pixels = np.concatenate([dark, 20 * dark])
    >>> images = ImageSet(tuple("abcdefghijkl"), pixels)
    >>> "".join(FeatureClusters(description_named("spectrum")).group(images, 2).clusters)
    '111111222222'
    """

    by: Description
    clustering: Clustering = "mixture"
    components: int = COMPONENTS
    most: int = MOST

    def group(self, images: ImageSet, k: int | None = None, *, seed: int = 0) -> Groups:
        """Group images."""
        if k is not None and not 1 <= k <= len(images):
            raise GroupingError(f"--k {k}: expected 1 to {len(images)}, the number of images")
        rows = described(images, self.by, self.components)
        order = np.argsort(np.array(images.hashes), kind="stable")
        labels = np.empty(len(images), np.intp)
        labels[order] = clustered(rows[order], self.clustering, k, most=self.most, seed=seed)
        criterion = "silhouette" if self.clustering == "kmeans" else "BIC"
        found = "given" if k is not None else f"found by {criterion}"
        return Groups(images.ids, tuple(str(label + 1) for label in in_order(labels)), found)


@dataclass(frozen=True)
class Expected:
    """How a supervised method does on labelled images that it did not learn from.

    Attributes
    ----------
    truth, said : tuple of str
        The generator of each labelled image, and which one was named.
    """

    truth: tuple[str, ...]
    said: tuple[str, ...]


@dataclass(frozen=True)
class FeatureClassifier:
    """The generators of a development set, found again.

    Linear discriminant analysis with a shrunken covariance (Ledoit and Wolf 2004), on principal
    components of labelled and unlabelled images together.

    Attributes
    ----------
    by : Description
        What is computed of each image.
    components : int
        Principal components that are told apart.
    """

    by: Description
    components: int = COMPONENTS_SUPERVISED

    def group(
        self,
        images: ImageSet,
        development: Mapping[str, ImageSet],
        *,
        folds: int = 5,
        seed: int = 0,
    ) -> tuple[Groups, Expected]:
        """Name the generator of each image: one of the development set's.

        Parameters
        ----------
        images : ImageSet
            Generated images of unknown origin, of these generators.
        development : mapping of str to ImageSet
            Generator's name → images that it made; at least two of each, of two generators.
        folds : int
            Of the cross-validation that says what to expect.
        seed : int
            Seeds the folds.

        Raises
        ------
        GroupingError
            If there are too few generators or images of one.
        ImageError
            If images differ in size.
        """
        from sklearn.model_selection import StratifiedKFold, cross_val_predict

        _require_several(development)
        require_same_size(images, *development.values())
        names = [name for name, labelled in development.items() for _ in labelled.ids]
        rows = described(together(images, *development.values()), self.by, self.components)
        unknown, known = rows[: len(images)], rows[len(images) :]
        labels = np.array(names)
        said = _classifier().fit(known, labels).predict(unknown)
        fewest = min(len(labelled) for labelled in development.values())
        split = StratifiedKFold(min(folds, fewest), shuffle=True, random_state=seed)
        tried = cross_val_predict(_classifier(), known, labels, cv=split)
        groups = Groups(images.ids, tuple(map(str, said)), "as in the development set")
        return groups, Expected(tuple(names), tuple(map(str, tried)))


def _classifier() -> LinearDiscriminantAnalysis:
    """Return the classifier, untaught."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")


def _require_several(development: Mapping[str, ImageSet]) -> None:
    """Raise an error unless there are two generators, with two images each."""
    if len(development) < FEWEST_LABELLED:
        raise GroupingError(
            f"--development: holds {len(development)} sub-folders of images: expected one for each "
            "generator, two or more"
        )
    for name, labelled in development.items():
        if len(labelled) < FEWEST_LABELLED:
            raise GroupingError(f"--development: {name}: one image: expected two or more")
