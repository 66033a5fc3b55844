"""Turning the page's data into one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from whorl.report.figures import chart
from whorl.similarity.ssim.windows import SIDE
from whorl.visible import all_visible


def render_report(data: dict[str, Any]) -> str:
    """Return the page: HTML with its style, script, pictures and data inside.

    Parameters
    ----------
    data : dict
        What `report_data` returns. Characters that cannot be seen, in ids and elsewhere, stand on
        the page as escapes.

    Returns
    -------
    str
        A whole HTML document. Its content security policy lets only its own style and script
        run, named by their hashes, and only embedded pictures show; nothing is fetched.
    """
    style, script = own_file("report.css"), own_file("report.js")
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            all_visible(data),
            window=SIDE,
            chart=chart(data["distribution"]),
            style=Markup(style),  # noqa: S704 (our own file)
            script=Markup(script),  # noqa: S704 (our own file)
            style_hash=policy_hash(style),
            script_hash=policy_hash(script),
        )
    )


def environment() -> Environment:
    """Return the templates' environment: everything is escaped, nothing may be missing."""
    environment = Environment(
        loader=PackageLoader("whorl.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": _number,
        "count": _count,
        "p_value": _p_value,
        "prose": _prose,
    }
    return environment


def own_file(name: str) -> str:
    """Return the text of a file beside the template."""
    return (resources.files("whorl.report") / "templates" / name).read_text("utf-8")


def policy_hash(text: str) -> str:
    """Return the text's hash as a content security policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _number(value: float, decimals: int) -> str:
    """Print a number with a true minus sign."""
    return f"{value:.{decimals}f}".replace("-", "−")


def _count(value: int) -> str:
    """Print a whole number with thousands set apart."""
    return f"{value:,}"


def _p_value(value: float) -> str:
    """Print a p-value to four decimals, as "< 0.0001" below that."""
    return f"{value:.4f}" if value >= 0.0001 else "<\N{NO-BREAK SPACE}0.0001"


def _prose(text: str) -> Markup:
    """Escape a sentence, and keep options, equations and percentages from breaking."""
    kept = re.sub(r"--[a-z][a-z-]*", r"<code>\g<0></code>", str(escape(text)))
    kept = re.sub(r"\b([pεδ]) = ", "\\1\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}", kept)
    return Markup(kept.replace(" %", "\N{NARROW NO-BREAK SPACE}%"))  # noqa: S704 (escaped above)
