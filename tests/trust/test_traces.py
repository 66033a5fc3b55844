"""Ways to make images of others leave what they are meant to, and the page tells what was seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scripts.make_docs import DOCS
from trust import traces
from trust.copies import Pool
from trust.table import write
from trust.traces import OTHERS, OWN, WAYS, Seen, described, patchwork, seen
from whorl.testing.worlds import image_set, smooth_images

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_makes_one_image_of_each(way: str) -> None:
    images = smooth_images(3, RNG, 32).astype(float)
    made = WAYS[way](lambda: RNG.permutation(images), RNG)
    assert made.shape == images.shape
    assert np.abs(made - images).max() > 1


def test_a_patchwork_has_a_quarter_of_each() -> None:
    flat = iter([np.full((1, 4, 4), float(k)) for k in (1, 2, 3, 4)])
    made = patchwork(lambda: next(flat), RNG)
    assert made[0, ::2, ::2].tolist() == [[1, 2], [3, 4]]


def test_what_is_seen_is_of_candidates_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "WAYS", {"as they are": lambda drawn, _: drawn()})
    pool = Pool(image_set(smooth_images(24, RNG, 32), "slice"), np.arange(24))
    (one,) = seen(pool, 6)
    assert one.way == "as they are"
    assert set(one.auc) == {OWN, *OTHERS}
    assert one.auc[OWN] == one.auc["nearest-ssim"] == 1


def test_the_page_is_written_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "explain-away.md"
    page.write_text((DOCS / "explain-away.md").read_text("utf-8"), "utf-8")
    auc = dict.fromkeys(OTHERS, 0.6)
    one = Seen("blurred", {**auc, OWN: 0.9, "vcmi-1": 0.7})
    text = described([one], [one])
    assert "| blurred | 0.900 | 0.700 | `vcmi-1` | 0.900 | 0.700 | `vcmi-1` |" in text
    write(page, text, traces.START, traces.END)
    assert text in page.read_text("utf-8")
