from pathlib import Path

import pytest

from hard.commands import COMMANDS, Command, differences, draw, outputs
from hard.process import environment, run


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw(tmp_path_factory.mktemp("commands") / "given")


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_killed_when_all_is_done_can_be_given_again(
    command: Command, given: Path, tmp_path: Path
) -> None:
    words, env = command.words(given, tmp_path / "out"), environment(tmp_path)
    assert run(*words, env=env).status == 0
    finished = outputs(tmp_path / "out")
    again = run(*words, *command.again, env=env)
    assert (again.status, differences(outputs(tmp_path / "out"), finished)) == (0, "")
