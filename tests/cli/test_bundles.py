"""Bundles: options that several commands share, as one parameter of each."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from tests.cli.conftest import Whorl
from whorl.cli.bundles import bundled

Depth = Annotated[int, typer.Option(min=1, help="How deep.")]


@dataclass(frozen=True)
class Digging:
    depth: Depth = 3
    wide: Annotated[bool, typer.Option("--wide")] = False

    def __post_init__(self) -> None:
        if self.wide and self.depth > 5:
            raise typer.BadParameter("too deep to be wide", param_hint="--depth")


@bundled
def dig(
    where: Annotated[str, typer.Argument()],
    *,
    digging: Digging,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Dig a hole."""
    typer.echo(f"{where} {digging} {seed}")


def test_a_bundle_s_fields_stand_in_its_place_with_their_defaults() -> None:
    parameters = inspect.signature(dig).parameters
    assert {name: p.default for name, p in parameters.items()} == {
        "where": inspect.Parameter.empty, "depth": 3, "wide": False, "seed": 0,
    }  # fmt: skip
    assert parameters["depth"].annotation == Depth
    assert (dig.__name__, dig.__doc__) == ("dig", "Dig a hole.")


@pytest.mark.parametrize(
    ("words", "out"),
    [
        (["here"], "here Digging(depth=3, wide=False) 0\n"),
        (["here", "--wide", "--seed", "2", "--depth", "5"], "here Digging(depth=5, wide=True) 2\n"),
    ],
)
def test_a_command_is_handed_the_bundle(words: list[str], out: str) -> None:
    app = typer.Typer()
    app.command()(dig)
    ran = CliRunner().invoke(app, words)
    assert (ran.exit_code, ran.output) == (0, out)


def test_what_a_bundle_refuses_is_a_usage_error() -> None:
    app = typer.Typer()
    app.command()(dig)
    ran = CliRunner().invoke(app, ["here", "--wide", "--depth", "6"])
    assert ran.exit_code == 2
    assert "too deep to be wide" in ran.output


def test_two_options_of_one_name_are_refused() -> None:
    def twice(*, digging: Digging, depth: Depth = 1) -> None:
        """Take the depth twice."""

    with pytest.raises(ValueError, match="duplicate parameter name: 'depth'"):
        bundled(twice)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["--window", "40"], "--window"),
        (["--workers", 2, "--device", "cuda"], "give one of --device, --scheduler and --workers"),
    ],
)
@pytest.mark.parametrize("command", ["audit", "run", "fit"])
def test_wrong_use_of_a_shared_option_ends_each_command_before_it_starts(
    whorl: Whorl, tmp_path: Path, command: str, words: list[object], fault: str
) -> None:
    needed: dict[str, tuple[object, ...]] = {
        "audit": (tmp_path / "absent", tmp_path / "absent"),
        "run": ("vcmi-2", "--test", tmp_path / "absent", "--out", tmp_path / "run.csv"),
        "fit": ("blind", "--development", tmp_path / "absent", "--out", tmp_path / "model"),
    }
    ran = whorl(command, *needed[command], *words)
    assert ran.status == 2
    assert fault in " ".join(ran.err.replace("│", " ").split())
