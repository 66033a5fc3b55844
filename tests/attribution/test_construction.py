"""Tasks of subsets: the layout, a truth that holds, and no harm from a kill."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.generators.tiny import TINY
from whorl.attribution import construction
from whorl.attribution.construction import SubsetsRequest, build_subsets_task
from whorl.attribution.layout import read_subset_view
from whorl.attribution.record import SubsetSizes, read_subsets_record
from whorl.attribution.runfile import read_subsets
from whorl.building.allotment import AllotmentError
from whorl.building.claim import BuildError
from whorl.building.record import RecordError
from whorl.files import file_hash
from whorl.generators import load_generator, samples_of
from whorl.tasks.patients import read_patients
from whorl.testing.worlds import image_set, smooth_images

SMALL = TINY["pca-diffusion"]
SIZES = SubsetSizes(images=(8, 6), generated=5, development_generated=3, none=4, reference=9)
POOL = image_set(smooth_images(60, np.random.default_rng(0), 16), "ct")
PATIENTS = tuple(f"patient_{i // 3}" for i in range(60))
OF_PATIENTS = POOL.with_patients(PATIENTS)
REQUEST = SubsetsRequest(SIZES, seed=3)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "task"
    build_subsets_task(OF_PATIENTS, out, SMALL, REQUEST)
    return out


def every_file(folder: Path) -> dict[str, bytes]:
    """The files of a task that do not hold how long the training took."""
    timed = ("card.json", "card.md", "task.json")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in timed
    }


def test_the_layout_and_names(built: Path) -> None:
    view, truth = read_subset_view(built, built), read_subsets(built / "truth.csv")
    assert dict(view.reals.sizes) == {"subset_1": 8, "subset_2": 6}
    assert view.generated.ids == tuple(truth) == tuple(f"generated_{k:05}" for k in range(1, 15))
    assert sorted(truth.values()) == ["none"] * 4 + ["subset_1"] * 5 + ["subset_2"] * 5
    assert view.development is not None
    assert dict(view.development.sizes) == {"subset_1": 3, "subset_2": 3}
    assert len(list((built / "reference").iterdir())) == 9
    assert len(list((built / "unrelated").iterdir())) == 4
    assert {p.name for p in built.iterdir()} == {
        "development", "test", "reference", "unrelated", "generators", "truth.csv", "task.json",
        "patients.csv",
    }  # fmt: skip


def test_the_truth_is_which_generator_made_it(built: Path) -> None:
    view, truth = read_subset_view(built), read_subsets(built / "truth.csv")
    made = dict(zip(view.generated.ids, view.generated.hashes, strict=True))
    for name in ("subset_1", "subset_2", "none"):
        generator = load_generator(built / "generators" / name)
        seeds = np.random.SeedSequence(3).generate_state(4)
        n = 4 if name == "none" else 5
        pixels = np.concatenate([p for _, p in samples_of(generator, n, seed=int(seeds[3]))])
        expected = image_set(pixels, "x").hashes
        assert sorted(expected) == sorted(made[i] for i, of in truth.items() if of == name)


def test_each_generator_saw_its_subset_and_nothing_else(built: Path) -> None:
    view, record = read_subset_view(built), read_subsets_record(built)
    for name in view.subsets:
        own = [
            content
            for content, subset in zip(view.reals.images.hashes, view.reals.subsets, strict=True)
            if subset == name
        ]
        assert sorted(own) == list(record.generators[name].training_hashes)
    seen = [content for card in record.generators.values() for content in card.training_hashes]
    assert len(seen) == len(set(seen)) == 8 + 6 + 8 + 8
    sources = {f.source for p, f in record.files.items() if p.startswith("reference/")}
    reference = [POOL.hashes[POOL.ids.index(source or "")] for source in sources]
    assert not set(reference) & set(seen)


def test_no_patient_is_in_two_parts(built: Path) -> None:
    record = read_subsets_record(built)
    homes: dict[str, set[str]] = {}
    for path, file in record.files.items():
        if file.patient is not None:
            homes.setdefault(file.patient, set()).add(path.split("/")[-2])
    trained = dict(zip(POOL.hashes, PATIENTS, strict=True))
    for name, card in record.generators.items():
        for content in card.training_hashes:
            homes.setdefault(trained[content], set()).add(name)
    assert len(homes) > 6
    assert all(len(parts) == 1 for parts in homes.values())


def test_the_record_names_every_file_with_its_hash(built: Path) -> None:
    record = read_subsets_record(built)
    there = {
        path.relative_to(built).as_posix()
        for path in built.rglob("*.png")
        if "generators" not in path.parts
    }
    assert set(record.files) == there | {"truth.csv", "patients.csv"}
    assert all(file.sha256 == file_hash(built / path) for path, file in record.files.items())


def test_a_table_says_whose_the_reals_are(built: Path) -> None:
    record, table = read_subsets_record(built), read_patients(built / "patients.csv")
    assert len(table) == 8 + 6 + 9
    assert table["reference_0001"] == record.files["reference/reference_0001.png"].patient
    real = record.files["test/real/subset_2/real_0003.png"]
    assert table["subset_2/real_0003"] == real.patient


def test_a_null_is_of_one_generator_that_saw_no_subset(tmp_path: Path) -> None:
    sizes = SIZES.model_copy(update={"none": 0})
    record = build_subsets_task(
        OF_PATIENTS, tmp_path / "task", SMALL, SubsetsRequest(sizes, null=True)
    )
    assert list(record.generators) == ["none"]
    view = read_subset_view(tmp_path / "task", tmp_path / "task")
    truth = read_subsets(tmp_path / "task" / "truth.csv")
    assert not set(view.reals.images.hashes) & set(record.generators["none"].training_hashes)
    assert sorted(truth.values()) == ["subset_1"] * 5 + ["subset_2"] * 5
    assert view.development is not None
    assert not set(view.development.images.hashes) & set(view.generated.hashes)


def test_ids_out_of_headers_are_recorded_by_pseudonym(tmp_path: Path) -> None:
    pool = replace(OF_PATIENTS, patients_confidential=True)
    build_subsets_task(pool, tmp_path / "task", SMALL, REQUEST)
    assert "patient_" not in (tmp_path / "task" / "task.json").read_text()


@pytest.mark.parametrize("dies_in", ["train_in_folder", "write_png", "write_subsets"])
def test_killed_and_finished_is_as_built_in_one_go(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    whole = getattr(construction, dies_in)
    calls = iter(range(999))

    def dying(*words: object, **named: object) -> object:
        if next(calls) == {"train_in_folder": 1, "write_png": 30}.get(dies_in, 0):
            raise KeyboardInterrupt
        return whole(*words, **named)

    out = tmp_path / "task"
    with monkeypatch.context() as patch:
        patch.setattr(construction, dies_in, dying)
        with pytest.raises(KeyboardInterrupt):
            build_subsets_task(OF_PATIENTS, out, SMALL, REQUEST)
    assert not (out / "task.json").exists()
    with pytest.raises(BuildError, match="was begun with other images or options"):
        build_subsets_task(OF_PATIENTS, out, SMALL, replace(REQUEST, seed=4))
    build_subsets_task(OF_PATIENTS, out, SMALL, REQUEST)
    assert every_file(out) == every_file(built)


def test_the_same_request_again_finds_the_task_finished(built: Path) -> None:
    before = every_file(built)
    assert build_subsets_task(OF_PATIENTS, built, SMALL, REQUEST) == read_subsets_record(built)
    assert every_file(built) == before


def test_requests_that_cannot_be(built: Path, tmp_path: Path) -> None:
    out = tmp_path / "task"
    with pytest.raises(BuildError, match="--split patient: whose the images are is not known"):
        build_subsets_task(POOL, out, SMALL, REQUEST)
    with pytest.raises(BuildError, match="--none: all images of a null task come from none"):
        build_subsets_task(OF_PATIENTS, out, SMALL, replace(REQUEST, null=True))
    few = SIZES.model_copy(update={"images": (8, 1)})
    with pytest.raises(BuildError, match="--images: a generator is trained on 2 images"):
        build_subsets_task(OF_PATIENTS, out, SMALL, SubsetsRequest(few))
    assert not out.exists()
    with pytest.raises(BuildError, match="holds a finished task"):
        build_subsets_task(OF_PATIENTS, built, SMALL, replace(REQUEST, seed=4))
    many = SIZES.model_copy(update={"images": (50, 50)})
    with pytest.raises(AllotmentError, match="too small"):
        build_subsets_task(OF_PATIENTS, out, SMALL, SubsetsRequest(many))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"format": 2}, "format: "),
        ({"mood": "good"}, "mood: Extra inputs"),
        ({"sizes": {"images": [3]}}, r"sizes\.images: "),
    ],
)
def test_a_record_that_breaks_its_schema(
    built: Path, tmp_path: Path, change: dict[str, object], fault: str
) -> None:
    record = json.loads((built / "task.json").read_text()) | change
    (tmp_path / "task.json").write_text(json.dumps(record))
    with pytest.raises(RecordError, match=rf"task\.json: {fault}"):
        read_subsets_record(tmp_path)


def test_a_folder_without_a_record(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"task\.json: cannot be read"):
        read_subsets_record(tmp_path)
