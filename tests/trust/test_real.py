"""Images parted by patient, on drawn images in the real ones' place."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trust.real import Parted, chest_ct, coarser, halved, softer
from trust.trials import audited
from whorl.auditing.findings import Known
from whorl.similarity import SSIM, similarity_matrix
from whorl.testing.worlds import noisy, smooth_images

PATIENTS, EACH = 18, 4


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the real one, of drawn patients."""
    rng = np.random.default_rng(0)
    folder = tmp_path_factory.mktemp("data") / "ct_slices"
    (folder / "images").mkdir(parents=True)
    pixels = noisy(np.repeat(smooth_images(PATIENTS, rng, 32), EACH, axis=0), rng, 8)
    with (folder / "manifest.csv").open("w", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["image_id", "patient_group"])
        for k, image in enumerate(pixels):
            Image.fromarray(image).save(folder / "images" / f"ct_{k:03d}.png")
            writer.writerow([f"ct_{k:03d}", f"g{k // EACH:02d}"])
    return folder.parent


def test_patients_go_to_one_set_with_all_their_images(data: Path) -> None:
    trial = Parted(partial(chest_ct, data), 6, 7, 5)(np.random.default_rng(1))
    view, grouping = trial.sets.view, trial.sets.grouping
    assert view is not None
    assert view.reference is not None
    sides = (view.candidates, view.reference, view.generated)
    owners = [set(images.patients or ()) for images in sides]
    assert [len(each) for each in owners] == [6, 7, 5]
    assert len(set.union(*owners)) == PATIENTS
    assert [len(view.candidates), len(view.reference)] == [24, 28]
    assert grouping.known is Known.GIVEN
    assert not set(grouping.candidates) & set(grouping.reference)


def test_scores_are_those_of_the_nearest_generated_image(data: Path) -> None:
    for foreign in (False, True):
        trial = Parted(partial(chest_ct, data), 6, 7, 5, foreign=foreign)(np.random.default_rng(1))
        view, scores = trial.sets.view, trial.sets.scores
        assert view is not None
        assert view.reference is not None
        generated = halved(view.generated.pixels)
        for images, values in ((view.candidates, scores.values), (view.reference, scores.null)):
            alike = similarity_matrix(SSIM(), halved(images.pixels), generated)
            np.testing.assert_allclose(values, alike.max(axis=1), atol=1e-6)


def test_the_other_site_s_reference_is_warned_of_and_the_same_site_s_is_not(data: Path) -> None:
    same, other = (
        Parted(partial(chest_ct, data), 7, 8, 3, foreign=foreign)(np.random.default_rng(2))
        for foreign in (False, True)
    )
    assert (audited(same, 0).rates["warned"], audited(other, 0).rates["warned"]) == (0, 1)


def test_patients_that_are_not_given_are_looked_for(data: Path) -> None:
    trial = Parted(partial(chest_ct, data), 7, 8, 3, given=False)(np.random.default_rng(2))
    assert trial.sets.view is not None
    assert trial.sets.view.candidates.patients is None
    assert trial.sets.grouping.known is Known.FOUND


def test_without_a_look_there_are_scores_alone(data: Path) -> None:
    trial = Parted(partial(chest_ct, data), 7, 8, 3, look=False)(np.random.default_rng(2))
    assert trial.sets.view is None
    assert len(trial.sets.scores.values) == 28


def test_other_sites_images_are_softer_or_coarser() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 16, 16), np.uint8)
    for change in (softer, coarser):
        changed = change(pixels)
        assert changed.shape == pixels.shape
        assert changed.dtype == np.uint8
        assert changed.std() < 0.9 * pixels.std()
