"""The check of a whole task: clean ones are sound, and each fault is named."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import save
from whorl.building.checking import Level, TaskCheck, check_task
from whorl.building.construction import Request, build_task
from whorl.building.manifest import ManifestError, read_manifest
from whorl.building.record import Sizes
from whorl.errors import LayoutError
from whorl.generators import PCADiffusion
from whorl.tasks.runfile import write_run
from whorl.testing.worlds import image_set, smooth_images

SMALL = PCADiffusion(components=5, width=16, depth=1, steps=10, batch=8, sampling_steps=3)
SIZES = Sizes(train=40, development=15, test=30, generated=20, development_generated=15)
PATIENTS = tuple(f"p{i // 2}" for i in range(100))


def pool(seed: int) -> np.ndarray:
    return smooth_images(100, np.random.default_rng(seed))


def of_level(check: TaskCheck, level: Level) -> dict[str, str]:
    return {f.topic: f.sentence for f in check.findings if f.level is level}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    request = Request(SIZES, "group", PATIENTS)
    build_task(image_set(pool(0), "ct"), tmp_path / "task", SMALL, request)
    return tmp_path / "task"


@pytest.mark.parametrize("seed", range(4))
def test_a_task_as_built_is_sound(tmp_path: Path, seed: int) -> None:
    images = image_set(pool(seed), "ct")
    build_task(images, tmp_path / "task", SMALL, Request(SIZES, "group", PATIENTS, seed=seed))
    check = check_task(tmp_path / "task")
    assert check.sound
    assert not of_level(check, Level.FAULT)
    assert check.counts == {
        "development generated": 15, "development used": 15, "development not_used": 15,
        "test generated": 20, "test candidates": 30,
    }  # fmt: skip
    assert len(check.shortcuts) == 6
    assert of_level(check, Level.FINE)["groups between used and not used"] == "none on both sides"


def test_a_planted_shortcut_is_a_fault(built: Path) -> None:
    """Not-used images saved brighter, as from another scanner: in a folder without task.json."""
    truth = dict(csv.reader((built / "truth.csv").read_text().splitlines()))
    for path in sorted(built.rglob("*.png")):
        if path.parent.name == "not_used" or truth.get(path.stem) == "0":
            with Image.open(path) as picture:
                brighter = np.clip(np.asarray(picture).astype(int) + 30, 0, 255).astype(np.uint8)
            Image.fromarray(brighter).save(path)
    (built / "task.json").unlink()
    check = check_task(built)
    assert not check.sound
    assert set(of_level(check, Level.FAULT)) >= {"brightness", "blind classifier"}
    assert "beyond 0.5 ± 0.05" in of_level(check, Level.FAULT)["brightness"]


def change_a_file(task: Path) -> None:
    Image.new("L", (32, 32)).save(task / "development" / "used" / "used_0001.png")


def remove_a_file(task: Path) -> None:
    (task / "test" / "generated_1" / "generated_00003.png").unlink()


def add_a_file(task: Path) -> None:
    Image.new("L", (32, 32)).save(task / "development" / "used" / "used_0016.png")


def copy_to_the_other_side(task: Path) -> None:
    development = task / "development"
    content = (development / "used" / "used_0001.png").read_bytes()
    (development / "not_used" / "not_used_0001.png").write_bytes(content)


def copy_to_the_test(task: Path) -> None:
    content = (task / "development" / "used" / "used_0001.png").read_bytes()
    (task / "test" / "real_unknown_1" / "real_unknown_0001.png").write_bytes(content)


def give_another_size(task: Path) -> None:
    Image.new("L", (16, 16)).save(task / "development" / "used" / "used_0001.png")


def give_another_depth(task: Path) -> None:
    path = task / "development" / "used" / "used_0001.png"
    with Image.open(path) as picture:
        picture.convert("RGB").save(path)


def damage(task: Path) -> None:
    path = task / "development" / "used" / "used_0001.png"
    path.write_bytes(path.read_bytes()[:-40])


def lie(task: Path) -> None:
    rows = list(csv.reader((task / "truth.csv").read_text().splitlines()))
    write_run(task / "truth.csv", [i for i, _ in rows], [used == "0" for _, used in rows])


@pytest.mark.parametrize(
    ("spoil", "topic", "words"),
    [
        (change_a_file, "hashes", "development/used/used_0001.png was changed"),
        (remove_a_file, "hashes", "test/generated_1/generated_00003.png is missing"),
        (add_a_file, "hashes", "development/used/used_0016.png was added"),
        (copy_to_the_other_side, "duplicates between used and not used", "1 exact: used/used_0001"),
        (copy_to_the_test, "duplicates between development and test", "1 exact: used/used_0001"),
        (give_another_size, "size", "mixed: 32×32 (94), 16×16 (1)"),
        (give_another_depth, "bit depth", "PNG 8-bit grey (59), PNG 8-bit colour (1)"),
        (damage, "files", "cannot be read: used_0001.png"),
        (lie, "truth", "30 images are not what the generator's card says"),
    ],
)
def test_every_fault_is_named(
    built: Path, spoil: Callable[[Path], None], topic: str, words: str
) -> None:
    spoil(built)
    check = check_task(built)
    assert not check.sound
    assert words in of_level(check, Level.FAULT)[topic]


def test_groups_on_both_sides(built: Path, tmp_path: Path) -> None:
    def manifest(patients: list[str]) -> Path:
        lines = [f"ct_{k:03},{p}" for k, p in enumerate(patients)]
        path = tmp_path / "manifest.csv"
        path.write_text("\n".join(["image_id,group", *lines]) + "\n")
        return path

    mixed = read_manifest(manifest([f"p{k % 10}" for k in range(100)]))
    check = check_task(built, manifest=mixed)
    assert "stand on both sides" in of_level(check, Level.FAULT)["groups between used and not used"]
    with pytest.raises(ManifestError, match="no column 'patient'"):
        check_task(built, manifest=mixed, group_column="patient")
    images = image_set(pool(0), "ct")
    build_task(images, tmp_path / "slices", SMALL, Request(SIZES, "slice", PATIENTS))
    check = check_task(tmp_path / "slices")
    assert check.sound
    warned = of_level(check, Level.WARNING)["groups between used and not used"]
    assert "as the split by slice allows" in warned


def test_official_folders_without_truth_and_with_other_names(tmp_path: Path) -> None:
    for part, n in (("used", 8), ("not_used", 8), ("generated", 5)):
        save(image_set(smooth_images(n, np.random.default_rng(n + len(part))), part),
             tmp_path / "development" / part)  # fmt: skip
    save(image_set(smooth_images(6, np.random.default_rng(7)), "x"), tmp_path / "real_unknown_1")
    save(image_set(smooth_images(6, np.random.default_rng(9)), "g"), tmp_path / "generated_1")
    check = check_task(tmp_path)
    assert check.sound
    assert "test candidates: x_000.png" in of_level(check, Level.WARNING)["names"]
    assert "development used: not numbered from 1" in of_level(check, Level.WARNING)["names"]
    assert "--groups" in of_level(check, Level.WARNING)["groups"]
    assert {s.images for s in check.shortcuts} == {16}


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="neither a development set"):
        check_task(tmp_path)
