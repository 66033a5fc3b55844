"""Images come in here once: decoded to grey uint8, checked and hashed."""

from whorl.images.hashing import digest_of
from whorl.images.imageset import ImageSet, Origin, Reading, require_same_size
from whorl.images.listing import require_distinct
from whorl.images.loading import load
from whorl.images.window import Window

__all__ = [
    "ImageSet",
    "Origin",
    "Reading",
    "Window",
    "digest_of",
    "load",
    "require_distinct",
    "require_same_size",
]
