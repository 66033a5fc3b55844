"""The leaderboard's page: as data, as HTML, and in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarking.test_leaderboard import THREE, TRUTH, card, failure, result
from tests.benchmarking.worlds import write_task
from tests.report.test_browser import ARGUMENTS, chromium
from whorl.benchmarking.cards import survey
from whorl.benchmarking.leaderboard import leaderboard
from whorl.errors import WhorlError
from whorl.report.leaderboard import leaderboard_data, render_leaderboard, roc_curve

HOSTILE = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    one, two = card("one", reference=4), card("two", generator="diffusion")
    at_hand = survey(write_task(tmp_path_factory.mktemp("tasks") / "copied", size=4))
    three = at_hand.card
    scores = (9, 8, 7, 2, 6, 3, 1, 0)
    results = [
        result(one, "looks", THREE, scores, null=range(4), reference="reference"),
        result(one, "blind", (False,) * 8, (1,) * 8, needs=("development",)),
        result(two, "looks", TRUTH, (9, 8, 7, 6, 5, 4, 3, 2)),
        result(two, HOSTILE, (False,) * 8),
        result(three, "looks", three.truth or (), range(8)),
    ]
    board = leaderboard([one, two, three], results, [failure(one, "broken")], resamples=200)
    return leaderboard_data(board, results, [at_hand])


def test_the_data_is_plain_and_whole(data: dict[str, Any]) -> None:
    json.dumps(data, allow_nan=False)
    one = data["boards"][0]
    assert [row["label"] for row in one["rows"]][:2] == ["looks", "all-used"]
    assert one["rows"][-1]["reason"] == "failed: it broke"
    assert [curve["label"] for curve in one["roc"]["curves"]] == ["looks", "blind (no reference)"]
    assert one["roc"]["curves"][1]["colour"] == "blind"
    n = len(one["pairs"]["labels"])
    assert all(len(line) == n for line in one["pairs"]["levels"])
    assert data["boards"][1]["facts"]["generator"] == "diffusion"
    assert "F1 ↑, diffusion (1 task)" in data["breakdown"]["head"]


def test_a_method_s_card_says_how_it_decides_and_whom_it_judges_worst(
    data: dict[str, Any],
) -> None:
    cards = {row["label"]: row["card"] for row in data["boards"][0]["rows"]}
    looks = cards["looks"]
    assert looks["confusion"] == [3, 1, 1, 3]
    assert looks["used"] == [["c3", 5], ["c2", 2], ["c1", 1]]
    assert looks["not_used"] == [["c4", 3], ["c5", 4], ["c6", 6]]
    assert looks["best"] == {"id": "c0", "used": True}
    assert next(figure for figure in looks["figures"] if figure[0] == "AUC")[:2] == ["AUC", 0.875]
    blind = cards["blind (no reference)"]
    assert blind["confusion"] == [0, 4, 0, 4]
    assert blind["best"] is None
    assert cards["broken (no reference)"]["confusion"] is None
    assert data["boards"][0]["pictures"] == {"candidates": {}, "nearest": {}}


def test_images_of_another_task_are_refused(tmp_path: Path) -> None:
    root = write_task(tmp_path / "task")
    one = card("one")
    board = leaderboard([one], [result(one, "a", TRUTH)], resamples=50)
    with pytest.raises(WhorlError, match="of no task that is ranked here"):
        leaderboard_data(board, [], [survey(root)])


def test_an_roc_curve_goes_through_every_threshold() -> None:
    assert roc_curve([2, 2, 1, 0], [True, False, True, False]) == [
        (0.0, 0.0), (0.5, 0.5), (0.5, 1.0), (1.0, 1.0)
    ]  # fmt: skip


def test_the_page_fetches_nothing_and_escapes_names(data: dict[str, Any]) -> None:
    page = render_leaderboard(data)
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"(src|href)=\"(?!data:|#)", page)
    assert page.count("<script>") == 1
    assert " style=" not in page  # the policy would not let it


@pytest.fixture(scope="module")
def page(data: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium: install it, or name one in WHORL_CHROMIUM")
    from playwright.sync_api import sync_playwright

    file = tmp_path_factory.mktemp("page") / "leaderboard.html"
    file.write_text(render_leaderboard(data), encoding="utf-8")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        opened = running.new_page(viewport={"width": 1280, "height": 900})
        faults: list[str] = []
        opened.on("pageerror", lambda fault: faults.append(str(fault)))
        opened.on("console", lambda message: faults.append(message.text))
        opened.on("request", lambda request: faults.append(request.url)
                  if request.url.startswith("http") else None)  # fmt: skip
        opened.goto(Path(file).as_uri())
        yield opened
        assert faults == []
        running.close()


def labels(page: Any, section: str) -> list[str]:
    rows = page.query_selector_all(f"{section} table.board tbody tr")
    return [row.get_attribute("data-label") for row in rows if row.is_visible()]


@pytest.mark.browser
def test_columns_sort_both_ways_and_failures_stay_last(page: Any) -> None:
    recall = "#task-1 thead th:has-text('recall') button"
    page.click(recall)
    assert labels(page, "#task-1")[0] == "all-used"
    page.click(recall)
    assert labels(page, "#task-1")[0] in ("none-used", "blind (no reference)")
    assert labels(page, "#task-1")[-1] == "broken (no reference)"
    page.click("#task-1 thead th:has-text('rank') button")
    assert labels(page, "#task-1")[0] == "looks"


@pytest.mark.browser
def test_a_method_unfolds_and_stays_with_its_row(page: Any) -> None:
    task = "#task-3"
    button = page.query_selector(f"{task} tr[data-label='looks'] .unfold")
    assert not page.is_visible(f"{task} .method")
    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    detail = page.query_selector(f"{task} tr[data-label='looks'] + tr.detail")
    assert "Confusion matrix" in detail.inner_text()
    loaded = "images => images.map(image => image.naturalWidth)"
    page.wait_for_function("document.querySelector('#task-3 .thumb').complete")
    widths = detail.eval_on_selector_all("img", loaded)
    assert len(widths) == 8  # the best, its nearest generated image, three and three
    assert min(widths) > 0
    page.click(f"{task} thead th:has-text('recall') button")
    page.click(f"{task} thead th:has-text('recall') button")
    assert page.query_selector(f"{task} tr[data-label='looks'] + tr.detail").is_visible()
    page.fill("#find", "all-used")
    assert not detail.is_visible()
    page.fill("#find", "")
    assert detail.is_visible()
    button.click()
    assert not detail.is_visible()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 400])
def test_what_unfolds_is_no_wider_than_the_window(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    row = "#task-3 tr[data-label='looks']"
    page.click(f"{row} .unfold")
    box = page.query_selector(f"{row} + tr .method").bounding_box()
    page.click(f"{row} .unfold")
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.browser
def test_filters_hide_rows_and_tasks(page: Any) -> None:
    page.select_option("#sees", "reference")
    assert labels(page, "#task-1") == ["looks"]
    page.select_option("#sees", "")
    page.fill("#find", "script")
    assert labels(page, "#task-2") == [HOSTILE]
    assert labels(page, "#task-1") == []
    page.fill("#find", "")
    page.select_option("#task", "task-2")
    assert not page.is_visible("#task-1")
    page.select_option("#task", "")
    assert page.is_visible("#task-1")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 400])
def test_the_page_is_no_wider_than_its_window(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
