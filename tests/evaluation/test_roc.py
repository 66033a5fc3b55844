"""The ROC curve against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import auc, roc_curve

from whorl.evaluation.roc import roc


@pytest.mark.parametrize("distinct", [3, 1000])
def test_corners_thresholds_and_area_are_scikit_learns(distinct: int) -> None:
    rng = np.random.default_rng(distinct)
    used = rng.random(60) < 0.4
    scores = rng.integers(distinct, size=60) + 0.5 * used
    fpr, tpr, thresholds = roc_curve(used, scores, drop_intermediate=False)
    curve = roc(scores, used)
    np.testing.assert_allclose(curve.fpr, fpr)
    np.testing.assert_allclose(curve.tpr, tpr)
    np.testing.assert_array_equal(curve.thresholds, thresholds)
    assert curve.auc == pytest.approx(auc(fpr, tpr))
