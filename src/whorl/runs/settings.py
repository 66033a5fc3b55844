"""What a user may set of a run: weights, budget, a bound on generated images, stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from whorl.errors import WhorlError
from whorl.methods.base import Method
from whorl.methods.parts import fields_set_by, parts_of, with_parts
from whorl.networks.weights import Weights


class SettingError(WhorlError):
    """A method has nothing that could be set so."""

    def __init__(self, option: str, reason: str) -> None:
        super().__init__(f"{option}: {reason}")
        self.option, self.reason = option, reason


@dataclass(frozen=True)
class Settings:
    """What the user sets of a run; None and () leave it as the catalogue has it.

    Each names the option that sets it; it is set in all parts of the method whose fields name the
    same option.

    Attributes
    ----------
    weights : Weights or None
        What backbones start from.
    generated_at_most : int or None
        Generated images that are looked at, drawn by the seed.
    stages : tuple of str
        Folders of labelled images to learn from first, one after the other.
    fast : bool
        Whether the method takes its small budget.

    Examples
    --------
    >>> from whorl.methods.nearest import NearestSimilarity
    >>> Settings(generated_at_most=10).applied(NearestSimilarity())
    Traceback (most recent call last):
    whorl.runs.settings.SettingError: --subsample-generated: NearestSimilarity takes no such option
    """

    weights: Weights | None = field(default=None, metadata={"option": "--weights"})
    generated_at_most: int | None = field(
        default=None, metadata={"option": "--subsample-generated"}
    )
    stages: tuple[str, ...] = field(default=(), metadata={"option": "--stage"})
    fast: bool = False

    def applied(self, method: Method) -> Method:
        """Return the method with these settings.

        Raises
        ------
        SettingError
            Naming the option that the method does not take.
        """
        changed = method.fast() if self.fast else method
        if self.fast and changed == method:
            raise SettingError(
                "--budget", f"{type(method).__name__} has no other than the full one"
            )
        for setting in fields(self):
            value, option = getattr(self, setting.name), setting.metadata.get("option")
            if option is not None and value not in (None, ()):
                changed = _set(changed, option, value)
        return changed

    def to_dict(self) -> dict[str, Any]:
        """Return what is set, as values that JSON can carry: of files and folders their names."""
        found = {
            "weights": None if self.weights is None else self.weights.to_dict(),
            "generated_at_most": self.generated_at_most,
            "stages": tuple(Path(stage).name for stage in self.stages),
            "fast": self.fast,
        }
        return {name: value for name, value in found.items() if value}

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> Settings:
        """Return what :meth:`to_dict` returned.

        Raises
        ------
        TypeError, KeyError
            If it is something else.
        """
        weights = found.get("weights")
        kept = {name: value for name, value in found.items() if name != "weights"}
        kept["stages"] = tuple(str(stage) for stage in kept.get("stages", ()))
        return cls(None if weights is None else Weights(**weights), **kept)


AS_IT_IS = Settings()
"""Nothing is set."""


def _set(method: Method, option: str, value: Any) -> Method:
    """Set what an option sets in the method and in all of its parts."""
    if not any(fields_set_by(option, part) for part in parts_of(method)):
        raise SettingError(option, f"{type(method).__name__} takes no such option")
    return with_parts(
        method, lambda part: replace(part, **dict.fromkeys(fields_set_by(option, part), value))
    )
