"""The parts that a method is made of: it, and the dataclasses within its fields.

A field that a user may set says in its metadata which option of the command line sets it:
``field(default=None, metadata={"option": "--weights"})``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, Protocol, TypeVar, cast, runtime_checkable

Whole = TypeVar("Whole")


@runtime_checkable
class Budgeted(Protocol):
    """A part that has a small budget of training beside its full one."""

    def own_fast(self) -> object:
        """Return the part with a small budget; of the parts within it, others see to it."""


def parts_of(whole: object) -> Iterator[Any]:
    """Yield an object and the dataclass instances in its fields, and in tuples there, at any depth.

    Examples
    --------
    >>> from whorl.methods.nearest import NearestSimilarity
    >>> [type(part).__name__ for part in parts_of(NearestSimilarity())]
    ['NearestSimilarity', 'SSIM']
    """
    if isinstance(whole, tuple):
        for item in whole:
            yield from parts_of(item)
    elif is_dataclass(whole) and not isinstance(whole, type):
        yield whole
        for field in fields(whole):
            yield from parts_of(getattr(whole, field.name))


def with_parts(whole: Whole, change: Callable[[Any], Any]) -> Whole:
    """Return an object with each of its parts changed, the innermost first.

    Parameters
    ----------
    whole : object
        A dataclass instance, or a tuple of them.
    change : callable
        Takes a part whose own parts are changed already, and returns what stands in its place.
    """
    if isinstance(whole, tuple) and type(whole) is tuple:
        items = tuple(with_parts(item, change) for item in whole)
        same = all(new is old for new, old in zip(items, whole, strict=True))
        return whole if same else cast("Whole", items)
    if not is_dataclass(whole) or isinstance(whole, type):
        return whole
    inner = {f.name: getattr(whole, f.name) for f in fields(whole) if f.init}
    changed = {name: with_parts(value, change) for name, value in inner.items()}
    different = {name: value for name, value in changed.items() if value is not inner[name]}
    return cast("Whole", change(replace(whole, **different) if different else whole))


def fields_set_by(option: str, part: Any) -> tuple[str, ...]:
    """Return the names of a part's fields that an option of the command line sets.

    Examples
    --------
    >>> from whorl.networks.backbones import Backbone
    >>> fields_set_by("--weights", Backbone())
    ('weights',)
    """
    return tuple(field.name for field in fields(part) if field.metadata.get("option") == option)


def with_fast_parts(whole: Whole) -> Whole:
    """Return an object each of whose parts has the small budget of training, if it has one."""
    return with_parts(whole, lambda part: part.own_fast() if isinstance(part, Budgeted) else part)
