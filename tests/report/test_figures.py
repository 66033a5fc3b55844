import numpy as np
import pytest

from whorl.report.figures import LEAST_HEIGHT, PANEL, chart, decimals, distribution, nice_ticks

VALUES = np.array([0.0, 1.0, 2.0, 6.0])
NULL = np.array([0.0, 3.0])


def by_hand():
    return distribution(VALUES, VALUES > 2, NULL, 2.0)


def test_the_threshold_is_an_edge_and_bins_are_closed_above() -> None:
    bins = by_hand()
    assert bins["edges"] == [-1, 0, 1, 2, 3, 4, 5, 6]
    assert bins["others"] == [1, 1, 1, 0, 0, 0, 0]
    assert bins["flagged"] == [0, 0, 0, 0, 0, 0, 1]
    assert bins["null"] == [1, 0, 0, 1, 0, 0, 0]


@pytest.mark.parametrize("seed", range(5))
def test_every_score_is_counted_once_and_no_bin_mixes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, null = rng.normal(size=200), rng.normal(size=77)
    threshold = float(np.sort(values)[150])
    bins = distribution(values, values > threshold, null, threshold)
    assert sum(bins["flagged"]) == 49
    assert sum(bins["others"]) == 151
    assert sum(bins["null"]) == 77
    assert not np.logical_and(bins["flagged"], bins["others"]).any()


@pytest.mark.parametrize("threshold", [np.inf, -np.inf, 1e6])
def test_a_threshold_far_off_is_not_drawn(threshold: float) -> None:
    bins = distribution(VALUES, threshold < VALUES, None, threshold)
    assert bins["drawn"] is False
    assert bins["threshold"] == (1e6 if threshold == 1e6 else None)
    assert sum(bins["others"]) + sum(bins["flagged"]) == 4
    assert chart(bins)["threshold"] is None


def test_equal_scores_fill_one_bin() -> None:
    bins = distribution(np.full(3, 0.25), np.zeros(3, bool), None, 0.5)
    assert sorted(bins["others"])[-2:] == [0, 3]


def test_the_drawing_is_as_computed_by_hand() -> None:
    drawn = chart(by_hand())
    candidates, null = drawn["panels"]
    first = candidates["bars"][0]
    assert (first["kind"], first["low"], first["high"], first["count"]) == ("flagged", 5, 6, 1)
    assert first["left"] == pytest.approx(100 * 6 / 7, abs=1e-3)
    assert first["width"] == pytest.approx(100 / 7, abs=1e-3)
    # A quarter of the candidates, half of the null: the highest bar fills its panel.
    assert first["height"] == PANEL / 2
    assert first["y"] == candidates["base"] - PANEL / 2
    assert [bar["height"] for bar in null["bars"]] == [PANEL, PANEL]
    assert drawn["threshold"] == pytest.approx(100 * 3 / 7, abs=1e-3)
    assert candidates["grid"][0] == (0.2, pytest.approx(candidates["base"] - PANEL * 0.4))


def test_one_in_a_thousand_can_be_seen() -> None:
    values = np.append(np.zeros(999), 1.0)
    bars = chart(distribution(values, values > 0.5, None, 0.5))["panels"][0]["bars"]
    assert [bar["height"] for bar in bars if bar["kind"] == "flagged"] == [LEAST_HEIGHT]


def test_ticks_are_round_and_within() -> None:
    assert nice_ticks(-3.0, 3.0) == [-3, -2, -1, 0, 1, 2, 3]
    assert nice_ticks(0.0, 0.19, 4) == [0, 0.05, 0.1, 0.15]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([0.0, 1.0, 5.0], 0), ([100.5, 600.0], 1), ([0.5, 0.50015], 7), ([0.5, 0.5], 3)],
)
def test_decimals_follow_the_range(values: list[float], expected: int) -> None:
    assert decimals(np.array(values)) == expected
