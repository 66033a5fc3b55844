"""Methods that learn from a labelled development set, and what they have learned."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from whorl.errors import ImageError, NeedError
from whorl.images import ImageSet
from whorl.methods.base import Method, Need, Scores
from whorl.seeds import require_seed
from whorl.tasks.view import Development, View

State = Mapping[str, Any]
"""What was learned: names → NumPy arrays, scikit-learn estimators, numbers, strings, and lists,
tuples and dicts of these. It is what a saved model holds."""


class SupervisedMethod(Method):
    """An attack that is fitted on a development set.

    Subclasses are frozen dataclasses whose fields are the hyper-parameters, and define two hooks:
    `_fit` learns from a development set, `_apply` scores a view with what was learned. Neither
    changes the method itself.
    """

    own_needs: ClassVar[frozenset[Need]] = frozenset({Need.DEVELOPMENT})

    def fit(self, development: Development, *, seed: int = 0) -> FittedMethod:
        """Learn from a development set.

        The order and the names of its images do not matter.

        Parameters
        ----------
        development : Development
            Generated images, and reals known to be used and not used.
        seed : int
            Seeds every random draw; the same seed gives the same result.

        Returns
        -------
        FittedMethod
            A new method, which needs no development set.

        Examples
        --------
        >>> from whorl.methods.blind import Blind
        >>> from whorl.tasks.sample import sample_task
        >>> view = sample_task().view
        >>> fitted = Blind().fit(view.development)
        >>> fitted.score(replace(view, development=None)).values.shape
        (60,)
        """
        require_seed(seed)
        self.require_weights()
        parts = (development.generated, development.used, development.not_used)
        state = self._fit(Development(*map(_by_content, parts)), seed)
        hashes = digests_of(development)
        return FittedMethod(self, state, development.used.size, seed, hashes)

    def _score(self, view: View, seed: int) -> Scores:
        """Fit on the view's development set, then score."""
        if view.development is None:
            raise NeedError(f"{type(self).__name__} is fitted on a development set")
        return self.fit(view.development, seed=seed)._score(view, seed)

    @abstractmethod
    def _fit(self, development: Development, seed: int) -> State:
        """Learn from a development set, whose images come in an order of their own."""

    @abstractmethod
    def _apply(self, state: State, view: View, seed: int) -> Scores:
        """Score the candidates of a view; its development set is not to be looked at."""


@dataclass(frozen=True, eq=False)
class FittedMethod(Method):
    """A supervised method together with what it has learned.

    Attributes
    ----------
    method : SupervisedMethod
        What was fitted.
    state : mapping of str to object
        What it learned.
    size : tuple of int
        Height and width of the images it was fitted on; it scores images of this size only.
    seed : int
        The seed it was fitted with.
    development : mapping of str to str
        SHA-256 over the images of each part of the development set ("generated", "used",
        "not_used"), whatever their order and names.
    source : str
        The file that it was loaded from; empty where it was fitted here.
    """

    method: SupervisedMethod
    state: State = field(repr=False)
    size: tuple[int, int]
    seed: int
    development: Mapping[str, str] = field(repr=False)
    source: str = field(default="", repr=False)

    def notes(self) -> tuple[str, ...]:
        """Say what the method that was fitted says."""
        return self.method.notes()

    def _score(self, view: View, seed: int) -> Scores:
        if view.candidates.size != self.size:
            (height, width), (own_height, own_width) = view.candidates.size, self.size
            raise ImageError(
                f"{view.candidates.name}: {width}×{height} images, but the method was fitted on "
                f"{own_width}×{own_height}: bring both to one size with --resize N"
            )
        try:
            return self.method._apply(self.state, replace(view, development=None), seed)
        except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            if not self.source:
                raise
            raise NeedError(
                f"{self.source}: is damaged: what it holds is not what the method learns ({error})"
            ) from error


def digests_of(development: Development) -> dict[str, str]:
    """Return one SHA-256 over the contents of each part, whatever their order and names."""
    parts = {
        "generated": development.generated,
        "used": development.used,
        "not_used": development.not_used,
    }
    return {name: images.content_digest for name, images in parts.items()}


def _by_content(images: ImageSet) -> ImageSet:
    """Return the images in the order of their content hashes."""
    return images.take(np.argsort(np.array(images.hashes), kind="stable"))
