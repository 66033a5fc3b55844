"""What runs that look at no image score on the same truth."""

from __future__ import annotations

import numpy as np

from whorl.evaluation.metrics import DECISION_METRICS, Counts


def trivial_rows(used: int, not_used: int) -> dict[str, dict[str, float]]:
    """Return the metrics of the trivial runs: all used, none used, random.

    The random run calls each image used with probability p, the truth's share of used images; its
    row is the exact expectation. Given that it calls k images used, every decision metric is
    linear in TP, so that its expectation is its value at the expected TP, k·p; what remains is the
    mean of that over k, which is binomial.

    Parameters
    ----------
    used, not_used : int
        Number of images of each class in the truth, together at least 1.

    Returns
    -------
    dict of str to dict of str to float
        Row → decision metric → value.

    Examples
    --------
    >>> rows = trivial_rows(100, 100)
    >>> {row: round(values["f1"], 3) for row, values in rows.items()}
    {'all used': 0.667, 'none used': 0.0, 'random': 0.499}
    """
    from scipy.stats import binom

    share = used / (used + not_used)
    k = np.arange(used + not_used + 1.0)
    rest = k[::-1]
    chance = Counts(share * k, (1 - share) * k, share * rest, (1 - share) * rest)
    rows = {
        "all used": (Counts(used, not_used, 0, 0), np.ones(1)),
        "none used": (Counts(0, 0, used, not_used), np.ones(1)),
        "random": (chance, binom.pmf(k, used + not_used, share)),
    }
    return {
        row: {
            name: round(float(np.sum(weights * metric(counts))), 12) + 0.0
            for name, metric in DECISION_METRICS.items()
        }
        for row, (counts, weights) in rows.items()
    }
