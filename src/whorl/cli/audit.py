"""``whorl audit``: two folders in, a verdict and a report out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.cli.bundles import bundled
from whorl.cli.entries import catalogue_entry, set_entry
from whorl.cli.options import Computing, Reading, Seed, Setting, working

if TYPE_CHECKING:
    from whorl.auditing import AuditResult
    from whorl.auditing.audits import Images
    from whorl.report.writing import Written


@bundled
def audit(
    generated: Annotated[
        Path | None, typer.Argument(help="Folder of generated images.", show_default=False)
    ] = None,
    candidates: Annotated[
        Path | None, typer.Argument(help="Folder of real images to be judged.", show_default=False)
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of real images that were certainly not used."),
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Audit the embedded sample: drawn phantoms.")
    ] = False,
    method: Annotated[str, typer.Option(metavar="NAME", help="See: whorl methods.")] = (
        "nearest-ssim"
    ),
    fdr: Annotated[
        float, typer.Option(help="False discovery rate of the flagged images, with --reference.")
    ] = 0.05,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where report.html, scores.csv and summary.json go.")
    ] = Path("whorl-audit"),
    no_images: Annotated[
        bool, typer.Option("--no-images", help="Leave pixels out of the report.")
    ] = False,
    *,
    setting: Setting,
    reading: Reading,
    seed: Seed = 0,
    computing: Computing,
) -> None:
    """Tell which candidates a generator was trained on, how surely, and show the evidence.

    With --reference, flagged images carry a bound on the false discovery rate; without it the
    method's own rule decides and no error rate is guaranteed.
    """
    chosen = set_entry(catalogue_entry(method, "--method"), setting)
    if not 0 < fdr < 1:
        raise typer.BadParameter("must lie between 0 and 1", param_hint="--fdr")
    from whorl.auditing import audit as run_audit
    from whorl.report import write_audit

    made, real, unused = _sets(generated, candidates, reference, sample=sample)
    with working(computing):
        result = run_audit(
            made,
            real,
            unused,
            chosen.name,
            settings=chosen.settings,
            fdr=fdr,
            seed=seed,
            resize=reading.resize,
            window=reading.window_parsed,
            skip_unreadable=reading.skip_unreadable,
            phantom=sample,
        )
        written = write_audit(result, out, images=not no_images)
    _say(result, written)


def _sets(
    generated: Path | None, candidates: Path | None, reference: Path | None, *, sample: bool
) -> tuple[Images, Images, Images | None]:
    """Return what to audit: the folders, or the embedded sample without its truth."""
    if sample == any(folder is not None for folder in (generated, candidates, reference)):
        raise typer.BadParameter("give GENERATED and CANDIDATES, or --sample alone")
    if sample:
        from whorl.tasks.sample import sample_task

        view = sample_task().view
        return view.generated, view.candidates, view.reference
    if generated is None or candidates is None:
        raise typer.BadParameter("give both GENERATED and CANDIDATES")
    return generated, candidates, reference


def _say(result: AuditResult, written: Written) -> None:
    """Print the verdict and where the evidence lies."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from whorl.auditing import Outcome

    colours = {
        Outcome.LEAKAGE: "bold red",
        Outcome.NO_EVIDENCE: "bold green",
        Outcome.INCONCLUSIVE: "bold yellow",
    }
    console = Console(highlight=False)
    verdict = result.verdict
    console.print(Text(verdict.sentence, style=colours[verdict.outcome]))
    if result.phantom:
        console.print("The images are drawn phantoms, not of patients.")
    for images in (result.view.generated, result.view.candidates, result.view.reference):
        if images is not None and images.skipped:
            console.print(
                f"Not read, and not audited: {len(images.skipped)} of the files of {images.name}"
            )
    for note in result.record["notes"]:
        console.print(note)
    console.print()
    for reason in verdict.reasons:
        console.print(Padding(Text(f"• {reason}"), (0, 0, 0, 2)))
    console.print()
    console.print(Text(verdict.guarantee, style="dim"))
    console.print()
    console.print(Text(f"Evidence: {written.report}", style="bold"))
    console.print(Text(f"          {written.scores}, {written.summary}"))
