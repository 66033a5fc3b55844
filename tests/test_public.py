"""The public names, at the root of the package."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

import whorl


@pytest.mark.parametrize("name", whorl.__all__)
def test_every_public_name_is_there_and_is_what_its_home_holds(name: str) -> None:
    value = getattr(whorl, name)
    home = whorl._HOME.get(name, "whorl.version")
    assert value is getattr(import_module(home), name)
    assert name in dir(whorl)


def test_the_listed_names_and_their_homes_agree() -> None:
    assert set(whorl._HOME) == set(whorl.__all__) - {"__version__"}


def test_another_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'guess'"):
        whorl.guess  # noqa: B018


def test_names_are_imported_when_asked_for() -> None:
    code = "import sys, whorl; whorl.Compute; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "whorl.compute" in loaded
    assert not {"numpy", "whorl.auditing"} & set(loaded)
