"""Threads sleep while they wait: torch reads that from the environment when it is first loaded."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

FIRST_LOAD = """
import importlib.abc, os, sys

class Watch(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "torch":
            print(os.environ.get("OMP_WAIT_POLICY"))
            raise SystemExit(0)

sys.meta_path.insert(0, Watch())
import numpy as np
from whorl.generators import KINDS
from whorl.generators.base import State
"""


@pytest.mark.parametrize("kind", ["latent-diffusion", "diffusion", "gan"])
@pytest.mark.parametrize(
    "use",
    [
        "KINDS[kind]().start(np.arange(2048, dtype=np.uint8).reshape(2, 32, 32), 0)",
        "KINDS[kind]().restored(State({}, {'size': [32, 32]}))",
    ],
)
def test_the_wish_is_there_before_torch_is(kind: str, use: str) -> None:
    code = f"{FIRST_LOAD}\nkind = {kind!r}\n{use}"
    fresh = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=fresh, check=False
    )
    assert ran.stdout == "passive\n", ran.stderr
