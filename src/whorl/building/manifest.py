"""What is known of images beside their pixels: a CSV file with the column image_id and others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from whorl.errors import WhorlError
from whorl.tasks.names import Matching, advice, matched
from whorl.tasks.tables import IMAGE_ID, read_table
from whorl.tasks.textfile import first_few


class ManifestError(WhorlError):
    """A manifest cannot be used."""


@dataclass(frozen=True)
class Manifest:
    """The lines of a manifest.

    Attributes
    ----------
    path : pathlib.Path
        The file, for messages.
    rows : mapping of str to mapping of str to str
        Image id → column → field, white space around it removed.
    """

    path: Path
    rows: Mapping[str, Mapping[str, str]]

    def column(self, name: str, ids: Sequence[str]) -> tuple[str, ...]:
        """Return a column's field for each of `ids`.

        Raises
        ------
        ManifestError
            If there is no such column, or an image has no line or an empty field.
        """
        columns = [c for c in next(iter(self.rows.values())) if c != IMAGE_ID]
        if name not in columns:
            raise ManifestError(
                f"{self.path}: line 1: no column {name!r}; found {first_few(columns)}"
            )
        given = self.matched(ids).given
        fields = [self.rows[given[i]][name] if i in given else "" for i in ids]
        lacking = [i for i, field in zip(ids, fields, strict=True) if not field]
        if lacking:
            absent = [i for i in lacking if i not in given]
            raise ManifestError(
                f"{self.path}: no {name} for {len(lacking):,} of {len(ids):,} images: "
                f"{first_few(lacking)}; "
                + (advice(absent, self.rows, ids) if absent else "fill the empty fields in")
            )
        return tuple(fields)

    def matched(self, ids: Sequence[str]) -> Matching:
        """Return which line's id means each of `ids`, and a note on those written otherwise."""
        return matched(self.rows, ids)


def read_manifest(path: Path | str) -> Manifest:
    r"""Read a manifest.

    Parameters
    ----------
    path : path
        A CSV file in UTF-8 whose header names image_id and other columns.

    Raises
    ------
    ManifestError
        As :func:`whorl.tasks.tables.read_table` does.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "manifest.csv"
    >>> _ = file.write_text("image_id,finding\nct_1,a\nct_2,b\n")
    >>> read_manifest(file).column("finding", ["ct_2"])
    ('b',)
    """
    return Manifest(Path(path), read_table(path, [], ManifestError))
