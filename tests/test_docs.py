"""The pages are held to the code."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from scripts.make_docs import COMMANDS, DOCS, PAGES
from tests.test_imports import ORDER
from whorl.runs import CATALOGUE

ROOT = DOCS.parent
RUN = ("own-attack.md",)
"""Pages whose Python blocks are run, one after the other, and print what the page says."""
WRITTEN = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")])


@pytest.mark.parametrize("name", PAGES)
def test_made_pages_are_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == PAGES[name](), "run python scripts/make_docs.py"


def test_every_command_is_documented() -> None:
    from whorl.cli.main import app

    names = {command.name or command.callback.__name__ for command in app.registered_commands}  # type: ignore[union-attr]
    names |= {group.name for group in app.registered_groups}
    assert names == {command.split()[0] for command in COMMANDS}


@pytest.mark.parametrize("page", WRITTEN, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", WRITTEN, ids=lambda p: p.name)
def test_commands_and_options_in_the_pages_exist(page: Path) -> None:
    """Every `whorl …` line in a code block uses options that the command's help lists."""
    helped = dict(
        re.findall(r"## whorl ([\w -]+)\n\n```\n(.*?)```", (DOCS / "commands.md").read_text(), re.S)
    )
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text("utf-8"), re.S)
    for line in "\n".join(blocks).splitlines():
        if match := re.match(r"(?:\.venv/bin/)?whorl (\w[\w-]*)( \w[\w-]*)?(.*)", line):
            first, second, rest = match.groups("")
            command = first + second if first + second in helped else first
            assert command in helped, line
            for option in re.findall(r"--[a-z-]+", rest):
                assert option in helped[command], line


def test_methods_named_in_the_readme_exist() -> None:
    section = (ROOT / "README.md").read_text("utf-8").split("## Methods")[1].split("##")[0]
    names = "".join(re.findall(r"^\|(.*?)\|", section, re.MULTILINE))
    named = set(re.findall(r"`([a-z0-9-]+)`", names))
    assert named
    assert named <= set(CATALOGUE)


def test_f1_in_the_readme_is_the_catalogues() -> None:
    section = (ROOT / "README.md").read_text("utf-8").split("## Methods")[1].split("##")[0]
    rows = re.findall(r"^\|(.*?)\|.*\|(.*?)\|$", section, re.MULTILINE)
    told = [(re.findall(r"`([a-z0-9-]+)`", a), re.findall(r"0\.\d+", b)) for a, b in rows]
    with_f1 = [(names, f1) for names, f1 in told if f1]
    assert len(with_f1) > 1
    for names, f1 in with_f1:
        assert f1 == [f"{CATALOGUE[name].paper_f1:.3f}" for name in names]


def test_the_chain_of_imports_in_contributing_is_the_one_that_is_held() -> None:
    section = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("## The house")[1]
    chain = "".join(re.findall(r"^    (.*)$", section.split("| package")[0], re.MULTILINE))
    assert tuple(re.findall(r"\w+", chain)) == ORDER


def test_every_package_has_its_row_in_contributing() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("| package")[1].split("\n\n")[0]
    first = "".join(re.findall(r"^\|(.*?)\|", table, re.MULTILINE))
    assert tuple(re.findall(r"`(\w+)`", first)) == ORDER


def test_commits_are_checked_as_make_lint_checks() -> None:
    recipe = (ROOT / "Makefile").read_text("utf-8").split("\nlint:")[1].split("\n\n")[0]
    made = re.findall(r"^\t\$\(VENV\)/(.*)$", recipe, re.MULTILINE)
    hooks = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    assert made == re.findall(r"entry: \.venv/(.*)$", hooks, re.MULTILINE)
    assert len(made) == 3


@pytest.mark.parametrize("name", RUN)
def test_blocks_run_and_print_what_the_page_says(name: str) -> None:
    """A block of text says what the Python block above it prints."""
    blocks = re.findall(r"```(python|text)\n(.*?)```", (DOCS / name).read_text("utf-8"), re.S)
    names: dict[str, object] = {"__name__": name}
    printed, said = [], []
    for language, block in blocks:
        if language == "text":
            said[-1] = block
            continue
        with redirect_stdout(StringIO()) as out:
            exec(compile(block, name, "exec", dont_inherit=True), names)  # noqa: S102
        printed.append(out.getvalue())
        said.append("")
    assert len(printed) > 0
    assert printed == said
