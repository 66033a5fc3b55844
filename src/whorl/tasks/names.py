"""Ids as people write them: which image is meant, and what to say where that cannot be told.

An image's id is its file's name without extension, with the folders above it where a set has
sub-folders. Tables come with ``.png`` behind the name, with a folder before it, or in another
Unicode form; that is read as it is meant where just one image can be. Other spellings (capitals,
leading zeros, characters that look alike) are never taken for each other, only hinted at.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from whorl.images.kinds import ENDINGS
from whorl.tasks.lookalikes import look, lookalike, unicode_form
from whorl.tasks.textfile import first_few, shown

HINTS = 2
UNPLAIN = re.compile(r"""[./\\'"]""")
LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
Parts = tuple[str, ...]


@dataclass(frozen=True)
class Matching:
    """Which of the given ids means which of the wanted.

    Attributes
    ----------
    given : mapping of str to str
        Wanted id → the given id that means it; those that none means are not in it.
    note : str
        How ids were read that are written otherwise; empty if none is.
    """

    given: Mapping[str, str]
    note: str = ""


def matched(given: Collection[str], wanted: Collection[str]) -> Matching:
    """Find the ids of images among ids as somebody wrote them.

    An id that is given exactly is taken. Else one that differs in no more than an image file's
    extension or the Unicode form; else one that has more folders before it, or fewer, if only one
    wanted id ends so and only one given id means it. Folders are passed over only where no other
    wanted id has the same name.

    Parameters
    ----------
    given : collection of str
        Ids as they stand in a file.
    wanted : collection of str
        The images' ids.

    Returns
    -------
    Matching
        What was found; given ids that mean no image, or may mean several, are left alone.

    Examples
    --------
    >>> found = matched(["data/ct_1.png", "ct_2"], ["ct_1", "ct_2", "ct_3"])
    >>> found.given
    {'ct_2': 'ct_2', 'ct_1': 'data/ct_1.png'}
    >>> found.note
    '1 of 3 ids is written otherwise and was read as meant: with an extension (1), in a folder (1)'
    >>> matched(["slice_1.png"], ["p1/slice_1", "p2/slice_1"]).given
    {}
    """
    written = given if isinstance(given, Mapping | set | frozenset) else set(given)
    found = {i: i for i in wanted if i in written}
    if len(found) == len(wanted):
        return Matching(found)
    names = Names(wanted)
    claims: dict[str, dict[bool, list[str]]] = defaultdict(lambda: {True: [], False: []})
    for text in given:
        meant = None if text in names.wanted else names.meant(text)
        if meant is not None and meant not in found:
            claims[meant][_parts(text) == _parts(meant)].append(text)
    otherwise = {}
    for image_id, claim in claims.items():
        best = claim[True] or claim[False]
        if len(best) == 1:
            otherwise[image_id] = best[0]
    return Matching(found | otherwise, _note(otherwise, len(names.wanted)))


class Names:
    """The ids that are wanted, found again when they are written otherwise.

    Parameters
    ----------
    wanted : iterable of str
        The images' ids.

    Examples
    --------
    >>> names = Names(["p1/ct_001", "p2/ct_001", "p2/ct_002"])
    >>> names.meant("ct_002.png"), names.meant("ct_001.png"), names.meant("CT_2")
    ('p2/ct_002', None, None)
    >>> names.near("CT_2")
    'p2/ct_002'
    """

    def __init__(self, wanted: Iterable[str]) -> None:
        self.wanted = dict.fromkeys(wanted)

    def meant(self, text: str) -> str | None:
        """Return the one id that a text means, None if it means none, or may mean several."""
        if text in self.wanted:
            return text
        several = self.possible(text)
        return several[0] if len(several) == 1 else None

    def possible(self, text: str) -> list[str]:
        """Return all ids that a text may mean, apart from extension, Unicode form and folders."""
        parts = _parts(text)
        if same := self._by_path.get(parts):
            return same
        fewer = self._by_tail.get(parts, [])
        if not any(parts[k:] in self._by_path for k in range(1, len(parts))):
            return fewer
        name = parts[-1:]
        return list(
            {i: i for i in fewer + self._by_path.get(name, []) + self._by_tail.get(name, [])}
        )

    def near(self, text: str) -> str | None:
        """Return the id that a text means, or is like however it is misspelled; None if none."""
        if text in self.wanted:
            return text
        parts = _parts(text.strip("'\""))
        if len(parts) == 1 and parts[0] in self.wanted:
            return parts[0]
        alike, alone = self._by_look.get(_misspelled(parts), (None, True))
        return alike if alone else self.meant(text) or alike

    def near_to_any(self, texts: Collection[str]) -> set[str]:
        """Return the ids that are near to some text, of millions in one go."""
        found = set()
        for text, left in zip(texts, _looks(texts), strict=True):
            alike, alone = self._by_look.get(left, (None, False))
            if not alone or text in self.wanted:
                alike = self.near(text)
            if alike is not None:
                found.add(alike)
        return found

    @cached_property
    def _by_path(self) -> dict[Parts, list[str]]:
        """Folders and name → the ids that have them."""
        found: dict[Parts, list[str]] = {}
        for image_id in self.wanted:
            found.setdefault(_parts(image_id), []).append(image_id)
        return found

    @cached_property
    def _by_tail(self) -> dict[Parts, list[str]]:
        """The last of the folders and the name → the ids that have more folders before them."""
        found: dict[Parts, list[str]] = {}
        for parts, ids in self._by_path.items():
            for k in range(1, len(parts)):
                found.setdefault(parts[k:], []).extend(ids)
        return found

    @cached_property
    def _by_look(self) -> dict[str, tuple[str, bool]]:
        """What remains of a misspelled name → the first id of it, and whether there is no other."""
        found: dict[str, tuple[str, bool]] = {}
        for image_id, left in zip(self.wanted, _looks(self.wanted), strict=True):
            found[left] = (found[left][0], False) if left in found else (image_id, True)
        return found


def advice(lacking: Sequence[str], given: Collection[str], wanted: Collection[str]) -> str:
    """Say what to do about ids that were not found: what stands there in their place.

    Parameters
    ----------
    lacking : sequence of str
        Wanted ids that no given one means; at least one.
    given : collection of str
        The ids as they are written.
    wanted : collection of str
        All ids that are wanted.

    Examples
    --------
    >>> advice(["ct_001"], ["CT_1"], ["ct_001"])
    "'CT_1' is written where 'ct_001' is expected: write ids as the images are called"
    >>> advice(["a/x", "b/x"], ["x.png"], ["a/x", "b/x"])
    "'x.png' may mean 'a/x', 'b/x': write the folder too"
    >>> advice(["ct_001"], ["img7"], ["ct_001"])
    "found 'img7': an id is the name of the image's file, without extension"
    """
    names = Names(wanted)
    extra = [text for text in given if text not in names.wanted]
    if not extra:
        return "add a line for each"
    written = Names(extra)
    for image_id in lacking[:HINTS]:
        text = next(iter(written.possible(image_id)), None) or written.near(image_id)
        if text is None:
            continue
        several = names.possible(text)
        if len(several) > 1:
            return f"{shown(text)} may mean {first_few(several)}: write the folder too"
        if several and len(written.possible(image_id)) > 1:
            both = first_few(written.possible(image_id))
            return f"{both} may all mean {shown(image_id)}: leave one"
        why = lookalike(text, image_id)
        return (
            f"{shown(text)} is written where {shown(image_id)} is expected"
            + (f" ({why})" if why else "")
            + ": write ids as the images are called"
        )
    return (
        f"found {first_few(extra, HINTS)}: an id is the name of the image's file, without extension"
    )


def extension(image_id: str) -> str:
    """Return the image extension that an id ends with, empty if none.

    Examples
    --------
    >>> extension("ct_1.PNG"), extension("scan.nii.gz"), extension("1.2.840.10")
    ('.PNG', '.nii.gz', '')
    """
    stem, dot, _ = image_id.rpartition(".")
    if dot:
        for start in (stem.rfind("."), len(stem)):
            if start >= 0 and image_id[start:].lower() in ENDINGS:
                return image_id[start:]
    return ""


def _parts(text: str) -> Parts:
    """Return folders and name, without extension, in one Unicode form."""
    if text.isascii() and "/" not in text and "\\" not in text:
        return (text.removesuffix(extension(text)) if "." in text else text,)
    path = unicodedata.normalize("NFC", text).replace("\\", "/")
    *folders, name = path.split("/") if "/" in path else (path,)
    return (*(f for f in folders if f not in ("", ".")), name.removesuffix(extension(name)))


def _misspelled(parts: Parts) -> str:
    """Return a name without what is easily written otherwise: case, quotes, zeros, looks."""
    name = look(parts[-1]).casefold()
    return LEADING_ZEROS.sub("", name) if "0" in name else name


def _looks(names: Collection[str]) -> list[str]:
    """Return what is left of each name, as :func:`_misspelled` does; faster where all are plain."""
    whole = "\n".join(names)
    if whole.isascii() and not UNPLAIN.search(whole) and whole.count("\n") == len(names) - 1:
        return LEADING_ZEROS.sub("", whole.casefold()).split("\n")
    return [_misspelled(_parts(name.strip("'\""))) for name in names]


def _note(otherwise: Mapping[str, str], wanted: int) -> str:
    """Say how ids were read that are written otherwise; not which: a folder may be a name."""
    if not otherwise:
        return ""
    ways = Counter(way for i, text in otherwise.items() for way in _ways(text, i))
    said = ", ".join(f"{way} ({times:,})" for way, times in ways.items())
    one = len(otherwise) == 1
    return (
        f"{len(otherwise):,} of {wanted:,} ids {'is' if one else 'are'} written otherwise and "
        f"{'was' if one else 'were'} read as meant: {said}"
    )


def _ways(text: str, image_id: str) -> Iterator[str]:
    """Yield in which ways a text is not the id that it means."""
    parts, own = _parts(text), _parts(image_id)
    if extension(text) != extension(image_id):
        yield "with an extension" if extension(text) else "without the extension"
    if len(parts) > len(own):
        yield "in a folder"
    elif len(parts) < len(own):
        yield "without the folder"
    elif "\\" in text or text.startswith(("/", "./")):
        yield "as a path"
    if parts[-len(own) :] == own[-len(parts) :] and unicode_form(text) != unicode_form(image_id):
        yield "in another Unicode form"
