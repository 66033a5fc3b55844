import numpy as np
import pytest

from whorl.grouping.clustering import clustered, in_order


def blobs(*centres, n=30, seed=0):
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(centre, 0.3, (n, 2)) for centre in centres])


@pytest.mark.parametrize("clustering", ["kmeans", "mixture"])
@pytest.mark.parametrize("k", [None, 3])
def test_three_clouds_are_found_and_counted(clustering, k):
    labels = clustered(blobs((0, 0), (5, 0), (0, 5)), clustering, k, most=5)
    assert in_order(labels).tolist() == [0] * 30 + [1] * 30 + [2] * 30


def test_a_mixture_can_say_that_there_is_one_cloud_only():
    assert len(set(clustered(blobs((0, 0), n=90), "mixture", most=4).tolist())) == 1


def test_more_clusters_than_different_vectors_are_not_made():
    rows = np.repeat(np.array([[0.0], [1.0]]), 5, axis=0)
    assert len(set(clustered(rows, "kmeans", 4).tolist())) == 2
    assert len(set(clustered(rows, "kmeans").tolist())) == 2
