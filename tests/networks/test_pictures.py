from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from whorl.errors import ImageError
from whorl.images import load
from whorl.networks.pictures import chosen_at_random, pictures_of, require_at_least
from whorl.testing.worlds import image_set, smooth_images

A = image_set(smooth_images(5, np.random.default_rng(0)), "a")
B = image_set(smooth_images(4, np.random.default_rng(1)), "b")


def test_pictures_do_not_depend_on_order_or_names() -> None:
    order = np.random.default_rng(2).permutation(len(A))
    first, second = pictures_of(A, B), pictures_of(B, image_set(A.pixels[order], "renamed"))
    np.testing.assert_array_equal(first.pixels, second.pixels)
    assert first.digest() == second.digest()
    np.testing.assert_array_equal(first.within(0), second.within(1))


def test_values_find_their_way_back() -> None:
    pictures = pictures_of(A, B)
    brightness = pictures.pixels.mean(axis=(1, 2))
    for images, values in zip((A, B), pictures.apart(brightness), strict=True):
        np.testing.assert_array_equal(values, images.pixels.mean(axis=(1, 2)))
    for part in range(2):
        np.testing.assert_array_equal(
            pictures.own(part, pictures.places[part]), np.arange(len(pictures.places[part]))
        )


def test_digest_is_of_the_chosen() -> None:
    pictures = pictures_of(A, B)
    assert pictures.digest(pictures.within(0)) == pictures_of(A).digest()
    assert pictures.digest(pictures.within(0)) != pictures.digest(pictures.within(1))


def test_resizing_is_that_of_reading(tmp_path: object) -> None:
    folder = tmp_path / "images"  # type: ignore[operator]
    folder.mkdir()
    Image.fromarray(A.pixels[0]).save(folder / "one.png")
    read = load(folder, resize=8)
    np.testing.assert_array_equal(pictures_of(A.take([0]), side=8).pixels, read.pixels)


def test_a_choice_is_seeded() -> None:
    places = np.arange(50) * 2
    first = chosen_at_random(places, 10, seed=3)
    np.testing.assert_array_equal(first, chosen_at_random(places, 10, seed=3))
    assert np.isin(first, places).all()
    assert len(np.unique(first)) == 10
    assert not np.array_equal(first, chosen_at_random(places, 10, seed=4))


def test_too_few_images_are_refused() -> None:
    with pytest.raises(ImageError, match="too few candidates"):
        require_at_least(2, np.arange(1), "candidates")
