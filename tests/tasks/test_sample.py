"""The embedded sample: what it must hold, and that its script still makes it."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from whorl.similarity import ssim_matrix
from whorl.tasks.sample import sample_folder, sample_task
from whorl.tasks.view import Development, Task

SCRIPT = Path(__file__).parents[2] / "scripts" / "make_sample.py"
LAYOUT = {
    "test/generated_1": ("generated_{:05d}.png", 300),
    "test/real_unknown_1": ("real_unknown_{:04d}.png", 60),
    "development/generated": ("generated_{:04d}.png", 60),
    "development/used": ("used_{:04d}.png", 20),
    "development/not_used": ("not_used_{:04d}.png", 100),
}


@pytest.fixture(scope="module")
def task() -> Task:
    return sample_task()


@pytest.fixture(scope="module")
def development(task: Task) -> Development:
    assert task.view.development is not None
    return task.view.development


def files_below(folder: Path) -> dict[str, Path]:
    return {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}


def used(task: Task) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([task.truth.used[i] for i in task.view.candidates.ids])


def test_it_holds_the_official_layout_and_no_other_file() -> None:
    expected = {
        f"{folder}/{name.format(n)}"
        for folder, (name, count) in LAYOUT.items()
        for n in range(1, count + 1)
    }
    assert files_below(sample_folder()).keys() == expected | {"truth.csv", "card.json", "README.md"}


def test_it_is_smaller_than_4_megabytes() -> None:
    assert sum(path.stat().st_size for path in files_below(sample_folder()).values()) < 4_000_000


def test_half_of_the_candidates_were_used_in_no_telling_order(task: Task) -> None:
    assert set(task.truth.used) == set(task.view.candidates.ids)
    members = used(task)
    assert (len(members), members.sum()) == (60, 30)
    assert 10 <= members[:30].sum() <= 20


def test_sets_fit_each_other(task: Task, development: Development) -> None:
    assert task.view.candidates.size == (128, 128)
    assert task.view.reference is not None
    np.testing.assert_array_equal(task.view.reference.pixels, development.not_used.pixels)


def test_no_two_phantoms_share_their_anatomy(task: Task, development: Development) -> None:
    sets = (task.view.candidates, development.used, development.not_used)
    phantoms = np.concatenate([images.pixels for images in sets])
    alike = ssim_matrix(phantoms, phantoms)
    np.fill_diagonal(alike, 0.0)
    assert alike.max() < 0.75


def test_members_stand_out_but_not_all_of_them(task: Task) -> None:
    from sklearn.metrics import roc_auc_score

    nearest = ssim_matrix(task.view.candidates.pixels, task.view.generated.pixels).max(axis=1)
    assert 0.85 < roc_auc_score(used(task), nearest) < 0.99


def test_unused_candidates_and_reference_are_alike(task: Task, development: Development) -> None:
    from scipy.stats import ks_2samp

    generated = task.view.generated.pixels
    unused = task.view.candidates.pixels[~used(task)]
    both = [ssim_matrix(p, generated).max(axis=1) for p in (unused, development.not_used.pixels)]
    assert ks_2samp(*both).pvalue > 0.05


def test_card_and_readme_say_that_these_are_phantoms(task: Task) -> None:
    card = json.loads((sample_folder() / "card.json").read_text("utf-8"))
    assert "phantoms" in card["what"]
    assert "phantom" in (sample_folder() / "README.md").read_text("utf-8")
    assert set(card["test"]["copies_in_training"]) == {i for i, u in task.truth.used.items() if u}


@pytest.mark.slow
@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="other processors round differently"
)
def test_its_script_makes_it_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SCRIPT, "--out", tmp_path], check=True, capture_output=True)
    made, packaged = files_below(tmp_path), files_below(sample_folder())
    assert made.keys() == packaged.keys()
    for name, path in packaged.items():
        if path.suffix == ".png":
            with Image.open(made[name]) as new, Image.open(path) as old:
                np.testing.assert_array_equal(np.asarray(new), np.asarray(old), err_msg=name)
        else:
            assert made[name].read_text("utf-8") == path.read_text("utf-8"), name
