"""What there is to see when generated images are attributed to subsets of real ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.errors import WhorlError
from whorl.images import ImageSet, require_same_size
from whorl.images.kinds import natural
from whorl.tasks.textfile import first_few, shown

NONE = "none"
"""What a generated image is answered with that comes from no subset."""


class SubsetError(WhorlError):
    """Images cannot be told into subsets, or attributed to them."""


@dataclass(frozen=True)
class Labelled:
    """Images, each with the subset it belongs to.

    Attributes
    ----------
    images : ImageSet
        Real or generated.
    subsets : tuple of str
        One name for each image.

    Raises
    ------
    SubsetError
        If there is not one name for each image, or a name is empty, has a comma, a line break or
        white space around it, or is "none", which stands for no subset.

    Examples
    --------
    >>> images = ImageSet(("a", "b", "c"), np.zeros((3, 8, 8), np.uint8))
    >>> Labelled(images, ("t10", "t2", "t2")).sizes
    {'t2': 2, 't10': 1}
    """

    images: ImageSet
    subsets: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.subsets) != len(self.images):
            raise SubsetError(
                f"{self.images.name}: {len(self.subsets)} subsets for {len(self.images)} images"
            )
        for name in dict.fromkeys(self.subsets):
            require_name(name, self.images.name)

    @property
    def names(self) -> tuple[str, ...]:
        """The subsets in natural order."""
        return tuple(self.sizes)

    @property
    def sizes(self) -> Mapping[str, int]:
        """Subset → number of its images, in natural order."""
        counts = Counter(self.subsets)
        return {name: counts[name] for name in sorted(counts, key=natural)}

    def codes(self, names: tuple[str, ...]) -> NDArray[np.intp]:
        """Return each image's subset as its position among `names`."""
        place = {name: k for k, name in enumerate(names)}
        return np.array([place[subset] for subset in self.subsets], np.intp)


@dataclass(frozen=True)
class SubsetView:
    """All that a method may see. The generated images' subsets are not in it.

    Attributes
    ----------
    generated : ImageSet
        Images to be attributed.
    reals : Labelled
        The real images of each subset.
    development : Labelled or None
        Generated images whose subsets are known, all of them among those of the reals.

    Raises
    ------
    ImageError
        If the images differ in size.
    SubsetError
        If the development set knows a subset that has no real image.
    """

    generated: ImageSet
    reals: Labelled
    development: Labelled | None = None

    def __post_init__(self) -> None:
        sets = [self.generated, self.reals.images]
        if self.development is not None:
            sets.append(self.development.images)
            unknown = [n for n in self.development.names if n not in set(self.reals.names)]
            if unknown:
                raise SubsetError(
                    f"{self.development.images.name}: no real image is of {first_few(unknown)}; "
                    f"there are {first_few(self.reals.names)}"
                )
        require_same_size(*sets)

    @property
    def subsets(self) -> tuple[str, ...]:
        """The subsets in natural order."""
        return self.reals.names


def require_name(name: str, where: str) -> None:
    """Raise an error unless a text can name a subset in a run file.

    Raises
    ------
    SubsetError
        Naming the subset.

    Examples
    --------
    >>> require_name("None", "reals")
    Traceback (most recent call last):
    whorl.attribution.view.SubsetError: reals: a subset cannot be called 'None': it stands for ...
    """
    if name.casefold() == NONE:
        raise SubsetError(
            f"{where}: a subset cannot be called {shown(name)}: it stands for images of no subset"
        )
    if not name or name != name.strip() or any(c in name for c in ",\r\n"):
        raise SubsetError(
            f"{where}: {shown(name)} names no subset: a name has no comma, no line break and no "
            "white space around it"
        )
