"""Tasks built from a pool: the official layout, a truth that holds, and no harm from a kill."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from whorl.building import construction
from whorl.building.allotment import AllotmentError
from whorl.building.construction import BuildError, Request, build_task
from whorl.building.record import RecordError, Sizes, read_record
from whorl.errors import WhorlError
from whorl.files import file_hash
from whorl.generators import PCADiffusion, train_in_folder
from whorl.images import ImageSet
from whorl.tasks.layout import read_view
from whorl.tasks.runfile import read_truth
from whorl.testing.worlds import image_set, smooth_images

SMALL = PCADiffusion(components=5, width=16, depth=1, steps=10, batch=8, sampling_steps=3)
SIZES = Sizes(train=16, development=4, test=12, generated=9, development_generated=5)
POOL = image_set(smooth_images(48, np.random.default_rng(0), 16), "ct")
PATIENTS = tuple(f"patient_{i // 3}" for i in range(48))
OF_PATIENTS = POOL.with_patients(PATIENTS)
BY_PATIENT = Request(SIZES, split="patient", seed=3)


def every_file(folder: Path) -> dict[str, bytes]:
    """The files of a task that do not hold how long the training took."""
    timed = ("card.json", "card.md", "task.json")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in timed
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "task"
    build_task(OF_PATIENTS, out, SMALL, BY_PATIENT)
    return out


def test_the_official_layout_and_names(built: Path) -> None:
    view = read_view(built, built)
    assert view.development is not None
    assert view.generated.ids == tuple(f"generated_{k:05}" for k in range(1, 10))
    assert view.candidates.ids == tuple(f"real_unknown_{k:04}" for k in range(1, 13))
    assert view.development.generated.ids == tuple(f"generated_{k:04}" for k in range(1, 6))
    assert view.development.used.ids == tuple(f"used_{k:04}" for k in range(1, 5))
    assert view.development.not_used.ids == tuple(f"not_used_{k:04}" for k in range(1, 5))
    assert {p.name for p in built.iterdir()} == {
        "development", "generator", "task.json", "test", "truth.csv",
    }  # fmt: skip


def test_the_truth_is_what_the_generator_saw(built: Path) -> None:
    view, truth = read_view(built, built), read_truth(built / "truth.csv").used
    record = read_record(built)
    assert record is not None
    assert view.development is not None
    seen = set(record.generator.training_hashes)
    assert len(seen) == record.generator.training_images == 16
    candidates = dict(zip(view.candidates.ids, view.candidates.hashes, strict=True))
    assert {i: content in seen for i, content in candidates.items()} == truth
    assert sum(truth.values()) == 6
    assert set(view.development.used.hashes) <= seen
    assert not set(view.development.not_used.hashes) & seen
    reals = [*candidates.values(), *view.development.used.hashes, *view.development.not_used.hashes]
    assert len(set(reals)) == 20


def test_no_patient_on_both_sides(built: Path) -> None:
    record, truth = read_record(built), read_truth(built / "truth.csv").used
    assert record is not None
    seen = set(record.generator.training_hashes)
    homes: dict[str, set[str]] = {}
    for path, file in record.files.items():
        if file.patient is not None:
            folder, name = path.rsplit("/", 1)
            used = truth.get(name.removesuffix(".png"), folder.endswith("/used"))
            homes.setdefault(file.patient, set()).add(f"{folder.split('/')[0]} {used}")
    for content, patient in zip(POOL.hashes, PATIENTS, strict=True):
        if content in seen and patient in homes:
            homes[patient].add(next(iter(homes[patient])).split()[0] + " True")
    assert len(homes) >= 8
    assert all(len(places) == 1 for places in homes.values())


def test_the_record_names_every_file_with_its_hash_and_source(built: Path) -> None:
    record = read_record(built)
    assert record is not None
    there = {
        path.relative_to(built).as_posix()
        for path in [*built.rglob("*/*.png"), built / "truth.csv"]
        if "generator" not in path.parent.name
    } | {f"development/generated/generated_{k:04}.png" for k in range(1, 6)}
    there |= {f"test/generated_1/generated_{k:05}.png" for k in range(1, 10)}
    assert set(record.files) == there
    for path, file in record.files.items():
        assert file.sha256 == file_hash(built / path)
        assert (file.source is None) == ("generated" in path or path == "truth.csv")
    assert (record.split, record.seed, record.sizes) == ("patient", 3, SIZES)


def test_ids_out_of_headers_are_recorded_by_pseudonym(built: Path, tmp_path: Path) -> None:
    """Also where files are named by them; the task is the same as with ids that may be shown."""
    ids = tuple(f"{patient}_{k}" for k, patient in enumerate(PATIENTS))
    pool = replace(OF_PATIENTS, ids=ids, patients_confidential=True)
    record = build_task(pool, tmp_path / "task", SMALL, BY_PATIENT)
    assert "patient_" not in (tmp_path / "task" / "task.json").read_text()
    reals = {path: file for path, file in record.files.items() if file.source}
    assert len(reals) == 20
    shown = read_record(built)
    assert shown is not None
    for path, file in reals.items():
        number = int((shown.files[path].patient or "").removeprefix("patient_"))
        assert file.patient == f"P{number + 1:03}"
        assert (file.source or "").startswith(f"P{number + 1:03}_")


def test_patients_are_recorded_where_slices_are_dealt_out_too(tmp_path: Path) -> None:
    record = build_task(OF_PATIENTS, tmp_path / "task", SMALL, Request(SIZES))
    told = dict(zip(POOL.ids, PATIENTS, strict=True))
    reals = [file for file in record.files.values() if file.source]
    assert [file.patient for file in reals] == [told[file.source or ""] for file in reals]
    assert record.split == "slice"


def test_a_record_of_format_1_is_read_as_one_of_format_2(built: Path, tmp_path: Path) -> None:
    old = json.loads((built / "task.json").read_text()) | {"format": 1, "split": "group"}
    for file in old["files"].values():
        file["group"] = file.pop("patient")
    (tmp_path / "task.json").write_text(json.dumps(old))
    assert read_record(tmp_path) == read_record(built)
    (tmp_path / "task.json").write_text(json.dumps(old | {"split": "slice"}))
    by_slice = read_record(tmp_path)
    assert by_slice is not None
    assert (by_slice.format, by_slice.split) == (2, "slice")


@pytest.mark.parametrize(
    "dies_in", ["train_in_folder", "write_png", "sample_to_folder", "write_run"]
)
def test_killed_and_finished_is_as_built_in_one_go(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    whole = getattr(construction, dies_in)
    calls = iter(range(99))

    def dying(*words: object, **named: object) -> object:
        if next(calls) == (5 if dies_in == "write_png" else 0):
            raise KeyboardInterrupt
        return whole(*words, **named)

    out = tmp_path / "task"
    with monkeypatch.context() as patch:
        patch.setattr(construction, dies_in, dying)
        with pytest.raises(KeyboardInterrupt):
            build_task(OF_PATIENTS, out, SMALL, BY_PATIENT)
    assert not (out / "task.json").exists()
    with pytest.raises(BuildError, match="was begun with other images or options"):
        build_task(OF_PATIENTS, out, SMALL, replace(BY_PATIENT, seed=4))
    with pytest.raises(BuildError, match="was begun with other images or options"):
        build_task(POOL.with_patients(POOL.ids), out, SMALL, BY_PATIENT)
    build_task(OF_PATIENTS, out, SMALL, BY_PATIENT)
    assert every_file(out) == every_file(built)


def test_the_same_request_again_finds_the_task_finished(built: Path) -> None:
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in built.rglob("*")}
    record = build_task(OF_PATIENTS, built, SMALL, BY_PATIENT)
    assert record == read_record(built)
    after = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in built.rglob("*")}
    assert after == before


def test_nothing_is_overwritten(built: Path, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="holds a finished task of other images or options"):
        build_task(OF_PATIENTS, built, SMALL, replace(BY_PATIENT, seed=4))
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(BuildError, match="is not empty"):
        build_task(OF_PATIENTS, tmp_path, SMALL, BY_PATIENT)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_a_trained_generator_tells_what_was_used_by_its_card(tmp_path: Path) -> None:
    train_in_folder(SMALL, POOL.take(range(16)), tmp_path / "g")
    request = Request(SIZES.model_copy(update={"train": None}), "patient")
    record = build_task(OF_PATIENTS, tmp_path / "task", tmp_path / "g", request)
    sources = {path: file.source for path, file in record.files.items() if file.source}
    used = {i for path, i in sources.items() if "/used/" in path}
    not_used = {i for path, i in sources.items() if "/not_used/" in path}
    assert used <= set(POOL.ids[:16])
    assert not_used <= set(POOL.ids[18:])  # 16 and 17 share a patient with a training image
    truth = read_truth(tmp_path / "task" / "truth.csv").used
    for k, was_used in truth.items():
        source = sources[f"test/real_unknown_1/{k}.png"]
        assert (source in POOL.ids[:16]) == was_used


def test_repeated_images_are_taken_once(tmp_path: Path) -> None:
    pixels = np.concatenate([POOL.pixels[:30], POOL.pixels[:18]])
    request = Request(SIZES, seed=1)
    record = build_task(ImageSet(POOL.ids, pixels), tmp_path / "task", SMALL, request)
    sources = {file.source for file in record.files.values() if file.source}
    assert len(sources) == 20
    assert sources <= set(POOL.ids[:30])
    repeated = ImageSet(POOL.ids, np.tile(POOL.pixels[:16], (3, 1, 1)))
    with pytest.raises(AllotmentError, match="too small"):
        build_task(repeated, tmp_path / "other", SMALL, request)


def test_requests_that_contradict_themselves(tmp_path: Path) -> None:
    out = tmp_path / "task"
    with pytest.raises(BuildError, match="--split patient: whose the images are is not known"):
        build_task(POOL, out, SMALL, Request(SIZES, split="patient"))
    with pytest.raises(BuildError, match="--train 8: is fewer than the 10 used images"):
        build_task(POOL, out, SMALL, Request(SIZES.model_copy(update={"train": 8})))
    train_in_folder(SMALL, POOL.take(range(16)), tmp_path / "g")
    large = image_set(smooth_images(30, np.random.default_rng(0), 32), "ct")
    with pytest.raises(BuildError, match="--size 16 brings them to one size"):
        build_task(large, out, tmp_path / "g", Request(SIZES))
    assert not out.exists()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"format": 3}, "format: "),
        ({"split": "group"}, "split: "),
        (
            {"files": {"truth.csv": {"sha256": 64 * "0", "group": "p"}}},
            r"files\.truth\.csv\.group: Extra inputs",
        ),
        ({"format": 1, "split": "day"}, "split: "),
        ({"format": 1, "files": ["a"]}, "files: "),
        ({"format": 1, "files": {"a": "b"}}, r"files\.a: "),
        ({"files": {"truth.csv": {"sha256": "12"}}}, r"files\.truth\.csv\.sha256: "),
        ({"mood": "good"}, "mood: Extra inputs"),
        ({"sizes": {"train": 4}}, r"sizes\.development: Field required"),
    ],
)
def test_a_record_that_breaks_its_schema(
    built: Path, tmp_path: Path, change: dict[str, object], fault: str
) -> None:
    record = json.loads((built / "task.json").read_text()) | change
    (tmp_path / "task.json").write_text(json.dumps(record))
    with pytest.raises(RecordError, match=rf"task\.json: {fault}"):
        read_record(tmp_path)
    (tmp_path / "task.json").write_text("{")
    with pytest.raises(WhorlError, match=r"task\.json: the whole: Invalid JSON"):
        read_record(tmp_path)
