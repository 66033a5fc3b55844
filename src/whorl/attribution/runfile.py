"""Run files and truth files of subsets: one ``<id>,<subset>`` a line, no header.

Which format the 2025 task takes for its second subtask is not published; this is the one of its
first subtask with a subset in place of 0 and 1. "none" answers that an image is of no subset.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from whorl.attribution.view import NONE
from whorl.errors import RunFileError
from whorl.files import write_text
from whorl.tasks.names import advice, matched
from whorl.tasks.textfile import BYTE_ORDER_MARK, first_few, raise_problems, read_text, shown

LINE = "'<id>,<subset>'"


def write_subsets(path: Path | str, ids: Sequence[str], subsets: Sequence[str]) -> str:
    r"""Write a run file of subsets atomically, and return the SHA-256 of its bytes.

    Parameters
    ----------
    path : path
        The file.
    ids : sequence of str
        Of the generated images.
    subsets : sequence of str
        One for each; "none" for an image of no subset.

    Raises
    ------
    RunFileError
        If the format cannot hold an id: it has a comma, a line break or outer white space.
    WhorlError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "run.csv"
    >>> _ = write_subsets(file, ["g_1", "g_2"], ["t1", "none"])
    >>> file.read_text(encoding="utf-8")
    'g_1,t1\ng_2,none\n'
    """
    bad = [i for i in ids if not i or i != i.strip() or any(c in i for c in ",\r\n")]
    if bad:
        raise RunFileError(f"{path}: the format cannot hold the ids {first_few(bad)}")
    pairs = zip(ids, subsets, strict=True)
    return write_text(path, "".join(f"{i},{subset}\n" for i, subset in pairs))


def read_subsets(path: Path | str, known: Collection[str] | None = None) -> dict[str, str]:
    r"""Return what a run file or a truth file says: id → subset.

    Parameters
    ----------
    path : path
        The file, in UTF-8.
    known : collection of str, optional
        The subsets that there are; any beside them and "none" is then a fault.

    Raises
    ------
    RunFileError
        Naming the file and every line at fault (20 shown, the rest counted).

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "run.csv"
    >>> _ = file.write_text("g_1,t1\ng_2, none\n")
    >>> read_subsets(file)
    {'g_1': 't1', 'g_2': 'none'}
    >>> read_subsets(file, ["t2"])
    Traceback (most recent call last):
    whorl.errors.RunFileError: ...run.csv: line 1: 't1' is none of the subsets 't2'
    """
    text = read_text(path, RunFileError).removeprefix(BYTE_ORDER_MARK)
    subsets: dict[str, str] = {}
    first: dict[str, int] = {}
    problems = []
    for number, line in enumerate(text.splitlines(), 1):
        fields = [field.strip() for field in line.split(",")]
        if len(fields) != 2 or not all(fields):
            problems.append(f"line {number}: expected {LINE}, found {shown(line)}")
            continue
        image_id, subset = fields
        if image_id in first:
            problems.append(
                f"line {number}: {shown(image_id)} was already given on line {first[image_id]}"
            )
        elif known is not None and subset != NONE and subset not in known:
            problems.append(
                f"line {number}: {shown(subset)} is none of the subsets {first_few([*known])}"
            )
        first.setdefault(image_id, number)
        subsets.setdefault(image_id, subset)
    if not subsets and not problems:
        problems.append(f"is empty: expected one line {LINE} for each image")
    raise_problems(path, problems, RunFileError)
    return subsets


def aligned(run: Mapping[str, str], truth: Mapping[str, str], path: Path | str) -> list[str]:
    """Return what a run says of each image of the truth, in the truth's order.

    Ids are read with or without an image file's extension.

    Raises
    ------
    RunFileError
        If an image has no line, or a line is of no image of the truth.

    Examples
    --------
    >>> aligned({"g_2.png": "a", "g_1.png": "b"}, {"g_1": "a", "g_2": "a"}, "run.csv")
    ['b', 'a']
    """
    found = matched(run, truth).given
    lacking = [i for i in truth if i not in found]
    if lacking:
        raise RunFileError(
            f"{path}: {len(lacking):,} of {len(truth):,} images have no line: "
            f"{first_few(lacking)}; {advice(lacking, [*run], [*truth])}"
        )
    extra = [i for i in run if i not in set(found.values())]
    if extra:
        raise RunFileError(
            f"{path}: {len(extra):,} lines are of no image of the truth: {first_few(extra)}"
        )
    return [run[found[i]] for i in truth]
