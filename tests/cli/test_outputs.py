"""What a command is to write is checked before it works: what it replaces, and where it lies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer.main

from tests.cli.conftest import Whorl
from whorl.cli.main import app
from whorl.cli.outputs import check_outputs
from whorl.errors import WhorlError
from whorl.runs import CATALOGUE
from whorl.seeds import LARGEST_SEED
from whorl.tasks.view import Development, View
from whorl.testing.worlds import image_set

WRITING = {  # command → its words but for what it writes, and the options that name this
    "audit": (["audit", "{generated}", "{candidates}"], ["--out"]),
    "score-set": (
        ["score-set", "{generated}", "--training", "{candidates}", "--holdout", "{holdout}"],
        ["--out"],
    ),
    "run": (["run", "nearest-ssim", "--test", "{task}"], ["--out", "--scores"]),
    "fit": (["fit", "blind", "--development", "{task}"], ["--out"]),
    "pretrain": (["pretrain", "{candidates}", "--backbone", "resnet18"], ["--out"]),
    "generator train": (["generator", "train", "pca-diffusion", "{candidates}"], ["--out"]),
    "generator sample": (["generator", "sample", "{candidates}", "--n", "1"], ["--out"]),
    "task build": (
        ["task", "build", "{candidates}", "--development", "1", "--test", "2", "--generated", "1",
         "--generator", "pca-diffusion", "--train", "2"],
        ["--out"],
    ),
    "task build-grouping": (
        ["task", "build-grouping", "{candidates}", "--generators", "pca-diffusion,pca-diffusion",
         "--generated", "1", "--train", "2"],
        ["--out"],
    ),
    "task build-subsets": (
        ["task", "build-subsets", "{candidates}", "--images", "2", "--generated", "1",
         "--generator", "pca-diffusion"],
        ["--out"],
    ),
    "attribute": (["attribute", "{generated}", "--real", "{candidates}"], ["--out", "--scores"]),
    "group run": (["group", "{candidates}"], ["--out"]),
    "task show": (["task", "show", "{task}"], ["--out"]),
    "benchmark run": (["benchmark", "{task}", "--methods", "nearest-ssim"], ["--out"]),
    "benchmark add": (["benchmark", "add", "{task}", "{truth}", "--team", "us"], ["--out"]),
    "leaderboard": (["leaderboard", "{board}"], ["--csv", "--overall-csv", "--md", "--html"]),
    "reproduce imageclef2023": (["reproduce", "imageclef2023", "--data", "{task}"], ["--out"]),
    "export codabench": (["export", "codabench", "{task}", "--start", "2026-01-01"], ["--out"]),
    "evaluate": (["evaluate", "{truth}", "--truth", "{truth}", "--scores", "{truth}"],
                 ["--md", "--csv", "--roc"]),
}  # fmt: skip
NAMES_OF_OUTPUTS = {"out", "scores", "csv", "overall_csv", "md", "html", "roc"}


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return what the words in braces stand for: a task of empty files, none of which is read."""
    top = tmp_path_factory.mktemp("inputs")
    task, board = top / "task", top / "board"
    folders = [task / "test" / name for name in ("generated_1", "real_unknown_1")]
    folders += [task / "development" / name for name in ("generated", "used", "not_used")]
    for folder in (*folders, board / "results"):
        folder.mkdir(parents=True)
    for folder in folders:
        (folder / "a.png").touch()
    (task / "truth.csv").write_text("a,1\n")
    return {
        "task": task,
        "generated": folders[0],
        "candidates": folders[1],
        "holdout": folders[4],
        "truth": task / "truth.csv",
        "board": board,
    }


CASES = [(command, option) for command, (_, options) in WRITING.items() for option in options]


def called(command: str, words: dict[str, Path], option: str, path: Path) -> list[object]:
    given, options = WRITING[command]
    first = ["--out", words["board"] / "other"] if option == "--scores" else []
    assert option in options
    return [*(word.format_map(words) for word in given), *first, option, path]


@pytest.mark.parametrize(("command", "option"), CASES)
@pytest.mark.parametrize("kind", ["pipe", "link", "device"])
def test_no_command_writes_to_what_is_neither_file_nor_folder(
    whorl: Whorl, words: dict[str, Path], tmp_path: Path, command: str, option: str, kind: str
) -> None:
    target, elsewhere = tmp_path / "target", tmp_path / "elsewhere"
    elsewhere.mkdir()
    if kind == "pipe":
        os.mkfifo(target)
    elif kind == "link":
        target.symlink_to(elsewhere)
    else:
        target = Path("/dev/null")
    ran = whorl(*called(command, words, option, target))
    assert ran.status == 1
    words_of = {"pipe": "a named pipe", "link": "a symbolic link", "device": "a device"}
    assert f"{option} {target}: cannot be written: is {words_of[kind]}" in ran.err
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(("command", "option"), CASES)
def test_no_command_writes_into_what_it_reads(
    whorl: Whorl, words: dict[str, Path], command: str, option: str
) -> None:
    among = {"leaderboard": words["board"] / "results", "evaluate": words["truth"]}
    within = among.get(command, words["candidates"])
    before = sorted(words["task"].rglob("*"))
    places = (
        [within]
        if command in ("evaluate", "generator sample")
        else [within / "new", within / "a" / "b"]
    )
    for place in places:
        ran = whorl(*called(command, words, option, place))
        assert ran.status == 1
        assert f"{option} {place}: " in ran.err
        assert "read: write elsewhere" in ran.err
    assert sorted(words["task"].rglob("*")) == before


@pytest.mark.parametrize("command", ["audit", "generator train", "task build", "generator sample"])
def test_no_command_writes_to_the_folder_that_it_reads(
    whorl: Whorl, words: dict[str, Path], command: str
) -> None:
    roundabout = words["candidates"].parent / "." / ".." / "test" / "real_unknown_1"
    for place in (words["candidates"], roundabout):
        ran = whorl(*called(command, words, "--out", place))
        assert ran.status == 1
        assert "is read: write elsewhere" in ran.err


def test_beside_what_is_read_may_be_written(words: dict[str, Path], tmp_path: Path) -> None:
    check_outputs(
        files={"--out": words["task"] / "run.csv", "--scores": None},
        folders={"--csv": words["task"] / "report"},
        apart_from=[words["candidates"], words["truth"], None, "imagenet"],
        other_than=[words["task"]],
    )
    with pytest.raises(WhorlError, match=r"--out .* is read: write elsewhere"):
        check_outputs(folders={"--out": words["task"]}, other_than=[words["task"]])
    (tmp_path / "hard.csv").hardlink_to(words["truth"])
    with pytest.raises(WhorlError, match=r"--out .* is read: write elsewhere"):
        check_outputs(files={"--out": tmp_path / "hard.csv"}, apart_from=[words["truth"]])


def test_two_outputs_are_two_files(tmp_path: Path) -> None:
    same = {"--out": tmp_path / "a.csv", "--scores": tmp_path / "b" / ".." / "a.csv"}
    with pytest.raises(WhorlError, match=r"--scores .* is what --out names too"):
        check_outputs(files=same)


def commands(group: Any, names: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield the commands of a group, and of those within."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*names, name))
        else:
            yield " ".join((*names, name)), command


COMMANDS = dict(commands(typer.main.get_command(app)))


def test_every_command_that_writes_is_tried() -> None:
    writing = {
        (name, "--" + parameter.name.replace("_", "-"))
        for name, command in COMMANDS.items()
        for parameter in command.params
        if parameter.name in NAMES_OF_OUTPUTS
    }
    read = {("audit", "--scores"), ("benchmark add", "--scores"), ("evaluate", "--scores")}
    assert writing - read == set(CASES)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_number_is_bounded(name: str) -> None:
    for parameter in COMMANDS[name].params:
        if parameter.bare_type is int:
            assert parameter.min is not None, parameter.name
            assert parameter.max is not None, parameter.name
        bounded = parameter.name in ("level", "none_error")
        assert parameter.bare_type is not float or bounded, parameter.name


@pytest.mark.parametrize("seed", ["4294967296", "-1", "nan", "inf", "1e3", "9" * 5000])
def test_a_seed_that_is_none_is_wrong_use(whorl: Whorl, seed: str) -> None:
    seeded = [name for name, c in COMMANDS.items() if any(p.name == "seed" for p in c.params)]
    assert {"audit", "run", "task build", "score-set"} <= set(seeded)
    for name in seeded:
        ran = whorl(*name.split(), "--seed", seed)
        assert ran.status == 2
        assert "--seed" in ran.err


@pytest.mark.parametrize("level", ["nan", "inf", "-inf", "0", "1", "-0.1", "1e400"])
def test_a_level_that_is_none_is_wrong_use(whorl: Whorl, level: str) -> None:
    ran = whorl("audit", "--sample", "--level", level)
    assert ran.status == 2
    assert "--level" in ran.err


@pytest.mark.parametrize("name", list(CATALOGUE))
def test_no_method_takes_a_seed_that_is_none(name: str) -> None:
    images = image_set(np.zeros((2, 8, 8), np.uint8), "image")
    view = View(images, images, development=Development(images, images, images))
    for seed in (LARGEST_SEED + 1, -1, 1.5):
        with pytest.raises(WhorlError, match=f"--seed must be a whole number.*not {seed}"):
            CATALOGUE[name].method.score(view, seed=seed)  # type: ignore[arg-type]


@pytest.mark.parametrize("slices", ["9" * 5000 + ":", "1:2:" + "9" * 5000])
def test_a_number_of_thousands_of_digits_is_no_slice(whorl: Whorl, slices: str) -> None:
    ran = whorl("audit", "a", "b", "--slices", slices)
    assert ran.status == 2
    assert "--slices" in ran.err
