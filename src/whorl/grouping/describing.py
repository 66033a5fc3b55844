"""Images as short vectors: a feature, and the directions in which it varies most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from whorl.errors import NeedError, WhorlError
from whorl.features import Feature, NoiseResidual, RadialSpectrum, extract
from whorl.images import ImageSet
from whorl.networks.weights import Weights

FEWEST = 4
BACKBONE = "efficientnet_b0"

Rows = NDArray[np.float64]


class GroupingError(WhorlError):
    """Images cannot be grouped as asked."""


@dataclass(frozen=True)
class Description:
    """How images are described before they are grouped.

    Attributes
    ----------
    feature : Feature
        What is computed of each image.
    standardised : bool
        Whether each of its values is brought to unit variance first.
    """

    feature: Feature
    standardised: bool = True


METHODS: Mapping[str, str] = {
    "residuals": "correlation of noise residuals (Marra et al. 2019)",
    "spectrum": "azimuthally averaged power spectra (Durall et al. 2020)",
    "embedding": "what a pretrained network makes of an image; needs weights",
}
"""Name → what it goes by."""


def description_named(name: str, weights: Weights | None = None) -> Description:
    """Return a method's description of images.

    Parameters
    ----------
    name : str
        One of ``METHODS``.
    weights : Weights or None
        Of the backbone, EfficientNet-B0; embeddings need them, the others take none.

    Raises
    ------
    GroupingError
        If there is no such method, or it takes no weights.
    NeedError
        If weights are lacking.

    Examples
    --------
    >>> description_named("spectrum")
    Description(feature=RadialSpectrum(), standardised=True)
    """
    if name not in METHODS:
        raise GroupingError(f"method {name!r}: is none of {', '.join(METHODS)}")
    if name == "embedding":
        if weights is None:
            raise NeedError("embedding needs --weights: imagenet, package, or a file")
        from whorl.features.embeddings import Embedding
        from whorl.networks.backbones import Backbone

        return Description(Embedding(Backbone(BACKBONE, weights)))
    if weights is not None:
        raise GroupingError(f"--weights: {name} starts from no pretrained weights")
    if name == "residuals":
        return Description(NoiseResidual(), standardised=False)
    return Description(RadialSpectrum())


def described(images: ImageSet, by: Description, components: int) -> Rows:
    """Return the images' principal components.

    No label plays a part. What each image becomes depends on which images there are, not on their
    order or names.

    Parameters
    ----------
    images : ImageSet
        At least four.
    by : Description
        What is computed of each.
    components : int
        How many directions are kept, at most.

    Returns
    -------
    ndarray of float64, shape (n, at most `components`)
        In the images' order.

    Raises
    ------
    GroupingError
        If there are fewer than four images, or all look the same.
    """
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    if len(images) < FEWEST:
        raise GroupingError(f"{images.name}: {len(images)} images; grouping takes {FEWEST} or more")
    order = np.argsort(np.array(images.hashes), kind="stable")
    values = extract(by.feature, images)[order].astype(np.float64).reshape(len(images), -1)
    if not np.ptp(values, axis=0).any():
        raise GroupingError(
            f"{images.name}: all images look the same: there is nothing to group by"
        )
    if by.standardised:
        values = StandardScaler().fit_transform(values)
    most = min(components, len(images) - 1, values.shape[1])
    rows = np.empty((len(images), most))
    rows[order] = PCA(most, random_state=0).fit_transform(values)
    return rows


def together(*sets: ImageSet) -> ImageSet:
    """Return the images of all sets, one set after the other, whatever they are called.

    Raises
    ------
    ImageError
        If they differ in size, or some are in colour and some are not.

    Examples
    --------
    >>> images = ImageSet(("a",), np.zeros((1, 8, 8), np.uint8))
    >>> len(together(images, images, images))
    3
    """
    starts = np.cumsum([0, *map(len, sets)]).tolist()
    numbered = [
        images.with_ids([str(start + k) for k in range(len(images))])
        for images, start in zip(sets, starts, strict=False)
    ]
    return reduce(ImageSet.joined, numbered)
