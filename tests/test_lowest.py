"""The floors of pyproject.toml: none above what constraints.txt pins, readers of files have one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
READERS = {
    "h5py", "nibabel", "numpy", "pillow", "pydicom", "pyjpegls", "pylibjpeg", "pylibjpeg-openjpeg",
    "pylibjpeg-rle", "python-gdcm", "safetensors", "skops", "tifffile", "torch",
}  # fmt: skip


def versions(text: str) -> dict[str, tuple[int, ...]]:
    pinned = re.findall(r"^([A-Za-z0-9._-]+)==([0-9.]+)", text, re.MULTILINE)
    return {name.lower(): tuple(map(int, version.split("."))) for name, version in pinned}


def test_floors_are_there_and_not_above_what_is_pinned() -> None:
    script = [sys.executable, "scripts/lowest.py", "pyproject.toml"]
    printed = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    floors = versions(printed)
    pinned = versions((ROOT / "constraints.txt").read_text("utf-8"))
    assert set(floors) >= READERS
    assert {name for name in floors if name in pinned and floors[name] > pinned[name]} == set()
    assert floors["skops"] >= (0, 16)
