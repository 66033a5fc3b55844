"""The ``whorl`` command: its sub-commands, and what becomes of errors.

Exit status: 0 fine, 1 the input is at fault, 2 the command was used wrongly, 3 the outcome is one
that --fail-on names, 130 interrupted.
"""

from __future__ import annotations

import signal
from typing import Annotated

import typer

from whorl.cli.attribute import attribute
from whorl.cli.audit import audit
from whorl.cli.benchmark import benchmark
from whorl.cli.cache import cache
from whorl.cli.evaluate import evaluate, validate
from whorl.cli.evaluate_subsets import evaluate_subsets
from whorl.cli.export import export
from whorl.cli.fit import fit
from whorl.cli.generator import generator
from whorl.cli.group import group
from whorl.cli.leaderboard import leaderboard
from whorl.cli.methods import methods
from whorl.cli.pretrain import pretrain
from whorl.cli.reproduce import reproduce
from whorl.cli.run import run
from whorl.cli.score_set import score_set
from whorl.cli.task import task
from whorl.cli.terminal import make_printable, narrow, say
from whorl.cli.verify import verify
from whorl.errors import WhorlError
from whorl.version import __version__

app = typer.Typer(
    name="whorl",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    """Print the version and stop."""
    if asked:
        say(f"whorl {__version__}")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Tell which real images a generator was trained on."""


app.command()(audit)
app.command()(verify)
app.command(name="score-set")(score_set)
app.command()(methods)
app.command()(fit)
app.command()(run)
app.command()(pretrain)
app.command()(validate)
app.command()(evaluate)
app.command()(attribute)
app.command("evaluate-subsets")(evaluate_subsets)
app.command()(leaderboard)
app.add_typer(benchmark, name="benchmark")
app.add_typer(reproduce, name="reproduce")
app.add_typer(export, name="export")
app.add_typer(generator, name="generator")
app.add_typer(task, name="task")
app.add_typer(group, name="group")
app.add_typer(cache, name="cache")


def main() -> None:
    """Run the command line; say what is wrong in plain words, without a traceback."""
    make_printable()
    app.rich_markup_mode = None if narrow() else "rich"
    before = signal.signal(signal.SIGTERM, _ended)
    try:
        app()
    except WhorlError as error:
        fail(str(error))
    except MemoryError:
        fail("the memory does not suffice")
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        fail(f"{where}{error.strerror or error}")
    finally:
        signal.signal(signal.SIGTERM, before)


def _ended(number: int, _frame: object) -> None:
    """End as after an error, so that temporary folders are removed."""
    raise SystemExit(128 + number)


def fail(message: str) -> None:
    """Print a message on standard error and exit with status 1."""
    say(f"whorl: {message}", err=True)
    raise SystemExit(1)
