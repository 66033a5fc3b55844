from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest

from tests.auditing.found import copies, copy
from tests.report.results import HOSTILE, Build, explaining, hostile_result
from whorl.auditing.findings import Caution, Known, Meaning
from whorl.auditing.result import Outcome
from whorl.auditing.verdict import judge
from whorl.images import ImageSet
from whorl.report import render_report, report_data
from whorl.similarity import Duplicates
from whorl.visible import visible

FETCHING = {"src", "href", "srcset", "action", "data", "poster", "background", "formaction"}


class Page(HTMLParser):
    """A parsed page: its tags with their attributes, its text, and what scripts and styles hold."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[tuple[dict[str, str | None], str]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in ("script", "style") and self.cdata_elem:
            self.inline.append((self.tags[-1][1], data))
        else:
            self.words.append(data)

    def attributes(self, *names: str) -> list[str]:
        return [a[n] or "" for _, a in self.tags for n in names if n in a]


def page_of(result, **options) -> Page:
    return Page(render_report(report_data(result, **options)))


def test_the_page_says_what_was_found(build: Build) -> None:
    text = page_of(build()).text
    for words in (
        "Leakage shown",
        "At least 1 candidate was used to train the generator; 1 image is named below.",
        "1 of 4 images flagged: of those, at most 5 % are expected to be wrong.",
        "Do not release the generated images as they are.",
        "Whole set, p 0.0312 level 5 %",
        "Used, at least 1 of 4 candidates",
        "nearest-ssim",
        "the rule in words",
        "0.750",
        "0.500–1.000",
        "2 images were converted from colour by luma",
        "broken.png: the file ends early",
        "Adjacent slices look alike",
    ):
        assert words in text


def test_the_verdict_comes_first(build: Build) -> None:
    rest = [
        "distributions", "evidence", "candidates", "images", "record", "limits", "decision",
    ]  # fmt: skip
    for people, between in (("", []), ("ab", ["patients"])):
        html = render_report(report_data(build(people=people)))
        assert re.findall(r'<section id="(\w+)"', html) == ["verdict", "figures", *between, *rest]


def test_the_deciding_test_comes_first_among_the_key_figures(build: Build) -> None:
    text = page_of(build(people="ab")).text
    figures = text[text.index("Key figures") :]
    assert figures.index("Whole set, p") < figures.index("Used, at least")
    assert figures.index("Used, at least") < figures.index("Effect (AUC)")
    assert "of 4 candidates, 1 of 2 patients" in figures
    assert "Flagged patients 1 of 2" in figures


def test_patients_are_called_by_pseudonyms_and_counted(build: Build) -> None:
    page = page_of(build(people="ab"))
    assert "1 of 4 images flagged" in page.text
    assert "At least 1 candidate, of at least 1 patient, was used" in page.text
    assert "Patients are called by pseudonyms" in page.text
    assert "P002" in page.text
    assert "Name^" not in page.text


def test_patients_that_were_only_found_are_said_first_of_all(build: Build) -> None:
    result = build(people="ab")
    people = result.verdict.findings[1].model_copy(update={"known": Known.FOUND})
    verdict = replace(result.verdict, findings=(people, *result.verdict.findings[2:]))
    text = page_of(replace(result, verdict=verdict)).text
    assert text.index("Nobody said whose the images are") < text.index("At least 1 candidate")
    assert "groups of images that resemble each other count as patients, G001" in text


def test_options_stand_out_in_sentences_and_what_looks_like_markup_stays_text(
    build: Build,
) -> None:
    result = build(null=None)
    caution = Caution(meaning=Meaning.ASIDE, sentence="<b>--level</b>")
    verdict = replace(result.verdict, findings=(*result.verdict.findings, caution))
    html = render_report(report_data(replace(result, verdict=verdict)))
    assert "Give <code>--reference</code> a folder" in html
    assert "&lt;b&gt;<code>--level</code>&lt;/b&gt;." in html
    assert "<b>" not in html


def test_title_data_set_and_signature(build: Build) -> None:
    record = {"title": "Release 3", "dataset": "Chest CT 2024", "inputs_sha256": "ab12" * 16}
    page = page_of(build(record=record))
    assert "Leakage shown · Release 3" in page.text
    for words in ("Chest CT 2024", "ab12" * 16, "Name and office", "Decision", "Signature"):
        assert words in page.text
    assert "Training-data audit" in page_of(build()).text


def test_headings_step_down_one_at_a_time(build: Build) -> None:
    levels = [int(tag[1]) for tag, _ in page_of(build()).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


@pytest.mark.parametrize("outcome", list(Outcome))
def test_each_outcome_has_its_badge(build: Build, outcome: Outcome) -> None:
    page = page_of(build(outcome=outcome))
    assert f"verdict {outcome.replace(' ', '-')}" in page.attributes("class")
    assert str(outcome).capitalize() in page.text


def test_a_missing_guarantee_stands_out(build: Build) -> None:
    page = page_of(build(null=None))
    assert "guarantee none" in page.attributes("class")
    assert "No error rate is guaranteed: there was no reference" in page.text
    assert "none given" in page.text
    assert "guarantee none" not in page_of(build()).attributes("class")


def test_a_phantom_is_called_one(build: Build) -> None:
    page = page_of(build(phantom=True))
    assert "drawn phantoms, not patients" in page.text
    assert page.text.count("candidate phantom") == 4
    assert "phantom" not in page_of(build()).text.lower()


def test_nothing_is_fetched(build: Build) -> None:
    page = page_of(hostile_result(build))
    targets = set(page.attributes("id"))
    for value in page.attributes(*FETCHING):
        assert value.startswith("data:") or value.removeprefix("#") in targets
    style = "".join(text for _, text in page.inline[:1])
    assert "url(" not in style
    assert "@import" not in style


def test_only_the_pages_own_style_and_script_may_run(build: Build) -> None:
    page = page_of(build())
    policy = next(a["content"] for _, a in page.tags if "http-equiv" in a) or ""
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy
    runs = [text for attrs, text in page.inline if attrs.get("type") != "application/json"]
    assert len(runs) == 2
    for text in runs:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert not [name for _, a in page.tags for name in a if name == "style" or name[:2] == "on"]


def test_names_from_files_stay_names(build: Build) -> None:
    page = page_of(hostile_result(build))
    tags = [tag for tag, _ in page.tags]
    assert tags.count("script") == 2
    assert [a["src"] for tag, a in page.tags if tag == "img" and a.get("src") == "x"] == []
    for name in HOSTILE[:5]:
        assert visible(name) in page.words
        assert visible(name) in page.attributes("title")
    assert "49" not in [word.strip() for word in page.words]


def test_hostile_words_are_escaped_everywhere(build: Build) -> None:
    bad = HOSTILE[1]
    result = build(
        record={bad: {bad: [bad, {bad: bad}]}},
        duplicates={bad: Duplicates(((bad, bad),), ((bad, bad, 0.99),), 1, 1, 0.98)},
        method=bad,
    )
    page = page_of(result)
    assert [tag for tag, _ in page.tags].count("script") == 2
    assert page.words.count(bad) >= 8


def test_the_tables_data_survives_the_script_tag(build: Build) -> None:
    data = report_data(hostile_result(build))
    page = Page(render_report(data))
    carried = next(t for a, t in page.inline if a.get("type") == "application/json")
    rows = [
        [visible(cell) if isinstance(cell, str) else cell for cell in row]
        for row in data["table"]["rows"]
    ]
    assert json.loads(carried)["rows"] == rows


def test_without_images_no_picture(build: Build) -> None:
    html = render_report(report_data(build(), images=False))
    assert "data:image" not in html
    assert "--no-images" in Page(html).text


@pytest.mark.parametrize(
    ("threshold", "words"),
    [
        (np.inf, "No score can reach the rule's threshold."),
        (-np.inf, "The rule sets no finite threshold."),
        (50.0, "lies too far off to be drawn"),
    ],
)
def test_a_threshold_that_cannot_be_drawn(build: Build, threshold: float, words: str) -> None:
    assert words in page_of(build(threshold=threshold)).text


def test_nulls_of_the_methods_own(build: Build) -> None:
    result = build()
    view = type(result.view)(result.view.generated, result.view.candidates)
    assert "assumed non-members" in page_of(build(view=view)).text


def test_small_images_have_no_map(build: Build) -> None:
    page = page_of(build(size=6))
    assert page.attributes("data-map") == [""] * 4


def test_copies_by_another_road_are_shown_with_what_was_done(build: Build) -> None:
    mirrored = copy("mirrored left to right", exact=True, candidate=HOSTILE[0])
    named = (
        mirrored.model_copy(update={"generated": "g1"}),
        copy("JPEG compressed").model_copy(update={"similarity": 0.934, "generated": "g0"}),
    )
    result = build((HOSTILE[0], "a", "b", "c"))
    findings = (copies(turned=1, near=1, bar=0.85, named=named), *result.verdict.findings[1:])
    html = render_report(report_data(replace(result, verdict=judge(findings))))
    assert HOSTILE[0] not in html
    text = page_of(replace(result, verdict=judge(findings))).text
    assert f"{HOSTILE[0]} g1 mirrored left to right exact" in text
    assert "a g0 JPEG compressed 0.93" in text
    assert "What is shown are the copies" not in text  # the set as a whole is shown too
    assert html.count("data:image/png") > render_report(report_data(result)).count("data:image/png")
    assert "Copies by another road" not in page_of(result).text


def test_blank_images_are_listed(build: Build) -> None:
    text = page_of(build()).text
    assert "Blank or nearly blank, and not judged empty" in text
    assert "not judged" not in page_of(build(blank={})).text


def test_a_bare_result(build: Build) -> None:
    text = page_of(build(record={}, duplicates={})).text
    assert "This audit left no record." in text
    assert "Duplicates were not looked for." in text


def test_a_flagged_candidate_stands_beside_what_it_explains_in_words() -> None:
    text = page_of(explaining()).text
    for words in (
        "Evidence: top candidates beside the generated images they explain",
        "Each flagged one comes with the generated images that it explains best",
        "where it is explained",
        "It explains these as well",
        "g0 , share 2.500",
        "Details correlate",
        "with any other real at most",
    ):
        assert words in text
    assert "No image is flagged" not in text


def test_a_leak_of_the_set_points_at_nobody() -> None:
    text = page_of(explaining(threshold=2.0)).text
    assert "No image is flagged. What is shown is a trace of the candidates taken together" in text
    assert "Each of the first few comes with" in text
    quiet = page_of(explaining(threshold=2.0, outcome=Outcome.INCONCLUSIVE)).text
    assert "No pair below is a finding." in quiet
    assert "What is shown" not in quiet


def test_an_image_that_falls_to_nobody_is_not_said_to_be_explained() -> None:
    result = explaining()
    traces = result.scores.traces
    assert traces is not None
    none = replace(result.scores, traces=replace(traces, shares=0 * traces.shares))
    text = page_of(replace(result, scores=none)).text
    assert "No more of it falls to this candidate than to others." in text
    assert "half of it lies on" not in text
    assert "half of it lies on" in page_of(result).text


def test_what_was_done_to_align_an_image_is_said() -> None:
    result = explaining()
    candidates = result.view.candidates
    mirrored = np.stack([*result.view.generated.pixels[:2], candidates.pixels[0][:, ::-1]])
    made = ImageSet(result.view.generated.ids, mirrored, "generated")
    page = page_of(replace(result, view=replace(result.view, generated=made)))
    assert "generated, mirrored left to right" in page.text
    assert "Details correlate 1.00 once laid over each other" in page.text


def test_names_of_explained_images_are_escaped() -> None:
    result = explaining()
    made = ImageSet(HOSTILE[:3], result.view.generated.pixels, "generated")
    page = page_of(replace(result, view=replace(result.view, generated=made)))
    assert not [name for tag, a in page.tags for name in a if name.startswith("on")]
    assert f"Generated {HOSTILE[2]}" in page.attributes("alt")


def test_explained_images_are_left_out_with_the_others() -> None:
    html = render_report(report_data(explaining(), images=False))
    assert "data:image" not in html
    assert "where it is explained" not in html
