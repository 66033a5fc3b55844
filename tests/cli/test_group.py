"""whorl group, group evaluate and group test."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Whorl, save
from tests.grouping.worlds import generated, mixed
from whorl.grouping.runfile import read_groups, write_groups


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Images of two generators, and the truth beside them."""
    both, truth = mixed(generated(20, 0.3, 1), generated(20, 1.2, 2))
    write_groups(tmp_path / "truth.csv", both.ids, truth)
    return save(both, tmp_path / "images")


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    save(generated(12, 0.3, 5), tmp_path / "labelled" / "fine")
    save(generated(12, 1.2, 6), tmp_path / "labelled" / "coarse")
    return tmp_path / "labelled"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--clustering", "kmeans"), "found by silhouette"),
        (("--k", 2), "given"),
        (("run", "--k", 2), "given"),
    ],
)
def test_images_are_grouped_and_the_grouping_is_scored(
    whorl: Whorl, images: Path, tmp_path: Path, words: tuple[object, ...], found: str
) -> None:
    run = tmp_path / "run.csv"
    name, rest = (words[:1], words[1:]) if words[:1] == ("run",) else ((), words)
    ran = whorl("group", *name, images, "--out", run, "-q", "--most", 4, *rest)
    assert ran.status == 0, ran.err
    assert f"40 images in 2 clusters, their number {found}" in ran.out
    scored = whorl("group", "evaluate", run, "--truth", tmp_path / "truth.csv", "--json")
    told = json.loads(scored.out)
    assert (told["images"], told["generators"], told["clusters"]) == (40, 2, 2)
    assert told["measures"]["ari"]["value"] == 1
    assert told["measures"]["ari"]["p"] == 0.001
    table = whorl("group", "evaluate", run, "--truth", tmp_path / "truth.csv").out
    assert "adjusted Rand index" in table
    assert "1.000 to 1.000" in table


def test_labelled_images_name_the_generators(
    whorl: Whorl, images: Path, labelled: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run.csv"
    ran = whorl("group", images, "--out", run, "--development", labelled, "--extension", ".png",
                "-q")  # fmt: skip
    assert ran.status == 0, ran.err
    assert "expected ARI " in ran.out
    assert "24 labelled images" in ran.out
    assert run.read_text().startswith("generated_1.png,")
    assert set(read_groups(run).values()) == {"fine", "coarse"}
    assert whorl("group", "evaluate", run, "--truth", tmp_path / "truth.csv").status == 0


def test_generators_are_told_apart(whorl: Whorl, labelled: Path) -> None:
    ran = whorl("group", "test", labelled / "fine", labelled / "coarse", "--permutations", 99, "-q")
    assert ran.status == 0, ran.err
    assert "fine and coarse: AUC 1.000" in ran.out
    assert "p 0.0100" in ran.out
    (told,) = json.loads(whorl("group", "test", labelled / "fine", labelled / "coarse", "--json",
                               "--permutations", 99, "-q").out)  # fmt: skip
    assert told["p"] == 0.01


@pytest.mark.parametrize(
    ("words", "status", "fault"),
    [
        (("--k", 2, "--development", "d"), 2, "the development set says how many"),
        (("--weights", "package"), 2, "spectrum starts from no pretrained weights"),
        (("--method", "embedding"), 1, "embedding needs --weights"),
        (("--k", 99), 1, "--k 99: expected 1 to 40"),
        (("--development", "absent"), 1, "absent: is not a folder"),
    ],
)
def test_wrong_use_is_named(
    whorl: Whorl, images: Path, tmp_path: Path, words: tuple[object, ...], status: int, fault: str
) -> None:
    ran = whorl("group", images, "--out", tmp_path / "run.csv", "-q", *words)
    assert ran.status == status
    assert fault in ran.err
    assert not (tmp_path / "run.csv").exists()


def test_a_run_of_other_images_is_refused(whorl: Whorl, images: Path, tmp_path: Path) -> None:
    assert images.is_dir()
    write_groups(tmp_path / "run.csv", ["ct_1"], ["a"])
    ran = whorl("group", "evaluate", tmp_path / "run.csv", "--truth", tmp_path / "truth.csv")
    assert ran.status == 1
    assert "40 of 40 images have no line" in ran.err


def test_two_folders_of_one_name_are_told_apart_by_those_above(
    whorl: Whorl, labelled: Path, tmp_path: Path
) -> None:
    save(generated(12, 0.3, 9), tmp_path / "other" / "fine")
    ran = whorl("group", "test", labelled / "fine", tmp_path / "other" / "fine", "-q",
                "--permutations", 19)  # fmt: skip
    assert "labelled/fine and other/fine" in ran.out
    again = whorl("group", "test", labelled / "fine", labelled / "fine", "-q")
    assert again.status == 2
    assert "same name" in again.err


def test_a_grouping_task_is_built_from_a_pool(whorl: Whorl, images: Path, tmp_path: Path) -> None:
    out = tmp_path / "task"
    built = whorl("task", "build-grouping", images, "--generators", "pca-diffusion, pca-diffusion",
                  "--train", 15, "--steps", 10, "--generated", 6, "--out", out, "-q")  # fmt: skip
    assert built.status == 0, built.err
    assert "6 images of each of 2 generators (pca-diffusion, pca-diffusion)" in built.out
    ran = whorl("group", out / "test" / "generated", "--k", 2, "--out", tmp_path / "r.csv", "-q")
    assert ran.status == 0
    again = whorl("task", "build-grouping", images, "--generators", "pca-diffusion,nerf", "--train",
                  5, "--generated", 6, "--out", tmp_path / "n")  # fmt: skip
    assert again.status == 2
    assert "no generator of the kind" in again.err
