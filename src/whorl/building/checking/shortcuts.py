"""Shortcuts: what tells used from not used by the real images alone, without the generator.

Six are tested: brightness (mean grey), contrast (standard deviation), sharpness (mean absolute
Laplacian over the standard deviation, which tells from what resolution an image was resized), the
size of its file, its place in the list of candidates, and a blind classifier's cross-validated
margin on grey levels and texture.

**The rule.** Each has an AUC for telling used from not used, with an interval that holds for all
of them at once (95 %, Bonferroni). A shortcut is *shown* when the whole interval lies beyond
0.5 ± 0.05, and *suspected* when it only excludes 0.5. The interval counts patients, not images,
where they are known: slices of one patient resemble each other, and a dozen patients on either side
differ by chance. Together with the margin this keeps false alarms well below one task in twenty.
The classifier's AUC counts only above 0.5: below it, it has learned nothing that holds elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.evaluation.metrics import auc, tally
from whorl.features import extract
from whorl.images import ImageSet
from whorl.methods.blind import APPEARANCE
from whorl.methods.classifiers import Logistic, margins

LEVEL = 0.95
MARGIN = 0.05
FEWEST_PATIENTS = 5
FOLDS = 5
BLIND = "blind classifier"

Values = NDArray[np.float64]
Labels = NDArray[np.bool_]


@dataclass(frozen=True)
class Shortcut:
    """How well something tells used from not used.

    Attributes
    ----------
    name : str
        What it is.
    images : int
        Labelled real images that it was tested on.
    auc : float
        0 to 1; 0.5 = tells nothing.
    low, high : float
        Interval that holds for all shortcuts tested at once.
    one_sided : bool
        Whether only an AUC above 0.5 counts.
    """

    name: str
    images: int
    auc: float
    low: float
    high: float
    one_sided: bool = False

    @property
    def shown(self) -> bool:
        """Whether the whole interval lies beyond the margin around 0.5."""
        return self._beyond(MARGIN)

    @property
    def suspected(self) -> bool:
        """Whether the interval excludes 0.5, if not the margin."""
        return self._beyond(0.0) and not self.shown

    def _beyond(self, margin: float) -> bool:
        above, below = self.low > 0.5 + margin, self.high < 0.5 - margin
        return above or (below and not self.one_sided)


def find_shortcuts(
    reals: ImageSet,
    used: Labels,
    known: Mapping[str, Values] | None = None,
    *,
    seed: int = 0,
) -> tuple[Shortcut, ...]:
    """Test what may tell used from not used among labelled real images.

    Parameters
    ----------
    reals : ImageSet
        Labelled images. Where they carry no patients, each image content counts as one.
    used : ndarray of bool, shape (n,)
        Which were used.
    known : mapping of str to ndarray of float64, shape (n,)
        Further values by name; NaN where an image has none.
    seed : int
        Seeds the folds of the blind classifier.

    Returns
    -------
    tuple of Shortcut
        Without those that have fewer than five patients of either class.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> pixels = rng.integers(0, 200, (40, 16, 16), dtype=np.uint8)
    >>> used = np.arange(40) < 20
    >>> pixels[used] += 30  # a planted shortcut
    >>> images = ImageSet(tuple(map(str, range(40))), pixels)
    >>> [s.name for s in find_shortcuts(images, used) if s.shown]
    ['brightness', 'blind classifier']
    """
    _, patient = np.unique(np.asarray(reals.patients or reals.hashes), return_inverse=True)
    values = {**_appearance(reals), **(known or {})}
    if _enough(used, patient):
        values[BLIND] = _blind_margins(reals, used, patient, seed)
    tested = []
    for name, value in values.items():
        there = np.isfinite(value)
        if _enough(used[there], patient[there]):
            tested.append((name, value[there], used[there], patient[there]))
    level = 1.0 - (1.0 - LEVEL) / max(len(tested), 1)
    return tuple(
        Shortcut(name, len(value), *_interval(value, label, of, level), name == BLIND)
        for name, value, label, of in tested
    )


def clustered_auc(scores: Values, used: Labels, patient: NDArray[np.intp]) -> tuple[float, float]:
    """Return the AUC and its standard error where patients have several images.

    Obuchowski, Nonparametric analysis of clustered ROC curve data, Biometrics 1997; with one
    image of each it is DeLong's. The error is at least that of as many independent images that
    cannot be told apart, so that perfect separation of a few images does not pass for certainty.

    Parameters
    ----------
    scores : ndarray of float64, shape (n,)
        Higher = more likely used.
    used : ndarray of bool, shape (n,)
        Both classes must be there, of at least two patients each.
    patient : ndarray of intp, shape (n,)
        Whose each image is, from 0.

    Examples
    --------
    >>> scores, used = np.array([1.0, 2.0, 3.0, 4.0]), np.array([False, True, False, True])
    >>> area, error = clustered_auc(scores, used, np.arange(4))
    >>> area, round(error, 3)
    (0.75, 0.354)
    """
    area = float(auc(tally(scores, used)))
    above = np.sign(scores[used][:, None] - scores[~used][None, :]) / 2.0 + 0.5
    m, n = above.shape
    size = int(patient.max()) + 1
    held = [patient[used], patient[~used]]
    means = [above.mean(axis=1), above.mean(axis=0)]
    parts = [
        np.bincount(of, mean - area, minlength=size) for of, mean in zip(held, means, strict=True)
    ]
    i, j = (len(np.unique(of)) for of in held)
    every = len(np.unique(patient))
    variance = (
        i / (i - 1) * float(parts[0] @ parts[0]) / m**2
        + j / (j - 1) * float(parts[1] @ parts[1]) / n**2
        + 2.0 * every / (every - 1) * float(parts[0] @ parts[1]) / (m * n)
    )
    return area, float(np.sqrt(max(variance, (m + n + 1) / (12.0 * m * n))))


def _interval(
    scores: Values, used: Labels, patient: NDArray[np.intp], level: float
) -> tuple[float, float, float]:
    """Return the AUC and its interval, by Student's t with as many freedoms as patients allow."""
    from scipy.stats import t

    area, error = clustered_auc(scores, used, patient)
    fewest = min(len(np.unique(patient[of])) for of in (used, ~used))
    reach = float(t.ppf(0.5 + level / 2.0, fewest - 1)) * error
    return area, max(area - reach, 0.0), min(area + reach, 1.0)


def _enough(used: Labels, patient: NDArray[np.intp]) -> bool:
    """Tell whether there are enough patients of either class."""
    return all(len(np.unique(patient[of])) >= FEWEST_PATIENTS for of in (used, ~used))


def _appearance(reals: ImageSet) -> dict[str, Values]:
    """Return each image's brightness, contrast and sharpness."""
    from scipy.ndimage import laplace

    pixels = [image.astype(np.float64) for image in reals.pixels]
    spread = np.array([image.std() for image in pixels])
    edges = np.array([np.abs(laplace(image)).mean() for image in pixels])
    return {
        "brightness": np.array([image.mean() for image in pixels]),
        "contrast": spread,
        "sharpness": edges / np.maximum(spread, 1e-9),
    }


def _blind_margins(reals: ImageSet, used: Labels, patient: NDArray[np.intp], seed: int) -> Values:
    """Return a classifier's margin for each image, fitted on other patients' images."""
    from sklearn.model_selection import StratifiedGroupKFold

    vectors = extract(APPEARANCE, reals).reshape(len(reals), -1)
    found = np.full(len(reals), np.nan)
    for rest, held_out in StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed).split(
        vectors, used, patient
    ):
        if len(held_out) and len(np.unique(used[rest])) == 2:
            estimator = Logistic(0.1).fit(vectors[rest], used[rest], seed)
            found[held_out] = margins(estimator, vectors[held_out])
    return found
