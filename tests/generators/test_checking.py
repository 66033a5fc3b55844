"""Generators' files that were tampered with: an error by name, or the same images."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from tests.generators.tiny import TINY
from tests.runs.test_model_mutations import ODD, changed, places
from whorl.errors import WhorlError
from whorl.generators import load_generator, train_in_folder
from whorl.generators.base import State
from whorl.generators.folder import GENERATOR
from whorl.generators.store import VALUES, GeneratorError, read_state
from whorl.testing.worlds import image_set, smooth_images

IMAGES = image_set(smooth_images(12, np.random.default_rng(0), 16), "image")


@pytest.fixture(scope="module", params=["pca-diffusion", "gan", "latent-diffusion"])
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    train_in_folder(TINY[request.param], IMAGES, folder)
    return folder


def refused_or_the_same(folder: Path, content: bytes, expected: Any) -> bool:
    """Load and sample a tampered file; tell whether it was refused."""
    (folder / GENERATOR).write_bytes(content)
    try:
        made = load_generator(folder).sample(2, seed=3)
    except WhorlError as error:
        return GENERATOR in str(error)
    np.testing.assert_array_equal(made, expected)
    return False


def written(state: State, values: str | None = None) -> bytes:
    return save(dict(state.arrays), {VALUES: values or json.dumps(dict(state.values))})


def test_values_of_which_any_one_is_odd(trained: Path, tmp_path: Path) -> None:
    state = read_state(trained / GENERATOR)
    expected = load_generator(trained).sample(2, seed=3)
    tried = [(way, odd) for way in places(dict(state.values)) for odd in ODD]
    tried = [  # how latents are scaled may be any number: that another changes images is no fault
        (way, odd)
        for way, odd in tried
        if not (way[0] in ("shift", "scale", "limit") and odd in (True, -1, 0.5))
    ]
    chosen = random.Random(0).sample(tried, 100)  # noqa: S311
    refused = [
        refused_or_the_same(
            tmp_path, written(state, json.dumps(changed(dict(state.values), *one))), expected
        )
        for one in chosen
    ]
    assert sum(refused) > 50


def test_arrays_of_which_any_one_is_another(trained: Path, tmp_path: Path) -> None:
    state = read_state(trained / GENERATOR)
    for name in sorted(state.arrays)[::5]:
        array = state.arrays[name]
        others = [np.zeros((3, 1), array.dtype), array.astype(np.int8), array[..., None]]
        if array.dtype.kind == "f":
            others.append(np.full_like(array, np.nan))
        for other in others:
            tampered = written(State({**state.arrays, name: other}, state.values))
            if other.dtype == array.dtype or array.dtype.kind == "f":
                (tmp_path / GENERATOR).write_bytes(tampered)
                with pytest.raises(GeneratorError, match=rf"{GENERATOR}: is damaged"):
                    load_generator(tmp_path)


@pytest.mark.parametrize(
    "values",
    ["[" * 90_000, "null", "[]", '{"kind": NaN}', '{"kind": "gan", "kind": "gan"}', '{"a": 1e999}'],
)
def test_values_that_json_could_not_have_written(tmp_path: Path, values: str) -> None:
    (tmp_path / GENERATOR).write_bytes(save({"a": np.ones(2)}, {VALUES: values}))
    with pytest.raises(GeneratorError, match=r"generator\.safetensors: (is damaged|was not)"):
        load_generator(tmp_path)


def test_a_network_larger_than_its_file_is_not_made(trained: Path, tmp_path: Path) -> None:
    state = read_state(trained / GENERATOR)
    settings = dict(state.values["settings"])
    for name, value in settings.items():
        if "width" in name or name in ("depth", "numbers", "latents"):
            huge = [10**7 for _ in value] if isinstance(value, list) else 10**7
            values = {**state.values, "settings": {**settings, name: huge}}
            (tmp_path / GENERATOR).write_bytes(written(state, json.dumps(values)))
            with pytest.raises(GeneratorError, match="is damaged"):
                load_generator(tmp_path)
