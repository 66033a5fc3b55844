"""Distances to the closest generated image, as they are and set off against something.

Distance to the closest record itself, and its largest over tiles, are
:class:`~whorl.methods.nearest.NearestSimilarity` with :class:`~whorl.similarity.TileDistance`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.methods.axes import LEAST, nearest_distances, principal_axes
from whorl.methods.base import Method, Nearest, Scores
from whorl.tasks.view import View

MEASURE = "minus distance on principal axes"


@dataclass(frozen=True)
class CalibratedDistance(Method):
    """Score = distance to the nearest other real image, minus that to the nearest generated one.

    An image in a sparse region is far from everything; only one that is nearer to a generated
    image than to the rest of the real ones stands out. The paper calibrates by images of a second
    generator, trained on the reference. That other reals stand in their place, and that these are
    candidates and reference together but for the image itself, so that both are scored alike, are
    choices of ours.

    Attributes
    ----------
    axes : int
        Principal axes on which distances are taken.

    References
    ----------
    Chen, Yu, Zhang, Fritz. GAN-Leaks. CCS 2020 (attack calibration).

    Examples
    --------
    >>> from whorl.images import ImageSet
    >>> pixels = np.random.default_rng(0).integers(0, 256, (4, 16, 16), np.uint8)
    >>> images = ImageSet(tuple("abcd"), pixels)
    >>> view = View(images.take([0, 1]), images.take([1, 2, 3]))
    >>> CalibratedDistance().score(view).values.argmax()
    np.int64(0)
    """

    axes: int = 64

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        reals, generated = principal_axes(view, self.axes)
        distances, positions = nearest_distances(reals, generated)
        among, _ = nearest_distances(reals, reals, same=True)
        nearest = Nearest(positions[:, 0], -distances[:, 0], MEASURE)
        return Scores(view.candidates.ids, among[:, 0] - distances[:, 0], nearest=nearest)


@dataclass(frozen=True)
class AdaptiveDistance(Method):
    r"""Score = minus the distance to the nearest generated image, over what is usual near there.

    .. math:: -\frac{d_1}{\alpha \cdot \frac{1}{n} \sum_{k=1}^{n} d_k}

    of the distances to the n nearest generated images. Above −1 the paper calls an image
    extracted. There x is the generated image and its neighbours are training images, which an
    attacker does not have: the other way round is a choice of ours.

    Attributes
    ----------
    alpha : float
        Of the formula.
    neighbours : int
        n; all, where there are fewer.
    axes : int
        Principal axes on which distances are taken.

    References
    ----------
    Carlini et al. Extracting training data from diffusion models. USENIX Security 2023
    (section 5.1).

    Examples
    --------
    >>> from whorl.images import ImageSet
    >>> pixels = np.random.default_rng(0).integers(0, 256, (4, 16, 16), np.uint8)
    >>> images = ImageSet(tuple("abcd"), pixels)
    >>> view = View(images.take([0, 1, 3]), images.take([1, 2]))
    >>> AdaptiveDistance().score(view).values > -1
    array([ True, False])
    """

    alpha: float = 0.5
    neighbours: int = 50
    axes: int = 64

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        distances, positions = nearest_distances(*principal_axes(view, self.axes), self.neighbours)
        usual = self.alpha * distances.mean(axis=1)
        ratio = np.divide(distances[:, 0], usual, out=np.zeros(len(usual)), where=usual > 0)
        nearest = Nearest(positions[:, 0], -distances[:, 0], MEASURE)
        return Scores(view.candidates.ids, -ratio, nearest=nearest)


@dataclass(frozen=True)
class Authenticity(Method):
    r"""Score = log of the distance to the nearest other real over that to the nearest generated.

    Above 0 a generated image lies nearer than any other real one does: by the paper's test it is
    no new image but a copy with noise. The paper asks that of generated images and knows the
    training set; that a candidate is asked, among all real images at hand, and that the ratio
    ranks candidates, are choices of ours.

    Attributes
    ----------
    axes : int
        Principal axes on which distances are taken.

    References
    ----------
    Alaa, van Breugel, Saveliev, van der Schaar. How faithful is your synthetic data? ICML 2022
    (section 3.3).

    Examples
    --------
    >>> from whorl.images import ImageSet
    >>> pixels = np.random.default_rng(0).integers(0, 256, (4, 16, 16), np.uint8)
    >>> images = ImageSet(tuple("abcd"), pixels)
    >>> Authenticity().score(View(images.take([0]), images.take([0, 2, 3]))).values > 0
    array([ True, False, False])
    """

    axes: int = 64

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        reals, generated = principal_axes(view, self.axes)
        distances, positions = nearest_distances(reals, generated)
        among, _ = nearest_distances(reals, reals, same=True)
        ratio = np.log(np.maximum(among, LEAST)) - np.log(np.maximum(distances, LEAST))
        nearest = Nearest(positions[:, 0], -distances[:, 0], MEASURE)
        return Scores(view.candidates.ids, ratio[:, 0], nearest=nearest)
