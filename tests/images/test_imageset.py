from __future__ import annotations

import hashlib

import numpy as np
import pytest

from whorl.errors import ImageError
from whorl.images import ImageSet, require_same_size

PIXELS = np.arange(3 * 8 * 9, dtype=np.uint8).reshape(3, 8, 9)
IDS = ("a", "b", "c")


def test_hash_is_sha256_of_size_and_grey_values() -> None:
    expected = hashlib.sha256(b"(8, 9)" + PIXELS[1].tobytes()).hexdigest()
    assert ImageSet(IDS, PIXELS).hashes[1] == expected


def test_same_values_in_another_shape_are_another_image() -> None:
    flat, tall = np.zeros((1, 2, 8), np.uint8), np.zeros((1, 8, 2), np.uint8)
    assert ImageSet(("a",), flat).hashes != ImageSet(("a",), tall).hashes


def test_pixels_are_read_only_and_the_given_array_stays_writable() -> None:
    pixels = PIXELS.copy()
    images = ImageSet(IDS, pixels)
    with pytest.raises(ValueError, match="read-only"):
        images.pixels[0] = 0
    pixels[0] = 0
    assert images.pixels[0].max() == 0


def test_take_gives_images_in_the_order_asked_for() -> None:
    taken = ImageSet(IDS, PIXELS, "reals", notes=("a note",)).take([2, 0])
    assert (taken.ids, taken.name, taken.notes) == (("c", "a"), "reals", ("a note",))
    assert np.array_equal(taken.pixels, PIXELS[[2, 0]])


def test_patients_stay_with_their_images() -> None:
    images = ImageSet(IDS, PIXELS, "candidates", patients=("p", "q", "p"))
    assert images.take([2, 1]).patients == ("p", "q")
    other = ImageSet(("a",), PIXELS[:1], "reference", patients=("q",), patients_confidential=True)
    assert images.joined(other).patients == ("p", "q", "p", "q")
    assert images.joined(other).patients_confidential
    assert images.joined(ImageSet(("a",), PIXELS[:1], "reference")).patients is None


def test_patients_that_were_given_replace_those_of_the_headers() -> None:
    images = ImageSet(IDS, PIXELS, patients=IDS, patients_confidential=True)
    hashes = images.hashes
    told = images.with_patients(["p", "q", "p"])
    assert (told.patients, told.patients_confidential) == (("p", "q", "p"), False)
    assert told.hashes is hashes


@pytest.mark.parametrize(
    ("patients", "fault"),
    [(("p",), "1 patients for 3 images"), (("p", "", "q"), "'b' has an empty patient id")],
)
def test_patients_are_known_of_each_image_or_of_none(patients: tuple[str, ...], fault: str) -> None:
    with pytest.raises(ImageError, match=fault):
        ImageSet(IDS, PIXELS, patients=patients)


@pytest.mark.parametrize(
    ("ids", "pixels", "fault"),
    [
        (IDS, PIXELS.astype(float), "must be uint8"),
        (IDS, PIXELS[0], "must be uint8 of shape"),
        (IDS[:2], PIXELS, "2 ids for 3 images"),
        ((), PIXELS[:0], "holds no image"),
        (("a", "b", "a"), PIXELS, "the id 'a' stands for 2 images"),
    ],
)
def test_what_makes_no_set_is_named(ids: tuple[str, ...], pixels: np.ndarray, fault: str) -> None:
    with pytest.raises(ImageError, match=fault):
        ImageSet(ids, pixels)


def test_sets_of_different_sizes_are_named_with_them() -> None:
    wide = ImageSet(IDS, PIXELS, "generated")
    square = ImageSet(("a",), np.zeros((1, 8, 8), np.uint8), "candidates")
    with pytest.raises(ImageError, match=r"generated 9×8, candidates 8×8\); --resize N"):
        require_same_size(wide, square)
