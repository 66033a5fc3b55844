"""One measurement: which way counts, what is kept, what a failing process says."""

from __future__ import annotations

import numpy as np
import pytest

from speed.images import many_images
from speed.measure import COMPARED_ROWS, measure
from speed.process import ProcessError, json_of
from speed.scaling import measure as measure_point

A = np.arange(3 * 16, dtype=np.uint8).reshape(3, 4, 4)
B = np.arange(2 * 16, dtype=np.uint8).reshape(2, 4, 4)


class Clock:
    """A processor clock that stands still unless work moves it on."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.process_time()

    def process_time(self) -> float:
        return self.now

    def taking(self, seconds: float):
        """Return a way to compare that takes so long for a pair."""

        def compare(a, b):
            self.now += seconds * len(a) * len(b)
            return np.add.outer(a.sum(axis=(1, 2)), b.sum(axis=(1, 2)))

        return compare


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("speed.measure.time", clock)
    return clock


def test_the_fastest_way_counts(clock: Clock) -> None:
    found = measure({"slow": clock.taking(3e-6), "fast": clock.taking(2e-6)}, A, B, 0.0)
    assert (found.way, found.pairs) == ("fast", COMPARED_ROWS * len(B))
    assert found.microseconds == pytest.approx(2)
    assert found.tried == pytest.approx({"slow": 3, "fast": 2})
    assert found.peak_bytes > 2**20
    np.testing.assert_array_equal(found.values, clock.taking(0)(A[:COMPARED_ROWS], B))


def test_rows_are_added_until_it_takes_long_enough(clock: Clock) -> None:
    ways = {"": clock.taking(1)}
    assert measure(ways, A, B, 1.0).pairs == 2 * len(B)
    assert measure(ways, A, B, 9.0).pairs == len(A) * len(B)


def test_a_point_counts_its_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speed.scaling.DIFFERENT", 4)
    monkeypatch.setattr("speed.images.DIFFERENT", 3)
    monkeypatch.setattr("speed.images.SIDE", 16)
    point = measure_point("gaussian", 20, 1, None)
    assert (point.window, point.pairs, point.threads) == ("gaussian", 20, 1)
    assert point.microseconds == pytest.approx(point.seconds / 20 * 1e6)


def test_many_images_all_differ() -> None:
    distinct = many_images(np.random.default_rng(0).integers(0, 256, (3, 8, 8), np.uint8), 20)
    assert len(np.unique(distinct, axis=0)) == 20


def test_a_failing_process_says_why() -> None:
    with pytest.raises(ProcessError, match=r"No module named speed\.nothing"):
        json_of("speed.nothing", [], 1)
