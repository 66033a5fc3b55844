import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from whorl.errors import ImageError, LayoutError
from whorl.tasks.layout import candidate_ids, read_development, read_view
from whorl.tasks.runfile import read_truth


def fill(folder, name, number=2, side=16):
    """Write a few images, each of them another."""
    folder.mkdir(parents=True)
    for n in range(1, number + 1):
        grey = np.random.default_rng([n, *name.encode()]).integers(0, 256, (side, side), np.uint8)
        Image.fromarray(grey).save(folder / f"{name}_{n:04d}.png")


def make_test(root, generated="generated_1", candidates="real_unknown_1"):
    fill(root / generated, "generated", 3)
    fill(root / candidates, "real_unknown", 2)
    return root


def make_development(root, generated="generated", used="used", not_used="not_used"):
    fill(root / generated, "generated", 4)
    fill(root / used, "used", 2)
    fill(root / not_used, "not_used", 3)
    return root


@pytest.mark.parametrize("generated", ["generated_1", "generated"])
@pytest.mark.parametrize("candidates", ["real_unknown_1", "real_unknown"])
def test_a_test_set_is_read_in_either_spelling(tmp_path, generated, candidates):
    view = read_view(make_test(tmp_path, generated, candidates))
    assert view.generated.ids == ("generated_0001", "generated_0002", "generated_0003")
    assert view.candidates.ids == candidate_ids(tmp_path)
    assert view.candidates.ids == ("real_unknown_0001", "real_unknown_0002")
    assert (view.generated.name, view.candidates.name) == ("generated", "candidates")
    assert view.reference is None
    assert view.development is None


@pytest.mark.parametrize(
    ("used", "not_used"), [("used", "not_used"), ("real_used", "real_not_used")]
)
def test_a_development_set_is_read_in_either_spelling(tmp_path, used, not_used):
    test = make_test(tmp_path / "a")
    development = make_development(tmp_path / "b", used=used, not_used=not_used)
    labelled = read_view(test, development).development
    assert len(labelled.generated) == 4
    assert labelled.used.ids == ("used_0001", "used_0002")
    assert labelled.not_used.ids == ("not_used_0001", "not_used_0002", "not_used_0003")
    assert labelled.not_used.name == "development not_used"
    alone = read_development(development)
    for part in ("generated", "used", "not_used"):
        assert getattr(alone, part).hashes == getattr(labelled, part).hashes


def test_a_development_set_that_lacks_a_folder_is_refused(tmp_path):
    fill(tmp_path / "generated", "generated")
    with pytest.raises(LayoutError, match="images not used in not_used or real_not_used"):
        read_development(tmp_path)


def test_the_folder_of_the_whole_task_may_be_given(tmp_path):
    make_test(tmp_path / "test")
    make_development(tmp_path / "development")
    view = read_view(tmp_path, tmp_path)
    assert len(view.generated) == 3
    assert len(view.development.generated) == 4
    assert candidate_ids(tmp_path) == view.candidates.ids


def test_all_the_2025_folders_may_lie_side_by_side(tmp_path):
    make_development(tmp_path, used="real_used", not_used="real_not_used")
    fill(tmp_path / "real_unknown", "real_unknown")
    view = read_view(tmp_path, tmp_path)
    assert view.generated.ids == view.development.generated.ids
    assert len(view.candidates) == 2


def test_a_reference_and_the_options_of_loading_are_passed_on(tmp_path):
    test = make_test(tmp_path / "test")
    fill(tmp_path / "reference", "known", side=20)
    (test / "real_unknown_1" / "broken.png").write_bytes(b"no image")
    view = read_view(test, reference=tmp_path / "reference", resize=8, skip_unreadable=True)
    assert view.reference.ids == ("known_0001", "known_0002")
    assert view.reference.size == view.candidates.size == (8, 8)
    assert len(view.candidates.skipped) == 1


def test_a_folder_that_is_missing_is_named_with_what_was_found(tmp_path):
    fill(tmp_path / "generated", "generated")
    fill(tmp_path / "real_used", "used")
    with pytest.raises(LayoutError) as caught:
        read_view(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: looked for candidates in real_unknown_1 or real_unknown, found neither; "
        "it holds the folders 'generated', 'real_used'"
    )


def test_every_folder_that_is_missing_is_named(tmp_path):
    test = make_test(tmp_path / "test")
    (tmp_path / "empty").mkdir()
    with pytest.raises(LayoutError) as caught:
        read_view(test, tmp_path / "empty")
    for name in ("generated", "real_used", "real_not_used", "it holds no folder"):
        assert name in str(caught.value)


def test_two_spellings_at_once_are_refused(tmp_path):
    make_test(tmp_path)
    fill(tmp_path / "generated", "generated")
    with pytest.raises(LayoutError, match="generated_1 or generated, found both"):
        read_view(tmp_path)
    assert len(candidate_ids(tmp_path)) == 2


def test_what_is_no_folder_is_named(tmp_path):
    for wrong in (tmp_path / "absent", Path(__file__)):
        with pytest.raises(LayoutError, match="is not a folder"):
            read_view(wrong)
        with pytest.raises(LayoutError, match="is not a folder"):
            candidate_ids(wrong)


def test_a_reference_that_is_the_candidates_own_folder_is_refused(tmp_path):
    make_test(tmp_path)
    with pytest.raises(ImageError, match="candidates and --reference are the same folder"):
        read_view(tmp_path, reference=tmp_path / "real_unknown_1")


def test_candidates_of_one_id_are_refused(tmp_path):
    make_test(tmp_path)
    folder = tmp_path / "real_unknown_1"
    (folder / "real_unknown_0001.jpg").write_bytes(b"")
    with pytest.raises(ImageError, match="the same id 'real_unknown_0001'"):
        candidate_ids(tmp_path)


def test_each_image_of_a_volume_is_a_candidate(tmp_path):
    import nibabel

    make_test(tmp_path)
    volume = np.random.default_rng(0).integers(0, 256, (12, 14, 3)).astype(np.uint8)
    file = tmp_path / "real_unknown_1" / "scan.nii.gz"
    nibabel.save(nibabel.Nifti1Image(volume, np.eye(4)), file)
    scans = ("scan_000", "scan_001", "scan_002")
    assert candidate_ids(tmp_path) == ("real_unknown_0001", "real_unknown_0002", *scans)


@pytest.mark.real
@pytest.mark.skipif("WHORL_REAL_DATA" not in os.environ, reason="WHORL_REAL_DATA is not set")
def test_the_real_task_names_the_candidates_of_its_truth():
    task = Path(os.environ["WHORL_REAL_DATA"]) / "tasks" / "ct-pca-diffusion"
    assert set(candidate_ids(task)) == set(read_truth(task / "truth.csv").used)
