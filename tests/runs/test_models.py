"""Model files: what was saved comes back, and anything else is refused by name."""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io

from whorl.decisions import Above
from whorl.errors import NeedError, WhorlError
from whorl.features import GreyLevels
from whorl.methods.blind import Blind
from whorl.methods.classifiers import Forest, NearestNeighbours
from whorl.methods.supervised import FittedMethod
from whorl.runs import Entry, ModelError, entry, load_model, save_model
from whorl.tasks.view import Development
from whorl.testing.worlds import planted_task

OWN = Entry("own", Blind(GreyLevels(), Forest(5)), Above(0), "an entry of the tests")
CATALOGUE = {"own": OWN}


@pytest.fixture
def known() -> Development:
    development = planted_task(0).view.development
    assert development is not None
    return development


@pytest.fixture
def model(tmp_path: Path, known: Development) -> Path:
    path = tmp_path / "own.model"
    save_model(path, OWN.fitted(known, seed=5), expected={"sentence": "expect little"})
    return path


def rewritten(model: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Change the header of a model file."""
    with zipfile.ZipFile(model) as archive:
        header, state = json.loads(archive.read("model.json")), archive.read("state.skops")
    change(header)
    with zipfile.ZipFile(model, "w") as archive:
        archive.writestr("model.json", json.dumps(header))
        archive.writestr("state.skops", state)
    return model


def with_state(model: Path, state: bytes) -> Path:
    """Put another state into a model file."""
    with zipfile.ZipFile(model) as archive:
        header = json.loads(archive.read("model.json"))
    header["state"] = hashlib.sha256(state).hexdigest()
    with zipfile.ZipFile(model, "w") as archive:
        archive.writestr("model.json", json.dumps(header))
        archive.writestr("state.skops", state)
    return model


def test_what_was_saved_comes_back(model: Path, known: Development) -> None:
    loaded = load_model(model, CATALOGUE)
    assert loaded.expectation == "expect little"
    fitted, straight = loaded.entry.method, OWN.fitted(known, seed=5).method
    assert isinstance(fitted, FittedMethod)
    assert isinstance(straight, FittedMethod)
    assert (fitted.method, fitted.seed, fitted.size) == (OWN.method, 5, (32, 32))
    assert fitted.development == straight.development
    view = replace(planted_task(1).view, development=None)
    np.testing.assert_array_equal(fitted.score(view).values, straight.score(view).values)
    assert loaded.entry.rule == OWN.rule


def test_only_what_is_fitted_is_saved(tmp_path: Path) -> None:
    with pytest.raises(WhorlError, match="blind is not fitted"):
        save_model(tmp_path / "model", entry("blind"))
    assert not (tmp_path / "model").exists()


def test_only_supervised_entries_are_fitted(known: Development) -> None:
    with pytest.raises(NeedError, match="vcmi-2 learns nothing"):
        entry("vcmi-2").fitted(known)


def test_a_file_that_is_absent_or_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="absent: cannot be read: No such file"):
        load_model(tmp_path / "absent")
    (tmp_path / "text").write_text("not a model")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    with zipfile.ZipFile(tmp_path / "list.zip", "w") as archive:
        archive.writestr("model.json", "[1]")
        archive.writestr("state.skops", "")
    for name in ("text", "other.zip", "list.zip"):
        with pytest.raises(ModelError, match=f"{name}: is no model that whorl fit wrote"):
            load_model(tmp_path / name)


@pytest.mark.parametrize("at", [0.2, 0.5, 0.8])
def test_a_damaged_file(model: Path, at: float) -> None:
    content = bytearray(model.read_bytes())
    place = int(at * len(content))
    content[place : place + 40] = bytes(40)
    model.write_bytes(bytes(content))
    with pytest.raises(ModelError, match=r"own\.model: is"):
        load_model(model, CATALOGUE)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda h: h.update(format=1), "of format 1, and this whorl reads 2: fit it again"),
        (lambda h: h["versions"].update(whorl="0.0.1"), "fitted with whorl 0.0.1, and this is"),
        (lambda h: h["versions"].pop("scikit-learn"), "scikit-learn None"),
        (lambda h: h.pop("versions"), "whorl None"),
        (lambda h: h.update(name="other"), "a model of 'other', which is no method"),
        (lambda h: h.update(name=["own"]), "which is no method"),
        (lambda h: h.update(method="Blind()"), "was fitted as Blind.., and own is now"),
        (lambda h: h.pop("size"), "damaged"),
        (lambda h: h.update(seed="x"), "damaged"),
        (lambda h: h.update(development=3), "damaged"),
    ],
)
def test_a_record_that_does_not_fit(
    model: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    with pytest.raises(ModelError, match=rf"own\.model: .*{message}"):
        load_model(rewritten(model, change), CATALOGUE)


@dataclass
class Stranger:
    """A type that nobody trusts."""

    value: int = 1


def test_types_that_are_not_trusted(model: Path) -> None:
    state = skops.io.dumps({"classifier": Stranger()})
    with pytest.raises(ModelError, match=r"own\.model: holds types .* Stranger|Stranger"):
        load_model(with_state(model, state), CATALOGUE)


@pytest.mark.parametrize("state", [b"", b"PK", skops.io.dumps([1, 2])])
def test_a_state_that_is_none(model: Path, state: bytes) -> None:
    with pytest.raises(ModelError, match="damaged"):
        load_model(with_state(model, state), CATALOGUE)


def test_trees_whose_nodes_lead_astray_are_refused(model: Path, known: Development) -> None:
    fitted = OWN.fitted(known).method
    assert isinstance(fitted, FittedMethod)
    for change in ("children_left", "feature"):
        forest = Forest(1).fit(np.arange(8.0)[:, None], np.arange(8) > 3, 0)
        nodes = getattr(forest.estimators_[0].tree_, change)
        nodes[0] = 10_000
        state = skops.io.dumps({"classifier": forest})
        with pytest.raises(ModelError, match="damaged"):
            load_model(with_state(model, state), CATALOGUE)


def test_without_skops_the_extra_is_named(
    model: Path, known: Development, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "skops.io", None)
    with pytest.raises(
        NeedError, match=r"a saved model needs skops.io: pip install 'whorl-audit\[clas"
    ):
        load_model(model, CATALOGUE)
    with pytest.raises(NeedError, match="skops"):
        save_model(model, OWN.fitted(known))


def test_other_hyper_parameters_are_another_method(model: Path) -> None:
    other = {"own": replace(OWN, method=Blind(GreyLevels(), NearestNeighbours()))}
    with pytest.raises(ModelError, match="fit it again"):
        load_model(model, other)
