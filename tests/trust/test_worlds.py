"""What is promised of an audit holds in simulated ones; `make trust` makes four times as many."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from trust.tally import broken, tallied
from trust.worlds import World, worlds
from whorl.cache import Cache
from whorl.compute import Compute, computing

AUDITS = 100
LEFT_OUT = ("by 0.75", "by 3", "20 and 30 patients, patients not given")


def chosen() -> list:
    """Name the worlds; those of real images are marked."""
    return [
        pytest.param(each.name, marks=[pytest.mark.real] if each.real else [], id=each.name)
        for each in worlds(Path())
        if not each.name.endswith(LEFT_OUT)
    ]


@pytest.fixture(scope="module")
def computed_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep features and similarities from one test to the next."""
    with computing(Compute(cache=Cache(tmp_path_factory.mktemp("cache")))):
        yield


@pytest.mark.slow
@pytest.mark.usefixtures("computed_once")
@pytest.mark.parametrize("name", chosen())
def test_what_is_promised_holds(name: str, request: pytest.FixtureRequest) -> None:
    marked = request.node.get_closest_marker("real")
    data = request.getfixturevalue("real_data") / "data" if marked else Path()
    world: World = next(each for each in worlds(data) if each.name == name)
    tally = tallied(world, AUDITS, seed=1)
    assert tally.audits == AUDITS
    assert list(broken(world, tally)) == []
