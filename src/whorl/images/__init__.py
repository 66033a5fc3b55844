"""Images come in here once: decoded to grey uint8, checked and hashed."""

from whorl.images.imageset import ImageSet, require_same_size

__all__ = ["ImageSet", "require_same_size"]
