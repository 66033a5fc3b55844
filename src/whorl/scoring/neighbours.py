"""What is nearest to each generated image, among the training images and among the holdout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.images import ImageSet
from whorl.similarity import Largest, Measure, TopK, reduce_pairs

Positions = NDArray[np.intp]
Similarities = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The real images nearest to each generated one, and how near a real image may be.

    Attributes
    ----------
    training, holdout : Largest
        For each generated image the two most similar of these images, or the one that there is.
    bar : float
        The largest similarity of any holdout image with any training image: what images of
        different patients reach by themselves.
    measure : str
        The similarity's name.
    """

    training: Largest
    holdout: Largest
    bar: float
    measure: str

    @property
    def nearer(self) -> Similarities:
        """How each falls to training: 1 nearer to it, 0 nearer to the holdout, 0.5 equally near."""
        in_training, in_holdout = self.training.similarity[:, 0], self.holdout.similarity[:, 0]
        return np.where(in_training == in_holdout, 0.5, (in_training > in_holdout).astype(float))

    @property
    def memorised(self) -> NDArray[np.bool_]:
        """Whether each is nearer to a training image than the bar."""
        return self.training.similarity[:, 0] > np.float32(self.bar)

    @property
    def like_holdout(self) -> NDArray[np.bool_]:
        """Whether each is nearer to a holdout image than the bar: the control."""
        return self.holdout.similarity[:, 0] > np.float32(self.bar)


def find_neighbours(
    generated: ImageSet, training: ImageSet, holdout: ImageSet, measure: Measure
) -> Neighbours:
    """Compare the generated images with all real ones, and the real ones with each other.

    Parameters
    ----------
    generated, training, holdout : ImageSet
        Images of one size; nobody has images in both of the last two.
    measure : Measure
        The similarity.

    Examples
    --------
    >>> from whorl.similarity import Correlation
    >>> from whorl.testing.worlds import smooth_images
    >>> pixels = smooth_images(5, np.random.default_rng(0))
    >>> training, holdout = ImageSet(("a", "b"), pixels[:2]), ImageSet(("x", "y"), pixels[2:4])
    >>> made = ImageSet(("g", "h"), pixels[[1, 4]])
    >>> found = find_neighbours(made, training, holdout, Correlation())
    >>> found.training.position[0, 0], found.memorised.tolist(), found.bar < 0.9
    (np.int64(1), [True, False], True)
    """
    two = {
        name: reduce_pairs(measure, generated, images, {"two": TopK(2)},
                           label=f"generated images and {name}")["two"]
        for name, images in (("training", training), ("holdout", holdout))
    }  # fmt: skip
    among = reduce_pairs(measure, holdout, training, {"top": TopK()}, label="holdout and training")
    return Neighbours(
        two["training"], two["holdout"], float(among["top"].similarity.max()), measure.name
    )


def named_twice(found: Neighbours, training: Positions, holdout: Positions) -> Positions:
    """Return whom each generated image names: the patient of both of its two nearest real images.

    Parameters
    ----------
    found : Neighbours
        The nearest of either set.
    training, holdout : ndarray of intp
        Each real image's patient as a number; nobody has one on both sides.

    Returns
    -------
    ndarray of intp, shape (n,)
        The patient; −1 where the two nearest, of all real images, are of two patients.

    Examples
    --------
    >>> near = Largest(np.float32([[0.9, 0.8], [0.9, 0.1]]), np.array([[0, 1], [0, 1]]))
    >>> far = Largest(np.float32([[0.7, 0.2], [0.8, 0.2]]), np.array([[0, 1], [0, 1]]))
    >>> found = Neighbours(near, far, 0.5, "SSIM")
    >>> named_twice(found, np.array([4, 4]), np.array([7, 7])).tolist()
    [4, -1]
    """
    similarity = np.hstack([found.training.similarity, found.holdout.similarity])
    patients = np.hstack([training[found.training.position], holdout[found.holdout.position]])
    order = np.argsort(-similarity, axis=1, kind="stable")[:, :2]
    first, second = np.take_along_axis(patients, order, 1).T
    return np.where(first == second, first, -1)
