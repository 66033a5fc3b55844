"""Files with hostile names, audited, and their report opened in headless Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from hard.attack import Skipped, Trial
from hard.drawn import folder_of, images
from hard.process import environment, run

NAMES = (
    '<img src=x onerror="alert(1)">',
    "<svg onload=alert(2)>",
    "</script><script>alert(3)</script>",
    "</style><style>body{display:none}</style>",
    "</title><h1>owned",
    "--><script>alert(4)</script><!--",
    "]]><script>alert(5)</script>",
    '"\' onmouseover=alert(6) x="',
    "' autofocus onfocus=alert(7) '",
    "javascript:alert(8)",
    "<a href=javascript:alert(9)>x",
    '<iframe srcdoc="<script>alert(10)</script>">',
    "<link rel=stylesheet href=evil.css>",
    "<meta http-equiv=refresh content=0;url=evil.html>",
    "{{ 7 * 7 }}",
    "{% include 'x' %}",
    "${alert(11)}`",
    "=cmd|'calc'!A0",
    "\u202egnp.exe",
    "\u200b\u200b",
    "\u2066\u2069\u0301 marks",
    "&lt;b&gt;&#x3c;",
    "long_" * 45,
)
"""What candidates are called."""

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def names(folder: Path, random: Random, count: int) -> Iterator[Trial]:
    """Audit images with hostile names, open the report, and use it by each of them."""
    chosen = random.sample(NAMES, min(count, len(NAMES)))
    with chromium() as browser:
        page = _report(folder, chosen)
        for k, name in enumerate(chosen):
            yield Trial(f"the name {name[:40]!r}", _fault(browser, page, k))


def _report(folder: Path, chosen: Sequence[str]) -> Path:
    """Audit candidates of these names, and return the page."""
    folder_of(folder / "generated", images(12, 1, 32))
    for k, (name, pixels) in enumerate(zip(chosen, images(len(chosen), 2, 32), strict=True)):
        *above, last = f"{name}.png".split("/")  # a slash makes a folder: the id has it again
        place = folder.joinpath("candidates", f"{k:02}", *above)
        folder_of(place, pixels[None]).joinpath("ct_000.png").rename(place / last)
    ended = run(
        "audit", folder / "generated", folder / "candidates", "--out", folder / "out", "--quiet",
        env=environment(folder),
    )  # fmt: skip
    if ended.status:
        raise RuntimeError(f"the audit ended with {ended.status}: {ended.err}")
    return folder / "out" / "report.html"


def _fault(browser: Any, path: Path, k: int) -> str:
    """Use the page by the name of one candidate; return what it did that it must not."""
    seen: list[str] = []
    page = browser.new_page()
    page.set_default_timeout(15_000)

    def dialog(opened: Any) -> None:
        seen.append(f"a dialog: {opened.message}")
        opened.dismiss()

    page.on("dialog", dialog)
    page.on("request", lambda request: seen.append(f"a request: {request.url[:80]}"))
    page.on("pageerror", lambda error: seen.append(f"an error: {error}"))
    page.on("popup", lambda _: seen.append("a window"))
    page.goto(path.as_uri())
    page.locator("#filter").fill(f"{k:02}/")
    rows = page.locator("#table tbody tr")
    if rows.count() != 1:
        seen.append(f"{rows.count()} rows for one name")
    for row in rows.all():
        row.hover()
        row.click()
    for control in page.locator("#evidence input, #evidence button:visible").all()[:4]:
        control.hover()
    if page.evaluate("getComputedStyle(document.body).display") == "none":
        seen.append("the page is hidden")
    page.close()
    own = f"a request: {path.as_uri()[:80]}"
    wrong = [what for what in seen if what != own and not what.startswith("a request: data:")]
    return "; ".join(dict.fromkeys(wrong))


@contextmanager
def chromium() -> Iterator[Any]:
    """Start a headless Chromium.

    Raises
    ------
    Skipped
        If there is none, or no playwright.
    """
    found = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    path = os.environ.get("WHORL_CHROMIUM") or next(filter(None, found), None)
    if path is None:
        raise Skipped("no Chromium: install one, or name it in WHORL_CHROMIUM")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise Skipped("playwright is not installed") from None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()
