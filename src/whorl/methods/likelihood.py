"""Likelihood under Gaussians around the generated images, as wide as the real ones ask for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.methods.axes import LEAST, nearest_distances, principal_axes
from whorl.methods.base import Method, Scores
from whorl.tasks.view import View

STEPS = 20  # of expectation and maximisation
NEAREST = 64  # Gaussians that an image may come from; those farther away add nothing

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FeatureLikelihood(Method):
    r"""Score = log-likelihood of x under a mixture of Gaussians around the generated images.

    .. math:: \log \frac{1}{|G|} \sum_{g \in G} N(x; g, \sigma_g^2 I)

    Each Gaussian has a variance of its own, such that the real images are as likely as can be: one
    around a copy of a real image becomes narrow. The paper fits the variances to the training set,
    in features of a network. Here they are fitted to candidates and reference together, which both
    are scored alike for, and on principal axes of the images. That one real image at the usual
    distance is added to what each variance is fitted to, so that none collapses, is a choice of
    ours too.

    Attributes
    ----------
    axes : int
        Principal axes on which likelihoods are computed.

    References
    ----------
    Jiralerspong, Bose, Gemp, Qin, Bachrach, Gidel. Feature likelihood divergence: evaluating the
    generalization of generative models using samples. NeurIPS 2023.

    Examples
    --------
    >>> from whorl.tasks.sample import sample_task
    >>> FeatureLikelihood().score(sample_task().view).values.shape
    (60,)
    """

    axes: int = 32

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        reals, generated = principal_axes(view, self.axes)
        distances, centres = nearest_distances(reals, generated, NEAREST)
        logs = fitted_logs(distances**2, centres, len(generated), reals.shape[1])
        from scipy.special import logsumexp

        return Scores(view.candidates.ids, logsumexp(logs, axis=1) - np.log(len(generated)))


def fitted_logs(squares: Floats, centres: NDArray[np.intp], count: int, axes: int) -> Floats:
    """Return the log densities of images under Gaussians whose variances are fitted to them.

    Parameters
    ----------
    squares : ndarray of float64, shape (n, k)
        Squared distances of each image to the nearest centres, nearest first.
    centres : ndarray of intp, shape (n, k)
        Which centres they are.
    count : int
        Centres in all.
    axes : int
        Dimensions of the space.

    Returns
    -------
    ndarray of float64, shape (n, k)
        But for a constant of the dimensions.

    Examples
    --------
    >>> squares, centres = np.array([[2.0], [4.0]]), np.array([[0], [1]])
    >>> fitted_logs(squares, centres, 2, 1).round(3)  # variances (2 + 3) / 2 and (4 + 3) / 2
    array([[-0.858],
           [-1.198]])
    """
    from scipy.special import softmax

    usual = max(float(np.median(squares[:, 0])) / axes, LEAST)
    variances = np.full(count, usual)
    logs = _logs(squares, variances[centres], axes)
    for _ in range(STEPS):
        shares = softmax(logs, axis=1)
        weights = np.bincount(centres.ravel(), shares.ravel(), count)
        spread = np.bincount(centres.ravel(), (shares * squares).ravel(), count) / axes
        variances = (spread + usual) / (weights + 1)
        logs = _logs(squares, variances[centres], axes)
    return logs


def _logs(squares: Floats, variances: Floats, axes: int) -> Floats:
    """Return log densities of isotropic Gaussians, but for a constant."""
    logs: Floats = -0.5 * (axes * np.log(variances) + squares / variances)
    return logs
