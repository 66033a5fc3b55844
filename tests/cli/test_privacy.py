"""What is written says nothing of the machine: neither the user's home nor the working folder."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Whorl
from whorl.files import without_paths

HOME, WORK = "Zyxwvut its home", "Qponmlk-work"


@pytest.fixture
def home(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home with the task in it; the working folder lies within."""
    home = tmp_path / HOME
    (home / WORK).mkdir(parents=True)
    folder.rename(home / "task")
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("WHORL_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(home / WORK)
    return home


def contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes of all files below a path, and of those within zips."""
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    for file in files:
        yield from unpacked(file.name, file.read_bytes())


def unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                yield from unpacked(f"{name}/{member.filename}", archive.read(member))


def leaking(path: Path) -> set[str]:
    return {
        name
        for name, content in contents(path)
        for word in ("Zyxwvut", "Qponmlk")
        if word.encode() in content or word.encode() in name.encode()
    }


def test_a_leak_would_be_found(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("note", f"x{HOME}x")
    with zipfile.ZipFile(tmp_path / "outer.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.zip", inner.getvalue())
    assert leaking(tmp_path) == {"outer.zip/inner.zip/note"}


def test_no_output_names_the_home_or_the_working_folder(
    whorl: Whorl, home: Path, tmp_path: Path
) -> None:
    out, task = tmp_path / "out", home / "task"
    test = task / "test"
    (test / "real_unknown_1" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    (test / "real_unknown_1" / "notes.txt").write_text("")
    audited = whorl("audit", test / "generated_1", test / "real_unknown_1", "--reference",
                    task / "reference", "--method", "nearest-ssim", "--skip-unreadable", "-q",
                    "--out", out / "audit")  # fmt: skip
    assert audited.status == 0
    (test / "real_unknown_1" / "broken.png").unlink()
    ids = (test / "real_unknown_1").glob("*.png")
    listed = home / WORK / "list.csv"
    rows = [f"{path}\n" for path in (*ids, task / "reference" / next(iter(names(task))))]
    listed.write_text("path\n" + "".join(rows))
    commands: list[list[object]] = [
        ["audit", test / "generated_1", listed, "--method", "nearest-ssim", "--out",
         out / "listed"],
        ["fit", "blind", "--development", task, "--out", out / "model", "--folds", "2"],
        ["run", out / "model", "--test", task, "--out", out / "run.csv", "--scores",
         out / "s.csv"],
        ["evaluate", out / "run.csv", "--truth", task / "truth.csv", "--scores", out / "s.csv",
         "--csv", out / "e.csv", "--md", out / "e.md", "--roc", out / "e.svg"],
        ["export", "codabench", task, "--start", "2026-01-01", "--out", out / "bundle.zip"],
        ["task", "build", test / "real_unknown_1", "--development", "4", "--test", "8",
         "--generated", "4", "--generator", "pca-diffusion", "--train", "12", "--steps", "2",
         "--patients", r"^(.*\d)$", "--out", out / "built", "-q"],
        ["task", "show", task, "--out", out / "sheet.png"],
        ["reproduce", "imageclef2023", "--out", out / "paper"],
    ]  # fmt: skip
    for command in commands:
        ran = whorl(*command)
        assert ran.status == 0, (command, ran.err)
    assert leaking(out) == set()


@pytest.mark.slow
def test_no_result_of_a_benchmark_names_the_home_or_the_working_folder(
    whorl: Whorl, home: Path, tmp_path: Path
) -> None:
    out, task = tmp_path / "out", home / "task"
    commands: list[list[object]] = [
        ["benchmark", task, "--methods", "nearest-ssim,copy-embedding", "--weights",
         home / "none.pt", "--out", out / "board"],
        ["leaderboard", out / "board", "--html", out / "b.html", "--csv", out / "b.csv"],
    ]  # fmt: skip
    for command in commands:
        assert whorl(*command).status == 0, command
    assert any((out / "board" / "failures").rglob("*.json"))
    assert leaking(out) == set()


def names(task: Path) -> list[str]:
    return sorted(path.name for path in (task / "reference").iterdir())


def test_paths_are_cut_to_their_names(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert without_paths(f"{home}/a b/x.png: cannot be read") == "a b/x.png: cannot be read"
    assert without_paths(f"in {home / WORK / 'x'} and {home}: no") == "in x and : no"
    monkeypatch.delenv("HOME")
    assert without_paths("/data/x.png") == "x.png"
