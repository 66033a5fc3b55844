"""What an attacker sees, and the truth kept apart from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from whorl.images import ImageSet, require_same_size


@dataclass(frozen=True)
class Development:
    """A labelled set: generated images, and reals known to be used and not used."""

    generated: ImageSet
    used: ImageSet
    not_used: ImageSet

    def __post_init__(self) -> None:
        require_same_size(self.generated, self.used, self.not_used)


@dataclass(frozen=True)
class View:
    """All that a method may see. The candidates' labels are not in it.

    Attributes
    ----------
    generated : ImageSet
        Images made by the generator under test.
    candidates : ImageSet
        Real images to be judged.
    reference : ImageSet or None
        Real images known not to be members.
    development : Development or None
        A labelled set of the same kind.

    Raises
    ------
    ImageError
        If the sets' images differ in size.
    """

    generated: ImageSet
    candidates: ImageSet
    reference: ImageSet | None = None
    development: Development | None = None

    def __post_init__(self) -> None:
        sets = [self.generated, self.candidates]
        if self.reference is not None:
            sets.append(self.reference)
        if self.development is not None:
            sets.append(self.development.generated)
        require_same_size(*sets)


@dataclass(frozen=True)
class Truth:
    """Which candidates were used: candidate id → True (used) or False (not used)."""

    used: Mapping[str, bool]


@dataclass(frozen=True)
class Task:
    """A view together with the truth about its candidates."""

    view: View
    truth: Truth
