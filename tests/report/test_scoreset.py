"""The page of score-set: as data, as HTML, as files, and in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.report.test_browser import ARGUMENTS, chromium
from tests.scoring.worlds import World, world
from whorl.report.scoreset import (
    SHOWN,
    SetSummary,
    render_score_set,
    score_set_data,
    write_score_set,
)
from whorl.scoring import SetScores, score_set

HOSTILE = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def result() -> SetScores:
    made, training, holdout = world(0, copies=0.5)
    named = made.with_ids([HOSTILE, *made.ids[1:]])
    sets = World(named, training, holdout)
    return score_set(*sets, method="nearest-correlation", weights=None, title=HOSTILE)


def test_the_data_is_plain_and_whole(result: SetScores) -> None:
    data = score_set_data(result)
    json.dumps(data, allow_nan=False)
    assert [len(group["rows"]) for group in data["groups"]] == [4, 2, 4]
    assert len(data["pairs"]) == SHOWN
    similarities = [pair["similarity"] for pair in data["pairs"]]
    assert similarities == sorted(similarities, reverse=True)
    assert len({pair["training_id"] for pair in data["pairs"]}) == SHOWN
    assert data["groups"][2]["rows"][0]["missing"] == "Left out on request."


def test_the_page_fetches_nothing_runs_nothing_and_escapes_names(result: SetScores) -> None:
    page = render_score_set(score_set_data(result))
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert not re.search(r"(src|href)=\"(?!data:|#)", page)
    assert " style=" not in page  # the policy would not let it


def test_without_images_no_pixel_is_in_the_page(result: SetScores) -> None:
    assert "data:image" in render_score_set(score_set_data(result))
    page = render_score_set(score_set_data(result, images=False))
    assert "data:image" not in page
    assert "--no-images" in page


def test_the_files_are_written_and_name_no_patient(result: SetScores, tmp_path: Path) -> None:
    page = write_score_set(result, tmp_path / "out")
    written = {path.name: path.read_text("utf-8") for path in page.parent.iterdir()}
    assert set(written) == {"score-set.html", "scores.csv", "summary.json"}
    assert not any("Abel" in text or str(tmp_path) in text for text in written.values())
    summary = SetSummary.model_validate_json(written["summary.json"])
    assert summary.figures == list(result.figures)
    assert len(written["scores.csv"].splitlines()) == 41


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_and_breaks_no_rule(
    result: SetScores, tmp_path: Path, width: int, scheme: str, browser: Iterator
) -> None:
    page = write_score_set(replace(result, notes=("long " * 60,)), tmp_path)
    context = browser.new_context(  # type: ignore[attr-defined]
        viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    tab = context.new_page()
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("request", lambda request: said.append(request.url) if "http" in request.url else None)
    tab.goto(page.as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.locator(".scores tbody tr").count() == 10
    assert said == []
    context.close()


@pytest.fixture(scope="module")
def browser() -> Iterator:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium: install it, or name one in WHORL_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()
