"""The leaderboard as a picture: the AUC of some methods on some tasks, each with its interval."""

from __future__ import annotations

from html import escape

from measured import Line, Measured, by_label, measured

TASKS = ("ct-latent-diffusion", "ct-pca-diffusion", "nodules-latent-120")
METHODS = (
    "whorl", "explain-nearest", "nearest-ssim", "nearest-correlation", "closest-record", "domias",
    "logan", "vcmi-1", "vcmi-2", "vcmi-3", "dmk-2", "blind", "random",
)  # fmt: skip
CONTROLS = ("blind", "random")
LEFT, PANEL, GAP, TOP, STEP, BOTTOM = 150, 220, 28, 52, 21, 34
LOW, HIGH = 0.35, 1.0
TICKS = (0.5, 0.75, 1.0)
STYLE = """
text { font: 13px system-ui, "Segoe UI", Roboto, Arial, sans-serif; fill: #1a1f24 }
.title { font-weight: 600 } .soft { fill: #56616c; font-size: 12px } .own { font-weight: 600 }
.grid { stroke: #d7dce1 } .chance { stroke: #56616c; stroke-dasharray: 3 3 }
.line { stroke: #2f74ad; stroke-width: 2 } .dot { fill: #2f74ad }
.own-line { stroke: #c9500c; stroke-width: 2 } .own-dot { fill: #c9500c }
.control-line { stroke: #7a848e; stroke-width: 2 } .control-dot { fill: #7a848e }
.page { fill: #ffffff }
@media (prefers-color-scheme: dark) {
text { fill: #e5e9ec } .soft { fill: #9eaab5 } .grid { stroke: #323a42 } .page { fill: #0d1117 }
.line { stroke: #5aa3dc } .dot { fill: #5aa3dc } .own-line { stroke: #ff8f4d }
.own-dot { fill: #ff8f4d }
}
"""


def board_picture() -> str:
    """Return the picture as SVG, light or dark as its reader has it."""
    of = measured()
    panels = [task for name in TASKS for task in of.tasks if task["task"] == name]
    width = LEFT + len(panels) * (PANEL + GAP)
    height = TOP + STEP * len(METHODS) + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'width="{width}" height="{height}">',
        "<title>AUC of methods on tasks with known truth</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{width}" height="{height}"/>',
    ]
    for k, name in enumerate(METHODS):
        parts.append(_text(LEFT - 14, _down(k) + 4, name, "own" * (k == 0), "end"))
    for k, task in enumerate(panels):
        parts += _panel(of, task, LEFT + k * (PANEL + GAP), height)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(of: Measured, task: Line, left: int, height: int) -> list[str]:
    """Draw a task's methods."""
    first = by_label(of.of(task["task"]))
    parts = [
        _text(left, 20, task["task"], "title"),
        _text(left, 38, f"{task['candidates']} candidates, {task['used']} used", "soft"),
    ]
    for tick in TICKS:
        kind = "chance" if tick == 0.5 else "grid"
        at = left + _across(tick)
        parts.append(f'<path class="{kind}" d="M{at:.1f} {TOP - 4}V{height - BOTTOM + 2}"/>')
        parts.append(_text(at, height - BOTTOM + 18, f"{tick:g}", "soft", "middle"))
    for k, name in enumerate(METHODS):
        if row := first.get(name):
            kind = "own-" if k == 0 else "control-" if name in CONTROLS else ""
            value, low, high = (left + _across(float(row[f"auc{end}"]))
                                for end in ("", "_low", "_high"))  # fmt: skip
            y = _down(k)
            parts.append(f'<path class="{kind}line" d="M{low:.1f} {y}H{high:.1f}"/>')
            parts.append(f'<circle class="{kind}dot" cx="{value:.1f}" cy="{y}" r="4"/>')
    return parts


def _down(k: int) -> int:
    """Return where a method's line lies."""
    return TOP + STEP * k + STEP // 2


def _across(value: float) -> float:
    """Return where an AUC lies within a panel."""
    return PANEL * (min(max(value, LOW), HIGH) - LOW) / (HIGH - LOW)


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    """Return a text."""
    return (f'<text class="{kind}" x="{x:.1f}" y="{y}" text-anchor="{anchor}">'
            f"{escape(text)}</text>")  # fmt: skip
