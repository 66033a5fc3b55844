"""Models: fitted entries of the catalogue, saved to a file and loaded again.

A model file is a zip archive that holds ``model.json`` (which entry, fitted how, on what) and
``state.skops`` (what was learned). Nothing in it is code, and nothing is unpickled: skops rebuilds
NumPy arrays and the estimators that it knows to be harmless, and :data:`TRUSTED` besides.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import numpy as np

from whorl.errors import WhorlError
from whorl.extras import imported
from whorl.files import written_atomically
from whorl.methods.supervised import FittedMethod, SupervisedMethod
from whorl.runs.catalogue import CATALOGUE
from whorl.runs.entries import Entry
from whorl.runs.model_file import (
    HEADER,
    STATE,
    ModelError,
    read_members,
    same_for_same,
    write_zip,
)
from whorl.runs.model_record import ModelRecord, checked_record
from whorl.runs.settings import Settings
from whorl.version import __version__

FORMAT = 2
EXTRA, WHAT = "classic", "a saved model"
BOUND = ("whorl", "scikit-learn")  # of which a model needs the version it was fitted with
TRUSTED = ("sklearn.tree._tree.Tree",)  # whose nodes are checked after loading


@dataclass(frozen=True, eq=False)
class Model:
    """A fitted entry and what is known of its fitting.

    Attributes
    ----------
    entry : Entry
        Its method is a :class:`~whorl.methods.supervised.FittedMethod`.
    record : mapping of str to JSON-able values
        Name, versions, seed, hashes of the development images; under "expected" what
        cross-validation found, where it was done.
    """

    entry: Entry
    record: Mapping[str, Any]

    @property
    def expectation(self) -> str:
        """What cross-validation led to expect, in a sentence; empty where it was left out."""
        expected = self.record.get("expected")
        return str(expected.get("sentence", "")) if isinstance(expected, dict) else ""


def save_model(
    path: Path | str, entry: Entry, *, expected: Mapping[str, Any] | None = None
) -> None:
    """Save a fitted entry, atomically; the same fit gives the same bytes.

    Parameters
    ----------
    path : path
        The file.
    entry : Entry
        As :meth:`~whorl.runs.Entry.fitted` returned it.
    expected : mapping or None
        What cross-validation found, to be kept in the record.

    Raises
    ------
    WhorlError
        If the file cannot be written.
    NeedError
        If skops is not installed.
    """
    fitted = entry.method
    if not isinstance(fitted, FittedMethod):
        raise WhorlError(f"{entry.name} is not fitted: fit it before saving it")
    skops = imported("skops.io", EXTRA, WHAT)
    header = {
        "format": FORMAT,
        "name": entry.name,
        "method": repr(fitted.method),
        "settings": entry.settings.to_dict(),
        "versions": _versions(),
        "seed": fitted.seed,
        "size": fitted.size,
        "development": dict(fitted.development),
        "expected": None if expected is None else dict(expected),
    }
    state = same_for_same(skops.dumps(dict(fitted.state)))
    header["state"] = hashlib.sha256(state).hexdigest()
    text = json.dumps(header, indent=2, ensure_ascii=False, allow_nan=False)
    members = {HEADER: text.encode(), STATE: state}
    with written_atomically(path) as temporary:
        write_zip(temporary, members, zipfile.ZIP_DEFLATED)


def load_model(path: Path | str, catalogue: Mapping[str, Entry] = CATALOGUE) -> Model:
    """Load a fitted entry.

    Parameters
    ----------
    path : path
        What :func:`save_model` wrote.
    catalogue : mapping of str to Entry
        Where the entry is looked up by its name.

    Raises
    ------
    ModelError
        Naming the file: if it is no model, damaged, holds types that are not trusted, or was
        fitted by another version.
    NeedError
        If skops is not installed.
    """
    header, state_bytes = read_members(path)
    _require_current(path, header)
    entry = _named(path, header, catalogue)
    record = checked_record(path, header)
    entry, method = _as_fitted(path, record, header["settings"], entry)
    if hashlib.sha256(state_bytes).hexdigest() != record.state:
        raise ModelError(f"{path}: is damaged: {STATE} is another than {HEADER} says")
    state = _state(path, state_bytes)
    hashes = record.development.model_dump()
    fitted = FittedMethod(method, state, record.size, record.seed, hashes, source=str(path))
    return Model(replace(entry, method=fitted), header)


def _require_current(path: Path | str, header: Mapping[str, Any]) -> None:
    """Raise an error if a model was fitted by other versions."""
    if header.get("format") != FORMAT:
        raise ModelError(
            f"{path}: is of format {header.get('format')!r}, and this whorl reads {FORMAT}: "
            "fit it again"
        )
    was, now = header.get("versions"), _versions()
    for library in BOUND:
        found = was.get(library) if isinstance(was, dict) else None
        if found != now[library]:
            raise ModelError(
                f"{path}: was fitted with {library} {found}, and this is {now[library]}: "
                "fit it again"
            )


def _named(path: Path | str, header: Mapping[str, Any], catalogue: Mapping[str, Entry]) -> Entry:
    """Return the entry of the catalogue that a model was fitted from."""
    name = header.get("name")
    entry = catalogue.get(name) if isinstance(name, str) else None
    if entry is None or not isinstance(entry.method, SupervisedMethod):
        raise ModelError(f"{path}: is a model of {name!r}, which is no method that is fitted")
    return entry


def _as_fitted(
    path: Path | str, record: ModelRecord, settings: Mapping[str, Any], entry: Entry
) -> tuple[Entry, SupervisedMethod]:
    """Return the entry with what the user had set, and its method, if it is still the same."""
    entry = _as_set(path, settings, entry)
    if record.method != repr(entry.method):
        raise ModelError(
            f"{path}: was fitted as {record.method}, and {record.name} is now {entry.method!r}: "
            "fit it again"
        )
    return entry, cast("SupervisedMethod", entry.method)


def _as_set(path: Path | str, settings: Mapping[str, Any], entry: Entry) -> Entry:
    """Return the entry with what the user had set when it was fitted."""
    try:
        return entry.with_settings(Settings.from_dict(settings))
    except (KeyError, TypeError, AttributeError, ValueError, WhorlError) as error:
        raise ModelError(f"{path}: is damaged: its {HEADER} holds no settings of a run") from error


def _state(path: Path | str, content: bytes) -> dict[str, Any]:
    """Return what was learned, rebuilt from trusted types alone."""
    skops = imported("skops.io", EXTRA, WHAT)
    try:
        unknown = sorted(set(skops.get_untrusted_types(data=content)) - set(TRUSTED))
        state = None if unknown else skops.loads(content, trusted=list(TRUSTED))
    except Exception as error:  # skops raises whatever a malformed file leads it to
        raise ModelError(f"{path}: is damaged: {STATE} cannot be read: {error}") from error
    if unknown:
        raise ModelError(f"{path}: holds types that whorl does not trust: {', '.join(unknown)}")
    if not isinstance(state, dict) or not _is_sound(state):
        raise ModelError(f"{path}: is damaged: {STATE} does not hold what a method learned")
    return state


def _is_sound(state: Mapping[str, Any]) -> bool:
    """Tell whether a state holds finite numbers and trees that can be followed."""
    try:
        return all(map(_finite, _arrays(state))) and all(map(_sound, _trees(state)))
    except (AttributeError, TypeError, ValueError, IndexError):
        return False


def _trees(state: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the decision trees of all forests."""
    for value in state.values():
        for estimator in getattr(value, "estimators_", ()):
            yield estimator.tree_


def _arrays(value: Any) -> Iterator[Any]:
    """Yield the arrays and numbers within a state: in containers, and in what estimators keep."""
    waiting, seen = [value], set()
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, np.ndarray) and part.dtype.hasobject:
            waiting.extend(part.ravel().tolist())
        elif isinstance(part, np.ndarray | np.number | float):
            yield part
        elif isinstance(part, Mapping):
            waiting.extend(part.values())
        elif isinstance(part, list | tuple):
            waiting.extend(part)
        elif hasattr(part, "get_params"):
            waiting.extend(vars(part).values())


def _finite(numbers: Any) -> bool:
    """Tell whether all numbers are finite; what is no number is another's business."""
    array = np.asarray(numbers)
    return array.dtype.kind not in "fc" or bool(np.isfinite(array).all())


def _sound(tree: Any) -> bool:
    """Tell whether a tree's nodes lead downwards to nodes and features that there are, by numbers.

    scikit-learn follows them without a check, so that others could end the process.
    """
    if not (np.isfinite(tree.value).all() and np.isfinite(tree.threshold).all()):
        return False
    own = np.arange(tree.node_count)
    inner = tree.children_left != -1
    below = all(
        (children[inner] > own[inner]).all() and (children[inner] < tree.node_count).all()
        for children in (tree.children_left, tree.children_right)
    )
    features = tree.feature[inner]
    return bool(below and (features >= 0).all() and (features < tree.n_features).all())


def _versions() -> dict[str, str]:
    """Return the versions that a model is bound to, and others worth knowing."""
    others = {name: version(name) for name in ("scikit-learn", "numpy", "skops")}
    return {"whorl": __version__, **others}
