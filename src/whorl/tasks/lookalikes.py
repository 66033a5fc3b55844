"""Texts that look the same and are not: Unicode forms, spaces, letters, what is not seen."""

from __future__ import annotations

import unicodedata

ALIKE = str.maketrans(
    "аеорсухіјѕԁһАВЕКМНОРСТУХІЈЅαορνΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdhABEKMHOPCTYXIJSaopvABEZHIKMNOPTYX",
)
"""Cyrillic and Greek letters → the Latin ones they look like."""


def lookalike(text: str, other: str) -> str:
    r"""Say by which characters two texts differ that look the same; empty if they do not.

    Examples
    --------
    >>> lookalike("ct\u00a01", "ct 1")
    'U+00A0 NO-BREAK SPACE, expected U+0020 SPACE'
    >>> lookalike("ct\u200b1", "ct1")
    'U+200B ZERO WIDTH SPACE, which is not seen'
    >>> lookalike("cafe\u0301", "caf\u00e9"), lookalike("a", "b")
    ('Unicode form NFD, expected NFC', '')
    """
    if text == other or look(text) != look(other):
        return ""
    ours, theirs = (unicodedata.normalize("NFC", t) for t in (text, other))
    if ours == theirs:
        return f"Unicode form {unicode_form(text)}, expected {unicode_form(other)}"
    place = next((k for k, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), None)
    k = min(len(ours), len(theirs)) if place is None else place
    if ours[k : k + 1] and unicodedata.category(ours[k]) == "Cf":
        return f"{_named(ours[k])}, which is not seen"
    if theirs[k : k + 1] and unicodedata.category(theirs[k]) == "Cf":
        return f"without {_named(theirs[k])}, which is not seen"
    return f"{_named(ours[k : k + 1])}, expected {_named(theirs[k : k + 1])}"


def look(text: str) -> str:
    r"""Return one text for all that look the same: the same letters, spaces and dashes.

    Examples
    --------
    >>> look("ct\u00a01") == look("ct 1"), look("\u0430") == look("a")
    (True, True)
    """
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text).translate(ALIKE)
    return "".join(_seen(letter) for letter in plain).strip()


def unicode_form(text: str) -> str:
    r"""Return the Unicode form of a text, "a mixture" if neither.

    Examples
    --------
    >>> unicode_form("cafe\u0301"), unicode_form("caf\u00e9")
    ('NFD', 'NFC')
    """
    return next((f for f in ("NFC", "NFD") if unicodedata.is_normalized(f, text)), "a mixture")


def _seen(letter: str) -> str:
    """Return a space for any space, a hyphen for any dash, nothing for what is not seen."""
    category = unicodedata.category(letter)
    if category == "Pd" or letter == "\u2212":  # the minus sign
        return "-"
    return {"Cf": "", "Zs": " "}.get(category, letter)


def _named(letter: str) -> str:
    """Return a character's number and name; "nothing" for none."""
    if not letter:
        return "nothing"
    return f"U+{ord(letter):04X} {unicodedata.name(letter, '')}".strip()
