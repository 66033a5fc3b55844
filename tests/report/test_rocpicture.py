"""ROC curves drawn: well-formed, named, one line for each."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np

from whorl.evaluation.roc import roc
from whorl.report.rocpicture import LEFT, SIDE, TOP, roc_picture

USED = np.array([True, True, False, False])


def test_each_curve_is_drawn_from_corner_to_corner_and_named() -> None:
    curves = {
        "best <1> & more.csv": roc(np.array([4.0, 3.0, 2.0, 1.0]), USED),
        "tied.csv": roc(np.ones(4), USED),
    }
    root = ET.fromstring(roc_picture(curves))  # noqa: S314 (our own text)
    lines = [e.attrib["points"].split() for e in root if e.tag.endswith("polyline")]
    start, end = f"{LEFT}.0,{TOP + SIDE}.0", f"{LEFT + SIDE}.0,{TOP}.0"
    assert [line[0] for line in lines] == [start, start]
    assert [line[-1] for line in lines] == [end, end]
    assert f"{LEFT}.0,{TOP}.0" in lines[0]
    assert len(lines[1]) == 2
    texts = [e.text for e in root if e.tag.endswith("text")]
    assert texts[-2:] == ["best <1> & more.csv, AUC 1.000", "tied.csv, AUC 0.500"]
