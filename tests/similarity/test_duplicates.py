"""Exact and near duplicates."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from whorl.images import ImageSet
from whorl.similarity import find_duplicates
from whorl.testing.worlds import image_set, noisy, smooth_images

RNG = np.random.default_rng(0)
PIXELS = smooth_images(5, RNG, 64)


def test_exact_duplicates_within_a_set_are_named_once() -> None:
    found = find_duplicates(ImageSet(("a", "b", "c", "d"), PIXELS[[0, 1, 0, 0]]))
    assert found.exact == (("a", "c"), ("a", "d"), ("c", "d"))
    assert (found.exact_count, found.near_count) == (3, 0)


def test_exact_and_near_duplicates_between_sets() -> None:
    a = image_set(PIXELS[:3], "a")
    b = ImageSet(("copy", "like", "other"), np.stack([PIXELS[0], *noisy(PIXELS[1:2], RNG, 5),
                                                      PIXELS[4]]))  # fmt: skip
    found = find_duplicates(a, b)
    assert found.exact == (("a_000", "copy"),)
    assert [pair[:2] for pair in found.near] == [("a_001", "like")]
    assert found.near[0][2] >= found.threshold


def test_constant_images_are_exact_duplicates() -> None:
    found = find_duplicates(ImageSet(("a", "b"), np.zeros((2, 40, 40), np.uint8)))
    assert found.exact == (("a", "b"),)


def test_lists_are_cut_and_counts_are_not() -> None:
    found = find_duplicates(image_set(PIXELS[[0] * 30], "a"))
    assert len(found.exact) == 100
    assert found.exact_count == 30 * 29 // 2


def test_different_images_are_no_duplicates() -> None:
    found = find_duplicates(image_set(PIXELS, "a"))
    assert (found.exact_count, found.near_count) == (0, 0)


def test_memory_does_not_grow_with_the_number_of_near_duplicates() -> None:
    """1,500 alike images are over a million pairs: kept, they would take more than 30 MB."""
    alike = image_set(noisy(PIXELS[[0] * 1500], RNG, 2), "a")
    tracemalloc.start()
    found = find_duplicates(alike)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.near_count, len(found.near)) == (1500 * 1499 // 2, 100)
    assert found.near[0][2] >= found.near[-1][2] >= found.threshold
    few = image_set(noisy(PIXELS[[0] * 1500], RNG, 90), "b")
    tracemalloc.start()
    assert find_duplicates(few).near_count == 0
    assert peak < tracemalloc.get_traced_memory()[1] + 20e6
    tracemalloc.stop()


@pytest.mark.slow
def test_ten_thousand_alike_images_take_half_a_gigabyte() -> None:
    code = """
import numpy as np
from whorl.images import ImageSet
from whorl.similarity.duplicates import find_duplicates
rng = np.random.default_rng(0)
image = rng.integers(0, 256, (32, 32))
pixels = np.clip(image + rng.normal(0, 2, (10_000, 32, 32)), 0, 255).astype(np.uint8)
images = ImageSet(tuple(map(str, range(10_000))), pixels)
found = find_duplicates(images)
print(found.near_count)
status = open("/proc/self/status").read()  # getrusage would count the process that started this
print(int(status.split("VmHWM:")[1].split()[0]) * 1024)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, peak = ran.stdout.split()
    assert int(count) == 10_000 * 9_999 // 2
    assert int(peak) < 500e6
