import numpy as np
import pytest
from PIL import Image

from whorl.errors import LayoutError
from whorl.tasks.edition import EDITIONS, edition_named, edition_of, found_edition
from whorl.tasks.layout import SPELLINGS, candidate_ids, read_view
from whorl.tasks.sample import sample_folder

PIXELS = np.random.default_rng(3).integers(0, 256, (20, 16, 16)).astype(np.uint8)


def task_of_2025(root):
    """Write a task as the edition of 2025 hands it out: palette PNG, numbers without zeros."""
    for part, n in (("test/generated", 12), ("test/real_unknown", 11),
                    ("development/generated", 3), ("development/real_used", 2),
                    ("development/real_not_used", 2)):  # fmt: skip
        folder = root / part
        folder.mkdir(parents=True)
        stem = folder.name if folder.name == "real_unknown" else folder.name.removeprefix("real_")
        for number in range(1, n + 1):
            image = Image.fromarray(PIXELS[number]).convert("P")
            image.putpalette([grey for grey in range(256) for _ in range(3)])
            image.save(folder / f"{stem}_{number}.png")
    return root


def test_every_edition_spells_every_part():
    for edition in EDITIONS.values():
        for part, folder in {**edition.development, **edition.test}.items():
            assert folder in SPELLINGS[part]
    assert EDITIONS["2023"].measure == "f1"
    assert EDITIONS["2025"].measure == "kappa"


@pytest.mark.parametrize(
    ("names", "edition"),
    [
        (["generated_1", "real_unknown_1"], "2023"),
        (["generated", "used", "not_used"], "2023"),
        (["generated", "real_unknown"], "2025"),
        (["real_used", "real_not_used", "other"], "2025"),
        (["generated"], None),
        (["real_unknown_1", "real_used"], None),
        ([], None),
    ],
)
def test_folders_tell_their_edition_where_they_agree(names, edition):
    found = edition_of(names)
    assert (found and found.name) == edition


def test_the_edition_is_found_in_a_task_its_test_set_and_its_development_set(tmp_path):
    root = task_of_2025(tmp_path / "task")
    for place in (root, root / "test", root / "development"):
        assert found_edition(place) is EDITIONS["2025"]
    assert found_edition(sample_folder()) is EDITIONS["2023"]
    assert found_edition(tmp_path / "absent") is None


def test_an_edition_that_is_none_is_refused_with_those_there_are():
    with pytest.raises(LayoutError, match=r"edition '2019': is none of 2023, 2025"):
        edition_named("2019")


def test_palette_images_of_2025_are_read_as_they_look_and_in_natural_order(tmp_path):
    root = task_of_2025(tmp_path / "task")
    view = read_view(root, root)
    assert view.candidates.ids == tuple(f"real_unknown_{k}" for k in range(1, 12))
    assert candidate_ids(root) == view.candidates.ids
    assert (view.candidates.pixels == PIXELS[1:12]).all()
