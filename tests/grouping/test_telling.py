import numpy as np
import pytest

from tests.grouping.worlds import generated
from whorl.grouping.describing import GroupingError, description_named
from whorl.grouping.telling import _aucs, _smoother, permutation_test, tell_apart


def test_p_values_keep_their_level_where_one_generator_made_both():
    simulations = 300
    p = np.array([
        permutation_test(np.random.default_rng(s).standard_t(3, (36, 8)), np.arange(36) < 14,
                         permutations=99, seed=s)[1]
        for s in range(simulations)
    ])  # fmt: skip
    for level in (0.05, 0.2, 0.5):
        spread = np.sqrt(level * (1 - level) / simulations)
        assert abs((p <= level).mean() - level) < 3.5 * spread


def test_a_difference_is_found():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(80, 5))
    second = np.arange(80) >= 40
    rows[second, 2] += 2
    auc, p = permutation_test(rows, second, permutations=199)
    assert auc > 0.85
    assert p == 1 / 200


def test_the_classifier_is_scikit_learns_ridge_on_images_held_out():
    from sklearn.linear_model import Ridge
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(3)
    rows, labels, order = rng.normal(size=(30, 4)), rng.integers(0, 2, 30), rng.permutation(30)
    scores = _smoother(rows, order) @ labels.astype(float)
    scaled = rows / rows.std(axis=0)
    for held_out in np.array_split(order, 5):
        kept = np.setdiff1d(order, held_out)
        model = Ridge(1.0).fit(scaled[kept], labels[kept])
        theirs = model.predict(scaled[held_out]) - labels[kept].mean()
        assert scores[held_out] == pytest.approx(theirs)
    assert _aucs(scores[:, None], labels[:, None].astype(float))[0] == pytest.approx(
        roc_auc_score(labels, scores)
    )


def test_each_pair_of_generators_is_tested_and_corrected():
    sets = {"a": generated(30, 0.3, 1), "b": generated(30, 0.3, 2), "c": generated(30, 1.5, 3)}
    told = tell_apart(sets, description_named("spectrum"), permutations=199)
    assert [(one.first, one.second) for one in told] == [("a", "b"), ("a", "c"), ("b", "c")]
    same, *other = told
    assert same.p > 0.05
    assert all(one.p == 1 / 200 and one.adjusted_p == pytest.approx(3 / 200) for one in other[:1])
    assert all(one.adjusted_p <= 3 / 200 + 1e-9 and one.auc > 0.9 for one in other)


def test_too_few_images_or_sets_are_refused():
    sets = {"a": generated(4, 0.3, 1), "b": generated(5, 0.3, 2)}
    with pytest.raises(GroupingError, match="takes ten or more"):
        tell_apart(sets, description_named("spectrum"))
    with pytest.raises(GroupingError, match="two folders or more"):
        tell_apart({"a": sets["a"]}, description_named("spectrum"))
