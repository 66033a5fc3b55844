"""The kinds of generator that whorl trains: an explicit table, name → class.

A new kind is a class in a module of its own and one row here.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from whorl.errors import WhorlError
from whorl.generators.base import Generator
from whorl.generators.diffusion import PixelDiffusion
from whorl.generators.gan import GAN
from whorl.generators.latent_diffusion import LatentDiffusion
from whorl.generators.pca_diffusion import PCADiffusion

KINDS: Mapping[str, type[Generator]] = {
    kind.kind: kind for kind in (PCADiffusion, LatentDiffusion, PixelDiffusion, GAN)
}


class UnknownKindError(WhorlError):
    """There is no generator of that kind."""


def kind_named(name: str) -> type[Generator]:
    """Return the class of a kind of generator.

    Raises
    ------
    UnknownKindError
        Naming the kinds there are.

    Examples
    --------
    >>> kind_named("pca-diffusion")().steps
    4000
    >>> kind_named("pca")
    Traceback (most recent call last):
    whorl.generators.catalogue.UnknownKindError: no generator of the kind 'pca'; there is: ...
    """
    if name in KINDS:
        return KINDS[name]
    close = get_close_matches(name, KINDS, n=1)
    hint = f"; did you mean {close[0]}?" if close else f"; there is: {', '.join(KINDS)}"
    raise UnknownKindError(f"no generator of the kind {name!r}{hint}")
