"""What is printed can be read: in any encoding, at any width, whatever images are called."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import Whorl

COMMAND = [sys.executable, "-c", "import sys; sys.argv[0] = 'whorl'; "
           "from whorl.cli.start import main; main()"]  # fmt: skip


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_what_an_encoding_lacks_is_replaced(encoding: str, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONIOENCODING": encoding, "COLUMNS": "100"}
    listed = subprocess.run([*COMMAND, "methods"], env=environment, capture_output=True, check=True)
    assert "vcmi-1" in listed.stdout.decode(encoding)
    name = "脳\udcff\u202e→"
    wrong = subprocess.run(
        [*COMMAND, "validate", name, "--test", str(tmp_path)],
        env=environment, capture_output=True, check=False,
    )  # fmt: skip
    assert wrong.returncode == 1
    assert "Traceback" not in wrong.stderr.decode(encoding)


def test_names_that_deceive_are_shown_with_escapes(whorl: Whorl, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    names = ["\u200b", "a\u202egnp", "\u3164", "plain"]
    for folder in ("generated", "candidates"):
        (tmp_path / folder).mkdir()
        for name in names:
            pixels = rng.integers(0, 256, (16, 16), np.uint8)
            Image.fromarray(pixels).save(tmp_path / folder / f"{name}.png")
    ran = whorl("audit", tmp_path / "generated", tmp_path / "candidates", "--method",
                "nearest-ssim", "--out", tmp_path / "out", "-q")  # fmt: skip
    assert ran.status == 0
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    for text in (page, ran.out, ran.err):
        assert not {"\u200b", "\u202e", "\u3164"} & set(text)
    for shown in (r"\u200b", r"a\u202egnp", r"\u3164"):
        assert shown in page or shown.replace("\\", "\\\\") in page
    wrong = whorl("validate", tmp_path / "\u202erun.csv", "--test", tmp_path)
    assert "\u202e" not in wrong.err


@pytest.mark.parametrize(
    ("words", "told"),
    [(["methods"], "name: vcmi-1\n"), (["--help"], "--help"), (["task", "show", "-h"], "--out")],
)
def test_a_narrow_terminal_gets_a_plain_layout(
    whorl: Whorl, monkeypatch: pytest.MonkeyPatch, words: list[str], told: str
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    ran = whorl(*words)
    assert told in ran.out
    assert not set("│╭─━┃|") & set(ran.out)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
@pytest.mark.parametrize("delay", [0.0, 0.1, 0.2, 0.3])
def test_ctrl_c_at_the_start_ends_without_a_traceback(delay: float) -> None:
    script = (
        "import os, signal, sys; from whorl.cli import start; sys.argv = ['whorl', 'methods']; "
        "signal.signal(signal.SIGINT, start._leave); os.write(2, b'begun'); start.main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    assert process.stderr.read(5) == b"begun"
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert b"Traceback" not in told
    assert process.returncode in (130, 0)
