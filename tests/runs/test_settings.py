from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import numpy as np
import pytest

from tests.networks.weights import SMALL, small_weights
from whorl.decisions import Above
from whorl.errors import NeedError
from whorl.features.embeddings import Embedding
from whorl.methods.base import Method, Need, Scores
from whorl.methods.parts import parts_of
from whorl.networks.backbones import Backbone
from whorl.runs import (
    CATALOGUE,
    Entry,
    ModelError,
    SettingError,
    Settings,
    entry,
    load_model,
    save_model,
)
from whorl.runs.teams.clef_cse_gan.clusters import TwoClusters
from whorl.tasks.view import View
from whorl.testing.worlds import planted_task

OWN = Entry("own", TwoClusters(Embedding(Backbone(SMALL, size=32))), Above(0), "of the tests")


@dataclass(frozen=True)
class Bounded(Method):
    most: int | None = field(default=None, metadata={"option": "--subsample-generated"})

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        return Scores(view.candidates.ids, np.zeros(len(view.candidates)))


def test_what_is_set_stands_in_the_method_and_its_notes() -> None:
    weights = small_weights()
    chosen = OWN.with_settings(Settings(weights))
    assert next(chosen.method.backbones()).weights == weights
    assert chosen.method.notes() == (f"{SMALL} starts from the weights {weights}",)
    assert Settings(generated_at_most=5).applied(Bounded()) == Bounded(5)


def test_every_option_that_a_part_names_is_one_that_can_be_set() -> None:
    settable = {setting.metadata.get("option") for setting in fields(Settings)} - {None}
    named = {
        part_field.metadata["option"]
        for listed in CATALOGUE.values()
        for part in parts_of(listed.method)
        for part_field in fields(part)
        if "option" in part_field.metadata
    }
    assert named == settable == {"--weights", "--subsample-generated", "--stage"}


def test_a_backbone_needs_weights() -> None:
    assert Need.WEIGHTS in OWN.method.needs
    assert Need.WEIGHTS not in entry("vcmi-1").method.needs
    view = planted_task(0).view
    with pytest.raises(NeedError, match="test_resnet starts from pretrained weights"):
        OWN.run(view)
    assert view.development is not None
    with pytest.raises(NeedError, match="whorl pretrain"):
        OWN.fitted(view.development)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (Settings(small_weights()), "--weights: vcmi-1 takes no such option"),
        (Settings(generated_at_most=3), "--subsample-generated: vcmi-1 takes no such option"),
        (Settings(stages=("a",)), "--stage: vcmi-1 takes no such option"),
        (Settings(fast=True), "--budget: vcmi-1 has no other than the full one"),
    ],
)
def test_what_a_method_does_not_take_is_named(settings: Settings, message: str) -> None:
    with pytest.raises(SettingError, match=f"^{message}$"):
        entry("vcmi-1").with_settings(settings)


def test_settings_come_back_from_json() -> None:
    for settings in (Settings(), Settings(small_weights(), 7, ("a", "b"), fast=True)):
        assert Settings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


def test_a_saved_model_holds_its_settings(tmp_path: Path) -> None:
    view = planted_task(0).view
    assert view.development is not None
    chosen = OWN.with_settings(Settings(small_weights(), fast=False))
    fitted = chosen.fitted(view.development)
    save_model(tmp_path / "m", fitted)
    model = load_model(tmp_path / "m", {"own": OWN})
    assert model.record["settings"] == {
        "weights": {"source": small_weights().source, "tag": small_weights().tag}
    }
    assert model.entry.method.notes() == chosen.method.notes()
    bare = replace(view, development=None)
    np.testing.assert_array_equal(model.entry.run(bare)[0].values, fitted.run(bare)[0].values)


def test_a_model_whose_settings_do_not_fit_is_refused(tmp_path: Path) -> None:
    view = planted_task(0).view
    assert view.development is not None
    chosen = OWN.with_settings(Settings(small_weights()))
    save_model(tmp_path / "m", chosen.fitted(view.development))
    other = replace(entry("blind"), name="own")
    with pytest.raises(ModelError, match="holds no settings"):
        load_model(tmp_path / "m", {"own": other})
