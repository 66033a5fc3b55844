"""What commands print: readable on any terminal, in any encoding, whatever images are called."""

from __future__ import annotations

import codecs
import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from whorl.visible import escaped, visible

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.segment import Segment
    from rich.table import Table

NARROW = 60
"""A terminal of fewer columns has no room for tables."""
REPLACED = "whorl-replaced"
PLAIN = {
    "→": "->", "•": "*", "–": "-", "−": "-", "…": "...", "≤": "<=", "≥": ">=", "×": "x", "·": "-",
    "↑": "up", "↓": "down", "\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ",
}  # fmt: skip
"""What stands for characters of our own that an encoding does not have."""


def make_printable() -> None:
    """Let standard output and error take any text: what their encoding lacks is replaced."""
    codecs.register_error(REPLACED, _replaced)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=REPLACED)


def narrow() -> bool:
    """Tell whether the terminal has no room for tables."""
    return shutil.get_terminal_size().columns < NARROW


def say(text: str, *, err: bool = False) -> None:
    """Print a line on standard output, or error; what cannot be seen stands as an escape."""
    stream = sys.stderr if err else sys.stdout
    stream.write(f"{visible(text)}\n")
    stream.flush()


def console() -> Console:
    """Return a console that prints only what can be seen."""
    from rich.console import Console, RenderHook

    class Hook(RenderHook):
        """Puts each thing that is printed behind a veil that shows what is hidden."""

        def process_renderables(self, renderables: list[Any]) -> list[Any]:
            """Return what is to be printed instead."""
            return [_Visible(renderable) for renderable in renderables]

    made = Console(highlight=False)
    made.push_render_hook(Hook())
    return made


def show_table(to: Console, table: Table) -> None:
    """Print a table; on a narrow terminal its cells one below the other, each with its heading."""
    if to.width >= NARROW:
        to.print(table)
        return

    from rich.text import Text

    def plain(cell: object) -> Text:
        return cell if isinstance(cell, Text) else Text.from_markup(str(cell))

    if table.title:
        to.print(plain(table.title), soft_wrap=True)
    heads = [plain(column.header).plain for column in table.columns]
    for cells in zip(*(column.cells for column in table.columns), strict=True):
        for head, cell in zip(heads, cells, strict=True):
            to.print(Text(f"{head}: " if head else "").append_text(plain(cell)), soft_wrap=True)
        to.print()


class _Visible:
    """Something printable, with escapes for what could not be seen."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Yield the text in pieces."""
        from rich.segment import Segment

        for text, style, control in console.render(self.inner, options):
            yield Segment(text if control else visible(text), style, control)


def _replaced(error: UnicodeError) -> tuple[str, int]:
    """Return what stands for characters that an encoding lacks, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(PLAIN.get(c) or escaped(c) for c in lacking), error.end
