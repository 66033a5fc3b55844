"""What a user may set of a run: weights, budget, a bound on generated images, stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from whorl.errors import WhorlError
from whorl.methods.base import Method
from whorl.methods.parts import parts_of, with_parts
from whorl.networks.weights import Weights

OPTIONS = {
    "weights": "--weights",
    "generated_at_most": "--subsample-generated",
    "stages": "--stage",
}
"""The fields of methods and their parts that can be set, and the option that sets each."""


class SettingError(WhorlError):
    """A method has nothing that could be set so."""

    def __init__(self, option: str, reason: str) -> None:
        super().__init__(f"{option}: {reason}")
        self.option, self.reason = option, reason


@dataclass(frozen=True)
class Settings:
    """What the user sets of a run; None and () leave it as the catalogue has it.

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

    weights: Weights | None = None
    generated_at_most: int | None = None
    stages: tuple[str, ...] = ()
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
        for name, option in OPTIONS.items():
            value = getattr(self, name)
            if value not in (None, ()):
                changed = _set(changed, name, value, option)
        return changed

    def to_dict(self) -> dict[str, Any]:
        """Return what is set, as values that JSON can carry."""
        return {name: value for name, value in asdict(self).items() if value}

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


def _set(method: Method, name: str, value: Any, option: str) -> Method:
    """Set a field of that name in the method and in all of its parts."""

    def has(part: Any) -> bool:
        return any(field.name == name for field in fields(part))

    if not any(map(has, parts_of(method))):
        raise SettingError(option, f"{type(method).__name__} takes no such option")
    return with_parts(method, lambda part: replace(part, **{name: value}) if has(part) else part)
