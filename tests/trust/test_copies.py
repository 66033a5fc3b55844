"""Planted copies are counted, and told on the page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scripts.make_docs import DOCS
from trust import copies
from trust.copies import ROADS, Count, Pool, alike, described, moved, planted
from trust.table import write
from whorl.testing.worlds import image_set, noisy, smooth_images

RNG = np.random.default_rng(0)


def pool(patients: int = 15) -> Pool:
    """Two images of each patient, which are nearly the same."""
    first = smooth_images(patients, RNG, 64)
    both = np.concatenate([first, noisy(first, RNG, 1)])
    return Pool(image_set(both, "slice"), np.tile(np.arange(patients), 2))


def test_planted_copies_are_found_and_the_right_thing_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(copies, "PLANTED", 6)
    counts = planted(pool())
    assert [count.road for count in counts] == list(ROADS)
    exact = [count for count in counts if "mirrored" in count.road or "turned" in count.road]
    assert {(count.found, count.named) for count in exact} == {(6, 6)}
    assert min(count.found for count in counts) >= 4


def test_others_and_ones_own_are_told_apart() -> None:
    other, same = alike(pool(6))
    assert (other.shape, same.shape) == ((12,), (12,))
    assert other.max() < 0.7 < 0.9 < same.min()


def test_moved_images_lose_what_goes_over_the_edge() -> None:
    image = np.full((64, 64), 9, np.uint8)
    for _ in range(20):
        made = moved(image, RNG)
        assert made.shape == image.shape
        assert 62**2 <= np.count_nonzero(made) <= 63**2


def test_the_page_is_written_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "audit.md"
    page.write_text((DOCS / "audit.md").read_text("utf-8"), "utf-8")
    text = described([Count("mirrored", 99, 98)], np.array([0.5, 0.86]), np.array([0.9]))
    assert "1 were called a copy" in " ".join(text.split())
    assert "| mirrored | 99 of 100 | 98 |" in text
    write(page, text, copies.START, copies.END)
    assert text in page.read_text("utf-8")


def test_without_the_real_images_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("WHORL_REAL_DATA", raising=False)
    assert copies.main([]) == 1
    assert "set WHORL_REAL_DATA" in capsys.readouterr().err
