"""ROC curves as a picture: an SVG that is complete in itself."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from whorl.evaluation.roc import Roc

SIDE, LEFT, TOP, LINE = 420, 56, 16, 18
COLOURS = ("#2563eb", "#d97706", "#059669", "#db2777", "#7c3aed", "#475569")
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def roc_picture(curves: Mapping[str, Roc]) -> str:
    """Draw ROC curves, each named with its area, beside the diagonal of chance.

    Parameters
    ----------
    curves : mapping of str to Roc
        Name → curve.

    Returns
    -------
    str
        SVG.

    Examples
    --------
    >>> import numpy as np
    >>> from whorl.evaluation.roc import roc
    >>> curve = roc(np.array([3.0, 1.0]), np.array([True, False]))
    >>> "s.csv, AUC 1.000" in roc_picture({"s.csv": curve})
    True
    """
    width = LEFT + SIDE + TOP
    legend = TOP + SIDE + 58
    height = legend + LINE * len(curves)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" font-size="13" '
        'role="img" aria-label="ROC curves">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *_axes(),
    ]
    for k, (name, curve) in enumerate(curves.items()):
        colour, dashes = COLOURS[k % len(COLOURS)], "" if k < len(COLOURS) else "6 3"
        line = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"'
        y = legend + LINE * k
        parts += [
            f'<polyline {line} points="{_points(curve)}"/>',
            f'<path {line} d="M{LEFT} {y - 4}h24"/>',
            f'<text x="{LEFT + 32}" y="{y}">{escape(name)}, AUC {curve.auc:.3f}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _axes() -> list[str]:
    """Return the frame, the gridlines with their numbers, the diagonal, and the labels."""
    bottom, right, middle = TOP + SIDE, LEFT + SIDE, TOP + SIDE // 2
    parts = []
    for tick in TICKS:
        x, y = _place(tick, tick)
        parts += [
            f'<path d="M{x} {TOP}V{bottom}M{LEFT} {y}H{right}" stroke="#e5e7eb"/>',
            f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{tick:g}</text>',
            f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{tick:g}</text>',
        ]
    return [
        *parts,
        f'<path d="M{LEFT} {bottom}L{right} {TOP}" stroke="#9ca3af" stroke-dasharray="4 4"/>',
        f'<text x="{LEFT + SIDE // 2}" y="{bottom + 36}" text-anchor="middle">'
        "false-positive rate</text>",
        f'<text x="16" y="{middle}" text-anchor="middle" transform="rotate(-90 16 {middle})">'
        "true-positive rate</text>",
    ]


def _points(curve: Roc) -> str:
    """Return a curve's corners that differ by what can be seen."""
    places = [_place(x, y) for x, y in zip(curve.fpr.tolist(), curve.tpr.tolist(), strict=True)]
    return " ".join(f"{x},{y}" for x, y in dict.fromkeys(places))


def _place(fpr: float, tpr: float) -> tuple[float, float]:
    """Return a point's place in the drawing, in tenths of a pixel."""
    return round(LEFT + SIDE * fpr, 1), round(TOP + SIDE * (1 - tpr), 1)
