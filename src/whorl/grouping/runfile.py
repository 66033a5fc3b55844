"""Run files and truth files of grouping: one ``<image>,<cluster>`` a line.

How the official run file of 2024 looked is not known to us. Written is a file without header, as
the other editions had it, with ids without extension unless one is asked for; read is also one with
the header ``image_id,cluster``, and ids as :mod:`whorl.tasks.names` takes them. A cluster is called
by any text without comma; what it is called means nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from whorl.errors import RunFileError
from whorl.files import write_text
from whorl.tasks.names import advice, matched
from whorl.tasks.tables import IMAGE_ID, Fields, read_table
from whorl.tasks.textfile import first_few

CLUSTER = "cluster"
FORBIDDEN = ',"\n\r'


def write_groups(
    path: Path | str, ids: Sequence[str], clusters: Sequence[str], extension: str = ""
) -> str:
    """Write a run file atomically, and return the SHA-256 of its bytes.

    Parameters
    ----------
    path : path
        The file.
    ids, clusters : sequence of str
        Each image and its cluster.
    extension : str
        What is written behind each id, such as ".png".

    Raises
    ------
    RunFileError
        If an id or a cluster cannot stand in the file: it is empty, has a comma, a quote, a line
        break or outer white space, or an id stands there twice.
    WhorlError
        If the file cannot be written.
    """
    wrong = [text for text in (*ids, *clusters)
             if not text.strip() or text != text.strip() or set(FORBIDDEN) & set(text)]  # fmt: skip
    if wrong:
        raise RunFileError(f"{path}: the run format cannot hold {first_few(wrong)}: rename them")
    if len(set(ids)) < len(ids):
        raise RunFileError(f"{path}: an image is given twice")
    return write_text(
        path, "".join(f"{i}{extension},{c}\n" for i, c in zip(ids, clusters, strict=True))
    )


def read_groups(path: Path | str, ids: Collection[str] | None = None) -> dict[str, str]:
    r"""Return the cluster of each image.

    Parameters
    ----------
    path : path
        A run file.
    ids : collection of str or None
        The images, each of which must have its line, and no other; None = any.

    Raises
    ------
    RunFileError
        Naming the file and the lines or images at fault.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "run.csv"
    >>> _ = file.write_text("generated_1.png,a\ngenerated_2.png,b\n")
    >>> read_groups(file, ["generated_1", "generated_2"])
    {'generated_1': 'a', 'generated_2': 'b'}
    """
    rows = read_table(path, [CLUSTER], RunFileError, bare=True, faults_of=_faults)
    if ids is None:
        return {image_id: fields[CLUSTER] for image_id, fields in rows.items()}
    given = matched(rows, ids).given
    if lacking := [i for i in ids if i not in given]:
        raise RunFileError(
            f"{path}: {len(lacking):,} of {len(ids):,} images have no line: {first_few(lacking)}; "
            + advice(lacking, rows, ids)
        )
    if extra := [text for text in rows if text not in set(given.values())]:
        raise RunFileError(
            f"{path}: {len(extra):,} ids are of no image: {first_few(extra)}: remove their lines"
        )
    return {i: rows[given[i]][CLUSTER] for i in ids}


def _faults(fields: Fields) -> Iterator[str]:
    """Yield a fault where a line names columns instead of an image."""
    if fields[IMAGE_ID] == IMAGE_ID:
        yield "names the columns: expected an image"
