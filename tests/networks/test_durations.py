from __future__ import annotations

import pytest

from whorl import progress
from whorl.networks.durations import tell_duration
from whorl.networks.training import Plan
from whorl.runs.teams.clef_cse_gan.relation import Relation
from whorl.runs.teams.one_five_one_zero.triplet_distance import TripletDistance
from whorl.testing.worlds import planted_task

pytest.importorskip("torch")


def test_a_part_is_measured_only_where_progress_is_displayed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    tell_duration("work", lambda: calls.append(1), 3)
    assert calls == []
    clock = iter((10.0, 12.0))
    monkeypatch.setattr("whorl.networks.durations.time.perf_counter", lambda: next(clock))
    with progress.shown():
        tell_duration("work", lambda: calls.append(1), 3600)
    assert calls == [1, 1]
    assert capsys.readouterr().err == "work will take about 2 hours here\n"


@pytest.mark.parametrize(
    ("method", "said"),
    [
        (Relation("test_resnet", 32, 8, 16, Plan(1)), "the relation network on 16 pairs will take"),
        (TripletDistance(frozen=True, plan=Plan(1, 16)), "learning from triplets will take about"),
    ],
)
def test_long_trainings_say_how_long_beforehand_and_end_as_without(
    method: Relation | TripletDistance, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from dataclasses import replace

    from tests.networks.weights import small_backbone

    if isinstance(method, TripletDistance):
        method = replace(method, backbone=small_backbone())
    view = planted_task(0).view
    silent = method.score(view).values
    with progress.shown():
        told = method.score(view).values
    assert said in capsys.readouterr().err
    assert (told == silent).all()
