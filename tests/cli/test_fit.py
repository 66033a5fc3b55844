"""whorl fit, and whorl run with what it wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Whorl
from whorl.images import load


@pytest.fixture
def model(whorl: Whorl, folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "blind.model"
    ran = whorl(
        "fit", "blind", "--development", folder / "development", "--out", path, "--seed", 3, "-q"
    )
    assert ran.status == 0, ran.err
    assert f"{path}: blind, fitted on" in ran.out
    assert "expected F1 " in ran.out
    assert "5-fold" in ran.out
    return path


def test_a_model_runs_as_the_method_does(
    whorl: Whorl, folder: Path, tmp_path: Path, model: Path
) -> None:
    test, development = folder / "test", folder / "development"
    files = [(tmp_path / f"{name}.csv", tmp_path / f"{name}.scores") for name in ("one", "two")]
    by_model, by_method = (
        whorl("run", what, "--test", test, "--out", run, "--scores", scores, "-q", *more)
        for what, (run, scores), more in (
            (model, files[0], ()),
            ("blind", files[1], ("--development", development, "--seed", 3)),
        )
    )
    assert by_model.status == by_method.status == 0
    for one, two in zip(*files, strict=True):
        assert one.read_bytes() == two.read_bytes()
    assert by_model.out.splitlines()[1] == by_method.out.splitlines()[1]
    assert by_model.out.splitlines()[1].startswith("expected F1 ")


def test_a_model_takes_no_development_set(whorl: Whorl, folder: Path, model: Path) -> None:
    ran = whorl(
        "run", model, "--test", folder, "--development", folder / "development",
        "--out", folder / "run.csv",
    )  # fmt: skip
    assert ran.status == 2
    assert "--development" in ran.err


def test_images_of_another_size_are_refused(
    whorl: Whorl, folder: Path, tmp_path: Path, model: Path
) -> None:
    out = tmp_path / "run.csv"
    ran = whorl("run", model, "--test", folder, "--out", out, "--resize", 16, "-q")
    assert ran.status == 1
    assert "--resize" in ran.err
    assert not out.exists()


def test_a_file_that_is_no_model(whorl: Whorl, folder: Path) -> None:
    ran = whorl("run", folder / "truth.csv", "--test", folder, "--out", folder / "run.csv", "-q")
    assert ran.status == 1
    assert "truth.csv: is no model" in ran.err


def test_methods_that_learn_nothing_are_not_fitted(
    whorl: Whorl, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "model"
    ran = whorl("fit", "vcmi-2", "--development", folder / "development", "--out", out, "-q")
    assert ran.status == 1
    assert "vcmi-2 learns nothing" in ran.err
    assert not out.exists()


def test_patients_are_kept_whole(whorl: Whorl, folder: Path, tmp_path: Path) -> None:
    development, table = folder / "development", tmp_path / "patients.csv"
    ids = [i for part in ("used", "not_used") for i in load(development / part).ids]
    lines = [f"{image_id},{k % 5}" for k, image_id in enumerate(ids)]
    table.write_text("\n".join(["image_id,patient", *lines]))
    words = ("fit", "blind", "--development", development, "--out", tmp_path / "m", "-q")
    assert "5 patients" in whorl(*words, "--patients", table, "--folds", 3).out
    table.write_text("\n".join(["image_id,patient", *lines[1:]]))
    ran = whorl(*words, "--patients", table)
    assert ran.status == 1
    assert "no patient stands in" in ran.err


def test_folds(whorl: Whorl, folder: Path, tmp_path: Path) -> None:
    words = ("fit", "blind", "--development", folder / "development", "--out", tmp_path / "m", "-q")
    assert "expected" not in whorl(*words, "--folds", 0).out
    assert "2-fold" in whorl(*words, "--folds", 2).out
    ran = whorl(*words, "--folds", 1)
    assert ran.status == 2
    assert "--folds" in ran.err


def test_degenerate_runs_warn(whorl: Whorl, folder: Path, tmp_path: Path) -> None:
    ran = whorl("run", "all-used", "--test", folder, "--out", tmp_path / "run.csv", "-q")
    assert ran.status == 0
    assert ran.err.splitlines() == [
        "whorl: warning: all candidates have the same score: none is ranked above another",
        "whorl: warning: every candidate is called used: the trivial row all-used says as much",
    ]


def test_audits_refuse_methods_that_need_a_development_set(whorl: Whorl, folder: Path) -> None:
    ran = whorl(
        "audit", folder / "test" / "generated_1", folder / "test" / "real_unknown_1",
        "--method", "blind", "--out", folder / "audit",
    )  # fmt: skip
    assert ran.status == 1
    assert "--method blind is fitted on a labelled development set" in ran.err
    assert not (folder / "audit").exists()
