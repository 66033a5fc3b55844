"""Two generators told apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from whorl.features import LBPHistogram
from whorl.generators import PCADiffusion, samples_of
from whorl.runs.teams.aimultimedia.two_generators import TwoGenerators
from whorl.tasks.view import Development
from whorl.testing.worlds import image_set, noisy, planted_task

FAST = PCADiffusion(components=6, width=16, depth=1, steps=30, sampling_steps=5)


def test_score_is_the_svms_by_hand() -> None:
    view = planted_task(0).view
    development = view.development
    assert development is not None
    fitted = TwoGenerators(generator=FAST).fit(development, seed=4)
    given, not_used = (
        images.take(np.argsort(images.hashes))
        for images in (development.generated, development.not_used)
    )
    with threadpool_limits(1):
        trained = FAST.train(not_used.pixels, seed=4)
        ((_, own),) = samples_of(trained, len(development.generated), seed=4)
    rows = [LBPHistogram().compute(p) for p in (given.pixels, own)]
    svm = make_pipeline(StandardScaler(), SVC(C=1.0, gamma="scale"))
    svm.fit(np.concatenate(rows).astype(np.float64), np.repeat([1, 0], len(own)))
    expected = svm.decision_function(
        LBPHistogram().compute(view.candidates.pixels).astype(np.float64)
    )
    np.testing.assert_allclose(fitted.score(view).values, expected, rtol=1e-6)


def test_candidates_like_the_given_generated_images_score_high() -> None:
    view = planted_task(1).view
    development = view.development
    assert development is not None
    grainy = noisy(development.generated.pixels, np.random.default_rng(0), 30)
    other = Development(image_set(grainy, "generated"), development.used, development.not_used)
    scores = TwoGenerators(generator=FAST).score(
        replace(view, candidates=image_set(grainy[:5], "candidate"), development=other)
    )
    assert (scores.values > 0).all()
