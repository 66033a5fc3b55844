import numpy as np
import pytest
from sklearn import metrics

from whorl.grouping.measures import grouping_figures, rand_indices, shared_information


def random_labels(seed, n=60, k=4):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, n)
    return truth, np.where(rng.random(n) < 0.5, truth, rng.integers(0, k, n))


@pytest.mark.parametrize("seed", range(5))
def test_the_measures_of_a_table_are_scikit_learns(seed):
    truth, found = random_labels(seed)
    table = metrics.cluster.contingency_matrix(truth, found).astype(float)[None]
    nmi, homogeneity = shared_information(table)
    assert rand_indices(table, table)[0] == pytest.approx(metrics.adjusted_rand_score(truth, found))
    assert nmi[0] == pytest.approx(metrics.normalized_mutual_info_score(truth, found))
    assert homogeneity[0] == pytest.approx(metrics.homogeneity_score(truth, found))


def test_the_index_by_hand():
    figure = grouping_figures("aaab", "xxyy")["ari"]
    # pairs together 1; of rows 3, of columns 2, of all 6: expected 1, at most 2.5
    assert figure.value == pytest.approx((1 - 1) / (2.5 - 1))


def test_weights_that_leave_an_image_out_give_the_index_of_the_rest():
    truth, found = random_labels(7)
    kept = np.arange(60) % 3 > 0
    cells = np.zeros((1, 3, 4))
    np.add.at(cells[0], (truth, found), kept.astype(float))
    assert rand_indices(cells, cells)[0] == pytest.approx(
        metrics.adjusted_rand_score(truth[kept], found[kept])
    )


def test_an_image_and_its_own_copy_are_no_pair():
    # two images, each drawn twice, of two generators in two clusters: 4 pairs, none together
    cells = np.array([[[2.0, 0.0], [0.0, 2.0]]])
    squares = np.array([[[4.0, 0.0], [0.0, 4.0]]])
    assert rand_indices(cells, squares)[0] == 1.0
    one = np.array([[[2.0, 2.0]]])
    assert rand_indices(one, 2 * one)[0] == 0.0


@pytest.mark.parametrize(("truth", "found"), [("aaa", "xxx"), ("abc", "xyz"), ("aabb", "yyxx")])
def test_clusters_that_are_the_truth_are_perfect_under_any_name(truth, found):
    figures = grouping_figures(truth, found, resamples=50, shuffles=50)
    assert all((f.value, f.low, f.high) == (1, 1, 1) for f in figures.values())


def test_chance_is_what_shuffled_clusters_give():
    truth, found = random_labels(3)
    figures = grouping_figures([str(t) for t in truth], [str(f) for f in found], seed=1)
    assert figures["ari"].chance == pytest.approx(0, abs=0.005)
    assert figures["nmi"].chance > 0.02
    assert all(f.p == 1 / 1000 for f in figures.values())
    assert all(f.low < f.value < f.high for f in figures.values())


def test_intervals_hold_and_p_values_are_uniform_where_clusters_mean_nothing():
    held, small, simulations = 0, 0, 150
    for seed in range(simulations):
        rng = np.random.default_rng(seed)
        truth, found = rng.integers(0, 3, (2, 80)).astype(str)
        figure = grouping_figures(truth, found, seed=seed, resamples=100, shuffles=99)["ari"]
        held += figure.low <= 0 <= figure.high
        small += figure.p <= 0.1
    assert held >= 0.95 * simulations
    assert abs(small / simulations - 0.1) < 0.075  # three standard errors


def test_intervals_hold_where_clusters_mean_something():
    def draw(rng, n):
        truth = rng.integers(0, 3, n)
        found = np.where(rng.random(n) < 0.6, truth, rng.integers(0, 3, n))
        return truth.astype(str), found.astype(str)

    true = grouping_figures(*draw(np.random.default_rng(0), 200_000), resamples=2, shuffles=2)
    held, simulations = dict.fromkeys(true, 0), 150
    for seed in range(simulations):
        figures = grouping_figures(*draw(np.random.default_rng(seed + 1), 150), seed=seed,
                                   resamples=200, shuffles=2)  # fmt: skip
        for name, figure in figures.items():
            held[name] += figure.low <= true[name].value <= figure.high
    assert all(count >= 0.9 * simulations for count in held.values()), held
