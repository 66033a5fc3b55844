"""whorl task build-subsets, attribute and evaluate-subsets."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from tests.attribution.worlds import copied_view
from tests.cli.conftest import Whorl, save
from whorl.attribution.runfile import read_subsets, write_subsets
from whorl.testing.worlds import image_set, noisy, smooth_images

BUILD = ("--images", 6, "--generated", 4, "--generator", "pca-diffusion", "--steps", 5)


@pytest.fixture
def task(tmp_path: Path) -> Path:
    """Copies of two subsets' reals, reals by sub-folder, strangers, and the truth."""
    view, truth = copied_view(0, sizes=(10, 10), copies=20, none=10)
    for name in view.subsets:
        chosen = [k for k, subset in enumerate(view.reals.subsets) if subset == name]
        save(view.reals.images.take(chosen), tmp_path / "real" / name)
    save(view.generated, tmp_path / "generated")
    rng = np.random.default_rng(1)
    save(image_set(smooth_images(20, rng), "x"), tmp_path / "reference")
    save(image_set(noisy(smooth_images(40, rng), rng, 12), "u"), tmp_path / "unrelated")
    write_subsets(tmp_path / "truth.csv", view.generated.ids, truth)
    return tmp_path


def test_build_attribute_and_evaluate(whorl: Whorl, tmp_path: Path) -> None:
    pool = save(image_set(smooth_images(60, np.random.default_rng(0), 16), "ct"), tmp_path / "pool")
    out = tmp_path / "task"
    built = whorl(
        "task", "build-subsets", pool, "--out", out, *BUILD, "--subsets", 2,
        "--patients", r"_(\d\d)", "-q",
    )  # fmt: skip
    assert built.status == 0
    assert "2 subsets of 6, 6 images, 8 generated, 0 of them of none; 16×16, split by patient" in (
        built.out
    )
    run = tmp_path / "run.csv"
    ran = whorl(
        "attribute", out / "test" / "generated", "--development", out, "--method", "classifier",
        "--out", run, "-q",
    )  # fmt: skip
    assert ran.status == 0
    assert len(read_subsets(run, ["subset_1", "subset_2"])) == 8
    assert whorl("evaluate-subsets", run, "--truth", out / "truth.csv").status == 0


def test_copies_are_attributed_to_the_folder_of_their_original(whorl: Whorl, task: Path) -> None:
    ran = whorl(
        "attribute", task / "generated", "--real", task / "real", "--out", task / "run.csv",
        "--scores", task / "scores.csv", "-q",
    )  # fmt: skip
    assert ran.status == 0
    assert "run.csv: 50 generated images: " in ran.out
    assert "every image is given a subset" in ran.out
    told = whorl("evaluate-subsets", task / "run.csv", "--truth", task / "truth.csv", "--json")
    found = json.loads(told.out)
    assert found["metrics"]["accuracy"]["value"] >= 0.78
    assert found["metrics"]["of none, given a subset"]["value"] == 1
    with (task / "scores.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["image_id", "subset", "p_value", "score t1", "score t2"]
    assert all((r["subset"] == "t1") == (r["score t1"] >= r["score t2"]) for r in rows[:5])


@pytest.mark.parametrize("null", ["reference", "unrelated", "competition"])
def test_none_is_answered_at_the_stated_error(whorl: Whorl, task: Path, null: str) -> None:
    compete = ["--compete"] if null == "competition" else []
    null = null.replace("competition", "reference")
    ran = whorl(
        "attribute", task / "generated", "--real", task / "real", "--out", task / "run.csv",
        "--none-error", 0.1, f"--{null}", task / null, *compete, "-q",
    )  # fmt: skip
    assert ran.status == 0
    assert "at most 10.0% are" in ran.out
    shown = whorl("evaluate-subsets", task / "run.csv", "--truth", task / "truth.csv")
    assert "of none, given a subset" in shown.out
    assert "is, called" in shown.out
    told = whorl("evaluate-subsets", task / "run.csv", "--truth", task / "truth.csv", "--json")
    assert json.loads(told.out)["metrics"]["accuracy"]["value"] > 0.8


def test_patients_by_a_table_and_left_out_without_a_reference(whorl: Whorl, task: Path) -> None:
    ids = sorted(f"{p.parent.name}/{p.stem}" for p in (task / "real").rglob("*.png"))
    lines = [f"{i},Meier {k // 2}" for k, i in enumerate(ids)]
    (task / "patients.csv").write_text("\n".join(["image_id,patient", *lines]) + "\n")
    ran = whorl(
        "attribute", task / "generated", "--real", task / "real", "--out", task / "run.csv",
        "--subsets", "patient", "--patients", task / "patients.csv", "--none-error", 0.3,
        "--method", "nearest-ssim", "-q",
    )  # fmt: skip
    assert ran.status == 0
    assert "real images of other patients" in ran.out
    assert set(read_subsets(task / "run.csv").values()) - {"none"} <= {
        f"Meier {k}" for k in range(10)
    }


def test_several_runs_stand_in_one_table(whorl: Whorl, task: Path) -> None:
    truth = read_subsets(task / "truth.csv")
    write_subsets(task / "all.csv", list(truth), ["t1"] * len(truth))
    ran = whorl(
        "evaluate-subsets", task / "truth.csv", task / "all.csv", "--truth", task / "truth.csv"
    )
    assert ran.status == 0
    assert "1.000" in ran.out
    assert "0.400" in ran.out
    assert "is, called" not in ran.out


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ((), "give the real images of the subsets"),
        (("--real", "real", "--none-error", 1.5), "--none-error"),
        (("--real", "real", "--none-error", 0), "0.0 is not between 0 and 1"),
        (("--real", "real", "--reference", "reference"), "goes with --none-error"),
        (("--real", "real", "--none-error", 0.1, "--compete"), "goes with --reference"),
        (("--real", "real", "--method", "vote"), "no method 'vote' attributes"),
        (("--real", "real", "--weights", "imagenet"), "whorl starts from no pretrained weights"),
        (
            ("--real", "real", "--reference", "a", "--unrelated", "b", "--none-error", 0.1),
            "give one of --reference and --unrelated",
        ),
    ],
)
def test_wrong_use(whorl: Whorl, task: Path, words: tuple[object, ...], fault: str) -> None:
    ran = whorl("attribute", task / "generated", "--out", task / "run.csv", *words)
    assert ran.status == 2
    assert fault in " ".join(ran.err.replace("│", " ").split())
    assert not (task / "run.csv").exists()


def test_bad_input_is_named_and_leaves_no_run(whorl: Whorl, task: Path) -> None:
    def failed(*words: object) -> str:
        ran = whorl("attribute", task / "generated", "--out", task / "run.csv", "-q", *words)
        assert ran.status == 1
        assert not (task / "run.csv").exists()
        return ran.err

    assert "GENERATED and --real are the same folder" in failed("--real", task / "generated")
    assert "no sub-folder holds 20 of 20 images" in failed("--real", task / "reference")
    table = task / "subsets.csv"
    table.write_text("image_id,subset\nx,t1\n")
    assert "no subset stands in" in failed("--real", task / "real", "--subsets", table)
    assert "give two subsets or more" in failed(
        "--real", task / "real" / "t1", "--subsets", one(task)
    )
    assert "--weights" in failed("--real", task / "real", "--method", "embeddings")


def one(task: Path) -> Path:
    """A table that puts all images into one subset."""
    ids = [path.stem for path in (task / "real" / "t1").iterdir()]
    table = task / "one.csv"
    table.write_text("\n".join(["image_id,subset", *(f"{i},t1" for i in ids)]) + "\n")
    return table


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--images", "six"), "'six': expected a number from 2, or one for each subset"),
        (("--images", "6,6"), "2 numbers for 5 subsets"),
        (("--split", "day"), "'day' is neither patient nor slice"),
        (("--null", "--none", 3), "all images of --null come from none"),
        (("--patient-column", "who"), "goes with --patients CSV"),
    ],
)
def test_wrong_use_of_build_subsets(
    whorl: Whorl, tmp_path: Path, words: tuple[object, ...], fault: str
) -> None:
    ran = whorl("task", "build-subsets", tmp_path, "--out", tmp_path / "task", *BUILD, *words)
    assert ran.status == 2
    assert fault in " ".join(ran.err.replace("│", " ").split())
