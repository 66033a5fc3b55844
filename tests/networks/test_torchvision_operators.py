from __future__ import annotations

import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

from whorl.networks import torchvision_operators


def test_torchvision_and_timm_are_imported_in_a_process_of_their_own() -> None:
    code = (
        "from whorl.networks.torchvision_operators import torchvision\n"
        "from torch import ops\n"
        "print(torchvision().__name__, torchvision().transforms.Resize(8))\n"
        "import timm\n"
        "print(timm.create_model('test_resnet').num_features, ops.torchvision.nms)\n"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert out.startswith("torchvision Resize(size=8")
    assert "96 torchvision.nms" in out


def test_operators_are_declared_only_where_the_import_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, calls = ModuleType("torchvision"), list[str]()

    def works(*_: Any) -> ModuleType:
        calls.append("import")
        return whole

    monkeypatch.setattr(torchvision_operators, "imported", works)
    monkeypatch.setattr(torchvision_operators, "ready", lambda: pytest.fail("declared"))
    assert torchvision_operators.torchvision() is whole
    assert calls == ["import"]


def test_another_failure_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> ModuleType:
        raise RuntimeError("out of luck")

    monkeypatch.setattr(torchvision_operators, "imported", fails)
    with pytest.raises(RuntimeError, match="out of luck"):
        torchvision_operators.torchvision()
