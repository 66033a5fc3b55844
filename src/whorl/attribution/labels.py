"""Which subset each image belongs to: by sub-folder, by table, or by patient."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from whorl.attribution.view import Labelled, SubsetError
from whorl.images import ImageSet
from whorl.tasks.names import advice, matched
from whorl.tasks.patients import FOLDER, PATIENT
from whorl.tasks.pseudonyms import pseudonymous
from whorl.tasks.tables import read_table
from whorl.tasks.textfile import first_few

SUBSET = "subset"
PREFIXES = ("generated_", "gen_", "real_")


def labelled(images: ImageSet, given: Path | str = FOLDER) -> Labelled:
    """Return the images with the subset of each.

    Parameters
    ----------
    images : ImageSet
        Real images, or generated ones whose subsets are known.
    given : path or str
        "folder", for the sub-folder an image lies in, the uppermost where they are nested;
        "patient", for whose it is, by pseudonym where patients came out of files' headers; or a
        CSV file with the columns image_id and subset. Ids in a table are read as
        :func:`whorl.tasks.names.matched` reads them.

    Raises
    ------
    SubsetError
        If an image has no subset, naming the first of them, or a name cannot be one.

    Examples
    --------
    >>> import numpy as np
    >>> images = ImageSet(("t1/a", "t2/a"), np.zeros((2, 8, 8), np.uint8), "reals")
    >>> labelled(images).subsets
    ('t1', 't2')
    >>> labelled(images, "patient")
    Traceback (most recent call last):
    whorl.attribution.view.SubsetError: reals: whose the images are is not known: ...
    """
    if given == FOLDER:
        return Labelled(images, _by_folder(images))
    if given == PATIENT:
        return Labelled(images, _by_patient(images))
    if str(given).lower().endswith(".csv") or Path(given).is_file():
        return Labelled(images, _by_table(images, Path(given)))
    raise SubsetError(f"--subsets {given}: is neither folder nor patient, nor a CSV file")


def renamed(found: Labelled, names: Sequence[str]) -> Labelled:
    """Return labels under the names that the reals' subsets have.

    A sub-folder of generated images may be called as that of its reals, or so with "generated_" or
    "gen_" before it, or in place of "real_". How the 2025 task calls its folders is not published.

    Examples
    --------
    >>> import numpy as np
    >>> made = ImageSet(("gen_t1/a", "gen_t2/a"), np.zeros((2, 8, 8), np.uint8), "generated")
    >>> renamed(labelled(made), ["t1", "real_t2"]).subsets
    ('t1', 'real_t2')
    """
    bare = {_bare(name): name for name in names}
    meant = {name: name if name in names else bare.get(_bare(name), name) for name in found.names}
    return Labelled(found.images, tuple(meant[name] for name in found.subsets))


def _bare(name: str) -> str:
    """Return a folder's name without what says that its images are real or generated."""
    prefix = next((p for p in PREFIXES if name.startswith(p) and name != p), "")
    return name.removeprefix(prefix)


def _by_folder(images: ImageSet) -> tuple[str, ...]:
    """Return the uppermost folder of each image's id."""
    lacking = [i for i in images.ids if "/" not in i]
    if lacking:
        raise SubsetError(
            f"{images.name}: no sub-folder holds {len(lacking):,} of {len(images):,} images: "
            f"{first_few(lacking)}; give a folder with a sub-folder for each subset, or --subsets "
            "CSV, a table of image_id and subset"
        )
    return tuple(i.split("/")[0] for i in images.ids)


def _by_patient(images: ImageSet) -> tuple[str, ...]:
    """Return each image's patient, as outputs show it."""
    if images.patients is None:
        raise SubsetError(
            f"{images.name}: whose the images are is not known: --subsets patient needs "
            "--patients, or DICOM files, which say it"
        )
    return pseudonymous(images).patients or ()


def _by_table(images: ImageSet, path: Path) -> tuple[str, ...]:
    """Look each image up."""
    table = read_table(path, [SUBSET], SubsetError)
    written = matched(table, images.ids).given
    lacking = [i for i in images.ids if i not in written]
    if lacking:
        raise SubsetError(
            f"{images.name}: no subset stands in {path} for {len(lacking):,} of {len(images):,} "
            f"images: {first_few(lacking)}; {advice(lacking, [*table], images.ids)}"
        )
    return tuple(table[written[i]][SUBSET] for i in images.ids)
