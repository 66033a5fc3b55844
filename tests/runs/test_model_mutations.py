"""Model files that were tampered with: an error by name, or the same result; never a traceback."""

from __future__ import annotations

import copy
import hashlib
import io
import json
import random
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io

from whorl.decisions import Above
from whorl.errors import WhorlError
from whorl.features import GreyLevels
from whorl.methods.blind import Blind
from whorl.methods.classifiers import SVM, Classifier, Forest, Logistic, NearestNeighbours
from whorl.runs import Entry, ModelError, load_model, save_model
from whorl.runs.model_file import HEADER, STATE
from whorl.testing.worlds import planted_task

VIEW = replace(planted_task(1).view, development=None)
CLASSIFIERS: tuple[Classifier, ...] = (Forest(3), SVM(), Logistic(), NearestNeighbours())
ODD: tuple[Any, ...] = (
    None, True, -1, 0.5, 10**30, "x", "", [], [-4, 4], [[[]]], {}, {"a": None}, float("nan"),
    float("inf"), 1e308,
)  # fmt: skip


def entry_of(classifier: Classifier) -> Entry:
    return Entry("own", Blind(GreyLevels(), classifier), Above(0), "an entry of the tests")


def saved(folder: Path, classifier: Classifier) -> Path:
    development = planted_task(0).view.development
    assert development is not None
    path = folder / "own.model"
    save_model(path, entry_of(classifier).fitted(development, seed=5))
    return path


def parts(path: Path) -> tuple[dict[str, Any], bytes]:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read(HEADER)), archive.read(STATE)


def crafted(header: dict[str, Any], state: bytes) -> bytes:
    """Pack a state whose hash the record gives rightly, as an attacker would."""
    return packed(json.dumps(header | {"state": hashlib.sha256(state).hexdigest()}), state)


def packed(header: str | bytes, state: bytes, **more: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(HEADER, header)
        archive.writestr(STATE, state)
        for name, content in more.items():
            archive.writestr(name, content)
    return written.getvalue()


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value within a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(
        value, list
    ) else ()  # fmt: skip
    for key, part in inner:
        yield (*way, key)
        yield from places(part, (*way, key))


def changed(value: Any, way: tuple[Any, ...], new: Any) -> Any:
    """Return a copy with another value at the end of a way."""
    whole = copy.deepcopy(value)
    part = whole
    for key in way[:-1]:
        part = part[key]
    part[way[-1]] = new
    return whole


def refused_or_the_same(path: Path, content: bytes, entry: Entry, expected: Any) -> bool:
    """Load and score a tampered file; tell whether it was refused."""
    path.write_bytes(content)
    try:
        method = load_model(path, {"own": entry}).entry.method
        values = method.score(VIEW).values
    except WhorlError as error:
        return "own.model" in str(error)
    np.testing.assert_array_equal(values, expected)
    return False


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return saved(tmp_path, CLASSIFIERS[0])


def test_a_record_in_which_any_one_value_is_odd(model: Path) -> None:
    header, state = parts(model)
    entry = entry_of(CLASSIFIERS[0])
    expected = load_model(model, {"own": entry}).entry.method.score(VIEW).values
    tried = [(way, odd) for way in places(header) for odd in ODD]
    assert len(tried) > 150
    chosen = random.Random(0).sample(tried, 150)  # noqa: S311
    refused = [
        refused_or_the_same(
            model, packed(json.dumps(changed(header, *one)), state), entry, expected
        )
        for one in chosen
    ]
    assert sum(refused) > 100


@pytest.mark.parametrize(
    "header",
    [
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        '{"format": Infinity}',
        '{"format": NaN}',
        '{"format": 1, "format": 1}',
        '{"format": 1e999}',
        "9" * 5000,
        "null",
        "",
    ],
)
def test_records_that_json_could_not_have_written(model: Path, header: str) -> None:
    _, state = parts(model)
    model.write_bytes(packed(header, state))
    with pytest.raises(ModelError, match=r"own\.model: is no model that whorl fit wrote"):
        load_model(model, {"own": entry_of(CLASSIFIERS[0])})


@pytest.mark.parametrize("size", [[-4, 4], [0, 4], [4], [4, 4, 4], [1e3, 4], [10**9, 10**9], None])
def test_sizes_that_no_image_has(model: Path, size: Any) -> None:
    header, state = parts(model)
    model.write_bytes(packed(json.dumps(header | {"size": size}), state))
    with pytest.raises(ModelError, match=r"own\.model: is damaged: model\.json: size"):
        load_model(model, {"own": entry_of(CLASSIFIERS[0])})


@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=lambda c: type(c).__name__)
def test_states_in_which_an_array_is_another(tmp_path: Path, classifier: Classifier) -> None:
    path, entry = saved(tmp_path, classifier), entry_of(classifier)
    header, state = parts(path)
    expected = load_model(path, {"own": entry}).entry.method.score(VIEW).values
    with zipfile.ZipFile(io.BytesIO(state)) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    for name in [n for n in contents if n.endswith(".npy")][:6]:
        array = np.load(io.BytesIO(contents[name]))
        for other in (np.atleast_1d(array)[..., :0], np.full(array.shape, b"x"), array[None]):
            tampered = with_array(contents, name, other)
            assert refused_or_the_same(path, packed(json.dumps(header), tampered), entry, expected)
            path.write_bytes(crafted(header, tampered))
            with suppress(WhorlError):  # never a traceback
                values = load_model(path, {"own": entry}).entry.method.score(VIEW).values
                assert np.isfinite(values).all()
        if array.dtype.kind == "f" and array.size:
            tampered = with_array(contents, name, np.full_like(array, np.nan))
            assert refused_or_the_same(path, crafted(header, tampered), entry, expected)


def with_array(contents: dict[str, bytes], name: str, array: np.ndarray) -> bytes:
    """Put another array into a state."""
    of_array, written = io.BytesIO(), io.BytesIO()
    np.save(of_array, array)
    with zipfile.ZipFile(written, "w") as archive:
        for key, content in contents.items():
            archive.writestr(key, of_array.getvalue() if key == name else content)
    return written.getvalue()


def test_what_is_not_what_a_method_learns(model: Path) -> None:
    header, _ = parts(model)
    entry = entry_of(CLASSIFIERS[0])
    for state in ({}, {"classifier": 1}, {"classifier": [1, 2]}, {"other": np.ones(3)}):
        tampered = crafted(header, skops.io.dumps(state))
        assert refused_or_the_same(model, tampered, entry, None)


def test_a_file_in_which_any_bytes_are_others(model: Path) -> None:
    entry, whole = entry_of(CLASSIFIERS[0]), model.read_bytes()
    expected = load_model(model, {"own": entry}).entry.method.score(VIEW).values
    rng = random.Random(1)  # noqa: S311
    for _ in range(40):
        content = bytearray(whole)
        for _ in range(rng.choice([1, 4, 64])):
            content[rng.randrange(len(content))] = rng.randrange(256)
        refused_or_the_same(model, bytes(content), entry, expected)


def test_nothing_is_inflated_to_more_than_a_model_can_be(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header, state = parts(model)
    monkeypatch.setattr("whorl.runs.model_file.ALWAYS_FINE", 2**20)
    entry = entry_of(CLASSIFIERS[0])
    for content in (
        packed(json.dumps(header), bytes(2**25)),
        packed(bytes(2**21), state),
        packed(json.dumps(header), state, more=b"a"),
    ):
        model.write_bytes(content)
        with pytest.raises(ModelError, match=r"own\.model: is no model that whorl fit wrote"):
            load_model(model, {"own": entry})
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", bytes(2**25))
    model.write_bytes(packed(json.dumps(header), inner.getvalue()))
    with pytest.raises(ModelError, match="packed as whorl fit packs none"):
        load_model(model, {"own": entry})


@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=lambda c: type(c).__name__)
def test_the_same_fit_gives_the_same_bytes(tmp_path: Path, classifier: Classifier) -> None:
    files = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        kept = [object() for _ in range(1000)]  # moves what comes next in memory
        files.append(saved(tmp_path / name, classifier).read_bytes())
        del kept
    assert files[0] == files[1]
