"""Grouping tasks: truth, training sets, and an interrupted build that ends the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import whorl.building.grouping as building
from tests.generators.tiny import TINY
from whorl.building.claim import BuildError
from whorl.building.grouping import (
    RECORD,
    GroupingRequest,
    build_grouping,
    read_grouping_record,
)
from whorl.building.record import RecordError
from whorl.generators import train_in_folder
from whorl.grouping.runfile import read_groups
from whorl.images import ImageSet, load

PCA = TINY["pca-diffusion"]
REQUEST = GroupingRequest(generated=6, development=3, train=8, seed=1)


@pytest.fixture(scope="module")
def pool() -> ImageSet:
    pixels = np.random.default_rng(0).integers(0, 256, (30, 16, 16), dtype=np.uint8)
    return ImageSet(tuple(f"ct_{k}" for k in range(30)), pixels, name="pool")


@pytest.fixture(scope="module")
def built(pool: ImageSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("grouping") / "task"
    build_grouping(pool, out, [PCA, PCA], REQUEST)
    return out


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.png")
            if path.parent.name.startswith("generat") and "samples" not in path.name}  # fmt: skip


def test_every_image_has_its_generator_in_the_truth_and_order_tells_nothing(built: Path) -> None:
    truth = read_groups(built / "truth.csv")
    assert list(truth) == [f"generated_{k}" for k in range(1, 13)]
    assert load(built / "test" / "generated").ids == tuple(truth)
    names = list(truth.values())
    assert sorted(names) == sorted([f"generator_{k}" for k in (1, 2)] * 6)
    assert names != sorted(names)
    for name in set(names):
        assert len(load(built / "development" / name)) == 3


def test_labelled_images_and_those_to_be_grouped_share_none(built: Path) -> None:
    tested = set(load(built / "test" / "generated").hashes)
    for name in ("generator_1", "generator_2"):
        assert not tested & set(load(built / "development" / name).hashes)


@pytest.mark.parametrize("shared", [False, True])
def test_training_sets_are_apart_or_the_same_as_asked(
    pool: ImageSet, tmp_path: Path, shared: bool
) -> None:
    request = GroupingRequest(generated=1, train=8, shared=shared)
    record = build_grouping(pool, tmp_path / "task", [PCA, PCA], request)
    one, other = (set(card.training_hashes) for card in record.generators.values())
    assert len(one) == len(other) == 8
    assert len(one & other) == (8 if shared else 0)
    seeds = {card.seed for card in record.generators.values()}
    assert len(seeds) == 2


def test_a_generator_given_twice_is_sampled_by_two_seeds(pool: ImageSet, tmp_path: Path) -> None:
    train_in_folder(PCA, pool.take(range(8)), tmp_path / "one")
    out = tmp_path / "task"
    build_grouping(None, out, [tmp_path / "one"] * 2, GroupingRequest(generated=5))
    assert len(set(load(out / "test" / "generated").hashes)) == 10
    assert not (out / "development").exists()
    assert not (out / "generator_1").exists()


@pytest.mark.parametrize("dies_in", ["train_in_folder", "write_groups"])
def test_killed_and_finished_is_as_built_in_one_go(
    built: Path, pool: ImageSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    out = tmp_path / "task"
    with monkeypatch.context() as patched:
        patched.setattr(building, dies_in, die)
        with pytest.raises(KeyboardInterrupt):
            build_grouping(pool, out, [PCA, PCA], REQUEST)
    assert not (out / RECORD).exists()
    build_grouping(pool, out, [PCA, PCA], REQUEST)
    assert content(out) == content(built)
    assert (out / "truth.csv").read_bytes() == (built / "truth.csv").read_bytes()


def test_what_contradicts_itself_is_refused(pool: ImageSet, tmp_path: Path, built: Path) -> None:
    folder = built / "generator_1"

    def build(pool: ImageSet | None, *sources: object, **request: object) -> None:
        build_grouping(pool, tmp_path / "new", list(sources), GroupingRequest(1, **request))  # type: ignore[arg-type]

    with pytest.raises(BuildError, match="give two or more"):
        build(pool, PCA, train=8)
    with pytest.raises(BuildError, match="give POOL and --train"):
        build(pool, PCA, PCA)
    with pytest.raises(BuildError, match="give POOL and --train"):
        build(None, PCA, folder, train=8)
    with pytest.raises(BuildError, match="leave out POOL and --train"):
        build(pool, folder, folder)
    with pytest.raises(BuildError, match="takes 32 different images, the pool has 30"):
        build(pool, PCA, PCA, train=16)
    assert not (tmp_path / "new").exists()
    with pytest.raises(BuildError, match="holds a finished task"):
        build_grouping(pool, built, [PCA, PCA], replace(REQUEST, seed=4))


def test_the_same_request_again_finds_the_task_finished(pool: ImageSet, built: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in built.rglob("*")}
    record = build_grouping(pool, built, [PCA, PCA], REQUEST)
    assert record == read_grouping_record(built)
    assert {path: path.stat().st_mtime_ns for path in built.rglob("*")} == before


def test_images_of_two_sizes_are_no_task(pool: ImageSet, tmp_path: Path) -> None:
    small = ImageSet(pool.ids, pool.pixels[:, :8, :8])
    train_in_folder(PCA, small, tmp_path / "small")
    with pytest.raises(BuildError, match="differ in size"):
        build_grouping(pool, tmp_path / "t", [PCA, tmp_path / "small"], REQUEST)


def test_a_record_that_cannot_be_read_is_named(tmp_path: Path, built: Path) -> None:
    with pytest.raises(RecordError, match=r"grouping\.json: cannot be read"):
        read_grouping_record(tmp_path)
    record = (built / RECORD).read_text().replace('"format":', '"mood":')
    (tmp_path / RECORD).write_text(record)
    with pytest.raises(RecordError, match="mood: Extra inputs"):
        read_grouping_record(tmp_path)
