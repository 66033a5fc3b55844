"""Reading small text files, and reporting all that is wrong with one at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import overload

from whorl.errors import WhorlError

MOST_SHOWN = 20
BYTE_ORDER_MARK = "\ufeff"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SEEN, _INNER = r"""[^\s,"']""", r"""[^,\r\n"']"""
PAIR = rf"^({_SEEN}(?:{_INNER}*{_SEEN})?),({_SEEN}+)"


def read_text(path: Path | str, error: type[WhorlError]) -> str:
    r"""Return the text of a UTF-8 file, with its line endings as they are.

    Parameters
    ----------
    path : path
        The file.
    error : type of WhorlError
        What to raise when it cannot be read.

    Raises
    ------
    WhorlError
        Of the given type, naming the file: if it is absent, binary or in another encoding.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "run.csv"
    >>> _ = file.write_bytes(b"a,1\r\n")
    >>> read_text(file, WhorlError)
    'a,1\r\n'
    """
    try:
        raw = Path(path).read_bytes()
    except OSError as fault:
        raise error(f"{path}: cannot be read: {fault.strerror or fault}") from fault
    if raw.startswith(UTF_16_MARKS):
        raise error(f"{path}: is UTF-16 text; save it as CSV in UTF-8")
    if b"\0" in raw:
        raise error(f"{path}: is a binary file; expected CSV text in UTF-8")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        raise error(f"{path}: line {line}: is not UTF-8 text; save the file as UTF-8") from fault


def plain_pairs(text: str, more: int = 0) -> list[tuple[str, str]] | None:
    r"""Return the first two fields of each line, None unless all lines are as plain as can be.

    Plain are fields with commas between them, the first two not empty and without outer white
    space, none with quotes, and a line feed at the end. Of a million lines that is told in a
    fraction of the time in which each is looked at for what is wrong with it.

    Parameters
    ----------
    text : str
        What the file holds.
    more : int
        How many fields each line has beside the first two.

    Examples
    --------
    >>> plain_pairs("a,1\nb c,0\n"), plain_pairs("a,1,\nb,0,x\n", more=1)
    ([('a', '1'), ('b c', '0')], [('a', '1'), ('b', '0')])
    >>> plain_pairs("a,1\nb,0 \n"), plain_pairs("a,1,b\n1\n"), plain_pairs("")
    (None, None, None)
    """
    rest = rf"(?:,{_INNER}*){{{more}}}" if more else ""
    pairs: list[tuple[str, str]] = re.findall(rf"{PAIR}{rest}$", text, re.MULTILINE)
    lines = text.count("\n") + (not text.endswith("\n"))
    return pairs if len(pairs) == lines else None


class Told(Sequence[str]):
    """Problems that are put into words only when somebody reads them: a file may have millions.

    Parameters
    ----------
    count : int
        How many there are.
    said : callable
        ``said(k)``: the words for problem k.

    Examples
    --------
    >>> problems = Told(2, lambda k: f"line {k + 1}: is empty")
    >>> len(problems), problems[0], problems[:5]
    (2, 'line 1: is empty', ['line 1: is empty', 'line 2: is empty'])
    """

    def __init__(self, count: int, said: Callable[[int], str]) -> None:
        self._places, self._said = range(count), said

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> list[str]: ...

    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, int):
            return self._said(self._places[place])
        return [self._said(k) for k in self._places[place]]


def raise_problems(path: Path | str, problems: Sequence[str], error: type[WhorlError]) -> None:
    """Raise one error that lists a file's problems; do nothing if there are none.

    Parameters
    ----------
    path : path
        The file at fault.
    problems : sequence of str
        One line each, in the order of the file. The first 20 are shown, the rest counted.
    error : type of WhorlError
        What to raise.

    Examples
    --------
    >>> raise_problems("run.csv", ["line 2: is empty: remove it"], WhorlError)
    Traceback (most recent call last):
    whorl.errors.WhorlError: run.csv: line 2: is empty: remove it
    """
    if not problems:
        return
    if len(problems) == 1:
        raise error(f"{path}: {problems[0]}")
    lines = [f"{path}: {len(problems):,} problems", *problems[:MOST_SHOWN]]
    if len(problems) > MOST_SHOWN:
        lines.append(f"and {len(problems) - MOST_SHOWN:,} more")
    raise error("\n  ".join(lines))


def shown(text: str, most: int = 60) -> str:
    r"""Quote what a file holds for a message: control characters escaped, long text cut.

    Examples
    --------
    >>> shown("a\tb"), shown("x" * 100, most=10)
    ("'a\\tb'", "'xxxxxxxxxx…'")
    """
    return repr(text if len(text) <= most else text[:most] + "…")


def first_few(names: Sequence[str], most: int = 5) -> str:
    """Join the first few names for a message and count the rest.

    Examples
    --------
    >>> first_few(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    rest = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(shown(name) for name in names[:most]) + rest
