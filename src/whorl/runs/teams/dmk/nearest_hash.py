"""Team DMK's finder of source images, by perceptual hashes.

References
----------
Bharathi et al. Analyzing biomedical images of GANs for finding the source images. Overview of
ImageCLEFmedical GANs 2023 (Andrei, Radzhabov, Coman, Kovalev, Ionescu, Müller. CLEF 2023).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.features import extract
from whorl.features.hashes import PerceptualHash
from whorl.methods.base import Method, Nearest, Scores
from whorl.similarity import TopK, reduce_pairs
from whorl.similarity.vectors import Hamming
from whorl.tasks.view import View


@dataclass(frozen=True)
class NearestHash(Method):
    """Score = minus the Hamming distance to the generated image of nearest perceptual hash.

    The team names an image and a generated one as source and copy if at most 50 bits differ. How
    many bits there are it does not say. Unrelated hashes differ in about half of them, so that 50
    says little at the usual 64; 256 bits are our choice.

    Attributes
    ----------
    side : int
        The hash has side² bits.

    Examples
    --------
    >>> from whorl.images import ImageSet
    >>> pixels = np.random.default_rng(0).integers(0, 256, (3, 32, 32), np.uint8)
    >>> view = View(ImageSet(("g", "h"), pixels[:2]), ImageSet(("x", "y"), pixels[1:]))
    >>> NearestHash().score(view).values > -51
    array([ True, False])
    """

    side: int = 16

    def _score(self, view: View, seed: int) -> Scores:  # noqa: ARG002
        hashes = PerceptualHash(self.side)
        candidates, generated = (
            extract(hashes, images) for images in (view.candidates, view.generated)
        )
        found = reduce_pairs(Hamming(), candidates, generated, {"nearest": TopK()})["nearest"]
        similarity = found.similarity[:, 0].astype(np.float64)
        bits = 8 * candidates.shape[1]
        distance = np.rint((1 - similarity) * bits)
        nearest = Nearest(found.position[:, 0], similarity, PerceptualHash.name)
        return Scores(view.candidates.ids, -distance, nearest=nearest)
