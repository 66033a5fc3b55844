"""The page in a real browser: headless Chromium, from a file, without a network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.report.results import HOSTILE, build_result, explaining
from whorl.auditing import AuditResult
from whorl.images import Origin
from whorl.report import render_report, report_data

pytestmark = pytest.mark.browser

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
COUNT = 60
ROWS = "#table tbody tr"
SCORES = "#table tbody td:nth-child(3)"
PATIENTS = "#patients-table > tbody > tr"


def chromium() -> str | None:
    named = os.environ.get("WHORL_CHROMIUM")
    found = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    return named or next(filter(None, found), None)


@pytest.fixture(scope="module")
def browser() -> Iterator:
    path = chromium()
    if path is None:
        message = "no Chromium: install it, or name one in WHORL_CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


def written(folder: Path, result: AuditResult, *, images: bool = True) -> Path:
    """Write the page alone: some of the names are no text that a table could hold."""
    path = folder / "report.html"
    path.write_text(render_report(report_data(result, images=images)), "utf-8")
    return path


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A report on sixty candidates, some with hostile names; 20 are flagged."""
    ids = [*HOSTILE, *(f"slice_{k}" for k in range(len(HOSTILE), COUNT))]
    scores = np.linspace(0.1, 0.9, COUNT)[::-1]
    result = build_result(ids, scores=scores.tolist(), threshold=float(scores[20]), size=32)
    return written(tmp_path_factory.mktemp("report"), result).as_uri()


@pytest.fixture(scope="module")
def by_patient(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A report on sixty candidates of six patients, A to F by turns; the best three are flagged."""
    ids = [f"slice_{k}" for k in range(COUNT)]
    scores = np.linspace(0.1, 0.9, COUNT)[::-1]
    result = build_result(ids, scores=scores.tolist(), threshold=float(scores[3]), people="ABCDEF")
    return written(tmp_path_factory.mktemp("by_patient"), result).as_uri()


class Watched:
    """A page with what it logged and asked for."""

    def __init__(self, browser, url: str, width: int = 1280, scheme: str = "light") -> None:
        self.page = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        self.page.set_default_timeout(10_000)
        self.requests: list[str] = []
        self.problems: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.problems.append(message.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.goto(url)


@pytest.fixture
def opened(browser, report: str) -> Iterator[Watched]:
    watched = Watched(browser, report)
    yield watched
    watched.page.close()


@pytest.fixture
def people(browser, by_patient: str) -> Iterator[Watched]:
    watched = Watched(browser, by_patient)
    yield watched
    watched.page.close()


def use_everything(page) -> None:
    """Touch every control once."""
    page.locator("#evidence .show-map").first.check()
    page.locator("#more").click()
    page.locator(".card .compare input").first.press("ArrowRight")
    page.locator(".pair").first.click()
    page.locator("dialog .compare input").press("End")
    page.locator("dialog .close").click()
    page.locator("summary").first.click()
    page.locator("#table th button").first.click()
    page.locator("#flagged-only").check()
    page.locator("#filter").fill("slice")


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_is_silent_and_fetches_nothing(
    browser, report: str, width: int, scheme: str
) -> None:
    watched = Watched(browser, report, width, scheme)
    page = watched.page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    use_everything(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.title() == "Leakage shown · Training-data audit"
    assert watched.problems == []
    assert [url for url in watched.requests if not url.startswith("data:")] == [report]
    page.close()


def test_light_and_dark_differ(browser, report: str) -> None:
    def ground(scheme: str) -> str:
        page = Watched(browser, report, scheme=scheme).page
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.close()
        return colour

    assert ground("light") != ground("dark")


def test_every_picture_shows(opened: Watched) -> None:
    widths = opened.page.evaluate(
        "Promise.all([...document.images].map(i => i.decode().then(() => i.naturalWidth)))"
    )
    # Two in each pair, and two with the map in each wipe.
    assert widths == [32] * 24 * 5


def test_the_table_sorts(opened: Watched) -> None:
    page = opened.page

    def scores() -> list[float]:
        return [float(text) for text in page.locator(SCORES).all_inner_texts()]

    header = page.locator("#table th").nth(2)
    assert header.get_attribute("aria-sort") == "descending"
    assert scores() == sorted(scores(), reverse=True)
    assert scores()[0] == 0.9
    header.locator("button").click()
    assert header.get_attribute("aria-sort") == "ascending"
    assert scores() == sorted(scores())
    assert scores()[0] == 0.1
    page.locator("#table th button").first.focus()
    page.keyboard.press("Enter")
    assert header.get_attribute("aria-sort") is None
    assert page.locator("#table th").first.get_attribute("aria-sort") == "ascending"
    page.locator("#filter").fill("slice_")
    names = page.locator("#table tbody td:first-child").all_inner_texts()
    assert names[:4] == ["slice_7", "slice_8", "slice_9", "slice_10"]


def test_the_table_filters_and_turns_pages(opened: Watched) -> None:
    page = opened.page
    shown = page.locator("#shown")
    assert shown.inner_text() == "60 of 60 candidates"
    assert page.locator(ROWS).count() == 25
    assert page.locator("#previous").is_disabled()
    page.locator("#next").click()
    page.locator("#next").click()
    assert page.locator("#page").inner_text() == "Page 3 of 3"
    assert page.locator(ROWS).count() == 10
    assert page.locator("#next").is_disabled()
    page.locator("#flagged-only").check()
    assert shown.inner_text() == "20 of 60 candidates"
    assert page.locator("#page").is_hidden()
    assert set(page.locator(".decision").all_inner_texts()) == {"flagged"}
    page.locator("#filter").fill("ONERROR")
    assert page.locator(ROWS).count() == 1
    assert page.locator("#table tbody bdi").first.text_content() == HOSTILE[0]
    page.locator("#filter").fill("nothing has this name")
    assert shown.inner_text() == "0 of 60 candidates"


def test_the_slider_wipes(opened: Watched) -> None:
    compare = opened.page.locator(".card .compare").first
    above, slider = compare.locator(".above"), compare.locator("input")

    def cut() -> str:
        return above.evaluate("image => getComputedStyle(image).clipPath")

    assert slider.get_attribute("aria-valuetext") == "50 % candidate"
    middle = cut()
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "51 % candidate"
    assert cut() != middle
    slider.press("Home")
    assert cut() == "inset(0px 0px 0px 0%)"
    box = slider.bounding_box()
    opened.page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + box["height"] / 2)
    assert int(slider.input_value()) == pytest.approx(75, abs=5)


def test_the_map_is_laid_over_and_taken_away(opened: Watched) -> None:
    page = opened.page
    shown = page.locator(".card .map").first
    assert shown.evaluate("map => getComputedStyle(map).visibility") == "hidden"
    page.locator("#evidence .show-map").first.check()
    assert shown.evaluate("map => getComputedStyle(map).visibility") == "visible"
    page.locator(".pair").first.click()
    page.locator("dialog .show-map").uncheck()
    assert shown.evaluate("map => getComputedStyle(map).visibility") == "hidden"
    assert not page.locator("#evidence .show-map").first.is_checked()


def test_a_pair_opens_larger_and_closes(opened: Watched) -> None:
    page = opened.page
    pair, dialog = page.locator(".pair").nth(1), page.locator("dialog")
    assert dialog.is_hidden()
    pair.click()
    assert dialog.is_visible()
    assert HOSTILE[1] in dialog.locator("h2").text_content()
    large = dialog.locator("img").first.bounding_box()
    assert large["width"] > 1.5 * pair.locator("img").first.bounding_box()["width"]
    page.keyboard.press("Escape")
    assert dialog.is_hidden()
    assert pair.evaluate("button => button === document.activeElement")
    pair.press("Enter")
    dialog.locator(".close").click()
    assert dialog.is_hidden()
    pair.click()
    page.mouse.click(3, 3)
    assert dialog.is_hidden()


@pytest.mark.parametrize("width", [1280, 400])
def test_what_is_explained_lies_over_its_image_and_is_enlarged_with_it(
    browser, tmp_path: Path, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(written(tmp_path, explaining()).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == width
    card = page.locator(".card").first
    panes = card.locator(".panes > .pane, .panes > .pair > .pane")
    boxes = [pane.bounding_box() for pane in panes.all()]
    assert len(boxes) == 4
    assert len({round(box["y"]) for box in boxes}) == (1 if width == 1280 else 2)
    for image in card.locator(".where .stack").all():
        below, above = (image.locator("img").nth(k).bounding_box() for k in (0, 1))
        assert below == pytest.approx(above, abs=1)
    card.locator(".pair").click()
    assert page.locator("dialog .panes > .pane").count() == 4
    assert "Details correlate" in page.locator("dialog .about").text_content()
    page.close()


def test_the_gallery_unfolds(opened: Watched) -> None:
    page = opened.page
    assert page.locator(".card:visible").count() == 6
    page.locator("#more").click()
    assert page.locator(".card:visible").count() == 24
    assert page.locator("#more").is_hidden()


def test_print_shows_all_pairs_and_no_controls(opened: Watched) -> None:
    page = opened.page
    page.emulate_media(media="print")
    assert page.locator(".card:visible").count() == 24
    assert page.locator("input:visible, .compare:visible").count() == 0


def test_without_p_values_there_is_no_such_column(browser, opened: Watched, tmp_path: Path) -> None:
    path = written(tmp_path, build_result(null=None))
    page = Watched(browser, path.as_uri()).page
    assert page.locator("td:nth-child(4):visible", has_text="none").count() == 0
    assert "p-value" not in page.locator("#table").inner_text()
    assert "p-value" in opened.page.locator("#table").inner_text()
    page.close()


def test_without_images_the_rest_works(browser, tmp_path: Path) -> None:
    path = written(tmp_path, build_result(), images=False)
    watched = Watched(browser, path.as_uri())
    assert watched.page.locator(ROWS).count() == 4
    assert watched.page.locator("dialog").count() == 0
    assert watched.problems == []
    watched.page.close()


def test_the_patients_table_sorts_and_filters(people: Watched) -> None:
    page = people.page

    def column(number: int) -> list[str]:
        return page.locator(f"{PATIENTS} > td:nth-child({number})").all_inner_texts()

    assert column(1) == [f"P00{k}" for k in range(1, 7)]
    assert column(2) == ["10"] * 6
    assert column(3) == ["1", "1", "1", "0", "0", "0"]
    assert column(7) == [f"slice_{k}" for k in range(6)]
    page.locator("#patients-table th button").nth(0).click()
    page.locator("#patients-table th button").nth(0).click()
    assert column(1) == [f"P00{k}" for k in range(6, 0, -1)]
    page.locator("#patients-flagged-only").check()
    assert column(1) == ["P003", "P002", "P001"]
    assert page.locator("#patients-shown").inner_text() == "3 of 6 patients"
    page.locator("#patients-filter").fill("p002")
    assert column(1) == ["P002"]
    assert page.locator("#shown").inner_text() == "60 of 60 candidates"


def test_a_patients_row_unfolds_to_its_images_and_folds_again(people: Watched) -> None:
    page = people.page
    opener = page.locator(".unfold").nth(1)
    assert opener.get_attribute("aria-expanded") == "false"
    opener.click()
    assert opener.get_attribute("aria-expanded") == "true"
    images = page.locator("#patients-table .images tbody tr")
    assert images.count() == 10
    assert images.first.inner_text().split()[0] == "slice_1"
    assert images.first.get_attribute("class") == "flagged"
    assert [images.nth(k).get_attribute("class") for k in (1, 9)] == [None, None]
    heads = page.locator("#patients-table .images th").all_inner_texts()
    assert heads == [
        "Image", "Score", "p-value", "Decision", "Nearest generated", "Similarity",
    ]  # fmt: skip
    opener.press("Enter")
    assert images.count() == 0
    assert page.locator(PATIENTS).count() == 6


@pytest.mark.parametrize("width", [1280, 400])
def test_the_page_by_patient_fits_and_is_silent(browser, by_patient: str, width: int) -> None:
    watched = Watched(browser, by_patient, width)
    page = watched.page
    page.locator(".unfold").first.click()
    use_everything(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert watched.problems == []
    page.close()


def test_patients_are_printed_and_controls_are_not(people: Watched) -> None:
    page = people.page
    page.emulate_media(media="print")
    assert page.locator(".printed tbody tr:visible").count() == 6
    assert page.locator("#patients-browse").is_hidden()
    assert page.locator(".signature").is_visible()


def test_near_duplicates_are_printed(opened: Watched) -> None:
    page = opened.page
    pair = page.locator("div.print-only", has_text="Within candidates: the first pairs")
    assert pair.is_hidden()
    page.emulate_media(media="print")
    assert pair.is_visible()
    assert "0.9900" in pair.inner_text()


def test_where_images_count_by_themselves_there_are_no_patients(opened: Watched) -> None:
    page = opened.page
    assert page.locator("#patients").count() == 0
    assert "I001" not in page.locator("#table").inner_text()


def test_a_long_name_of_a_folder_breaks_on_a_narrow_screen(browser, tmp_path: Path) -> None:
    result = build_result()
    long = "chest_ct_thorax_2024_release_candidate_patients_of_the_northern_hospital"
    origins = tuple(Origin(tmp_path / long / f"{k}.png") for k in range(4))
    candidates = replace(result.view.candidates, origins=origins)
    result = replace(result, view=replace(result.view, candidates=candidates))
    page = Watched(browser, written(tmp_path, result).as_uri(), 400).page
    region = page.locator("#images .scroll").first
    assert page.locator("#images").get_by_text(long).is_visible()
    assert region.evaluate("region => region.scrollWidth <= region.clientWidth")
    page.close()
