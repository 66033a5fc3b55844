"""Hashes of what images hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def content_hash(image: NDArray[np.uint8]) -> str:
    """Return the SHA-256 of an image's size and grey values, as hexadecimal digits."""
    digest = hashlib.sha256(repr(image.shape).encode())
    digest.update(np.ascontiguousarray(image).data)
    return digest.hexdigest()


def digest_of(texts: Iterable[str]) -> str:
    """Return the SHA-256 of texts in their order, as hexadecimal digits: of hashes, as a rule.

    Examples
    --------
    >>> digest_of(["a", "b"]) == digest_of(["b", "a"])
    False
    """
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
