"""The check of a whole task: clean ones are sound, and each fault is named."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import save
from tests.images.files import write_dicom
from whorl.building.checking import Level, TaskCheck, check_task
from whorl.building.construction import Request, build_task
from whorl.building.record import Sizes, read_record
from whorl.errors import LayoutError, WhorlError
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
    images = image_set(pool(0), "ct").with_patients(PATIENTS)
    build_task(images, tmp_path / "task", SMALL, Request(SIZES, "patient"))
    return tmp_path / "task"


@pytest.mark.parametrize("seed", range(4))
def test_a_task_as_built_is_sound(tmp_path: Path, seed: int) -> None:
    images = image_set(pool(seed), "ct").with_patients(PATIENTS)
    build_task(images, tmp_path / "task", SMALL, Request(SIZES, "patient", seed=seed))
    check = check_task(tmp_path / "task")
    assert check.sound
    assert not of_level(check, Level.FAULT)
    assert check.counts == {
        "development generated": 15, "development used": 15, "development not_used": 15,
        "test generated": 20, "test candidates": 30,
    }  # fmt: skip
    assert len(check.shortcuts) == 6
    assert of_level(check, Level.FINE)["patients between used and not used"] == "none on both sides"


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


BOTH = "patients between used and not used"


def used_source(task: Path) -> str:
    """The id in the pool of the task's first used image."""
    record = read_record(task)
    assert record is not None
    return record.files["development/used/used_0001.png"].source or ""


def test_patients_on_both_sides_by_their_names_in_the_pool(built: Path, tmp_path: Path) -> None:
    mixed = {f"ct_{k:03}": f"p{k % 10}" for k in range(100)}
    table = tmp_path / "patients.csv"
    table.write_text("\n".join(["image_id,whose", *map(",".join, mixed.items())]) + "\n")
    for check, first in (
        (check_task(built, patients=mixed), "p0"),
        (check_task(built, patients=table, patient_column="whose"), "p0"),
        (check_task(built, patients=table), "p0"),
        (check_task(built, patients=r"ct_\d\d(\d)"), "0"),
    ):
        told = f"10 have images on both sides: {first}, "
        assert of_level(check, Level.FAULT)[BOTH].startswith(told)
    with pytest.raises(WhorlError, match="the header names no column who"):
        check_task(built, patients=table, patient_column="who")
    with pytest.raises(WhorlError, match="development used: no sub-folder of"):
        check_task(built, patients="folder")
    del mixed[used_source(built)]
    with pytest.raises(WhorlError, match="development used: no patient is given for 1 of 15"):
        check_task(built, patients=mixed)


def test_patients_on_both_sides_of_a_split_by_slice_are_a_warning(tmp_path: Path) -> None:
    images = image_set(pool(0), "ct").with_patients(PATIENTS)
    build_task(images, tmp_path / "slices", SMALL, Request(SIZES, "slice"))
    check = check_task(tmp_path / "slices")
    assert check.sound
    assert "as the split by slice allows" in of_level(check, Level.WARNING)[BOTH]


def test_sub_folders_of_official_folders_are_patients(tmp_path: Path) -> None:
    for part in ("used", "not_used"):
        for patient in (f"{part}_a", f"{part}_b", "both"):
            images = smooth_images(3, np.random.default_rng(len(part + patient)))
            save(image_set(images, f"{part}_{patient}"), tmp_path / part / patient)
    save(image_set(smooth_images(3, np.random.default_rng(0)), "g"), tmp_path / "generated")
    check = check_task(tmp_path, patients="folder")
    assert check.counts["development used"] == 9
    assert of_level(check, Level.FAULT)[BOTH] == "1 has images on both sides: both"


def test_ids_out_of_headers_are_not_shown(tmp_path: Path) -> None:
    pytest.importorskip("pydicom")
    rng = np.random.default_rng(0)
    for part, patients in (("used", "xyz"), ("not_used", "yzw")):
        (tmp_path / part).mkdir()
        for n, patient in enumerate(patients):
            stored = rng.integers(0, 4000, (32, 32), np.uint16)
            write_dicom(tmp_path / part / f"{part}_{n}.dcm", stored, PatientID=f"Meier^{patient}")
    save(image_set(smooth_images(3, rng), "g"), tmp_path / "generated")
    check = check_task(tmp_path)
    assert of_level(check, Level.FAULT)[BOTH] == "2 have images on both sides: P002, P003"
    assert "Meier" not in str(check.to_dict())


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
    assert "--patients" in of_level(check, Level.WARNING)["patients"]
    assert {s.images for s in check.shortcuts} == {16}


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="neither a development set"):
        check_task(tmp_path)
