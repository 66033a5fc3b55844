"""``whorl audit``: two folders in, a verdict and a report out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.cli.bundles import bundled
from whorl.cli.entries import catalogue_entry, set_entry
from whorl.cli.options import Computing, ExactIds, PatientsText, Reading, Seed, Setting, working
from whorl.cli.outputs import check_outputs
from whorl.cli.terminal import console as terminal

if TYPE_CHECKING:
    from whorl.auditing import AuditResult
    from whorl.auditing.audits import Images
    from whorl.report.writing import Written
    from whorl.runs import Entry

FAILED = 3  # exit status where --fail-on names the outcome
OUTCOMES = {
    "leakage": "leakage shown",
    "no-evidence": "no evidence",
    "inconclusive": "inconclusive",
}


@bundled
def audit(
    generated: Annotated[
        Path | None,
        typer.Argument(
            help="Folder of generated images, or a zip, a CSV of paths or a stack of them.",
            show_default=False,
        ),
    ] = None,
    candidates: Annotated[
        Path | None,
        typer.Argument(
            help="Folder of real images to be judged, or what stands for one.", show_default=False
        ),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of real images that were certainly not used."),
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Audit the embedded sample: drawn phantoms.")
    ] = False,
    method: Annotated[
        str | None, typer.Option(metavar="NAME", help="See: whorl methods; by default whorl.")
    ] = None,
    scores: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="In the place of --method: scores by an attack of your own, image_id and score of "
            "each candidate, higher = more likely used.",
        ),
    ] = None,
    reference_scores: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="With --scores: those of the reference, scored alike."),
    ] = None,
    patients: PatientsText = None,
    drop_shared_patients: Annotated[
        bool,
        typer.Option(
            "--drop-shared-patients",
            help="Leave out the reference images of patients who are among the candidates.",
        ),
    ] = False,
    level: Annotated[
        float,
        typer.Option(
            help="If nothing leaked, leakage is said to be shown in at most this share of audits, "
            "all tests together; so many of the flagged may be wrong. With --reference."
        ),
    ] = 0.05,
    title: Annotated[str, typer.Option(metavar="TEXT", help="What the report is called.")] = "",
    dataset: Annotated[
        str, typer.Option(metavar="TEXT", help="The data set that the report is about.")
    ] = "",
    fail_on: Annotated[
        str,
        typer.Option(
            metavar="OUTCOMES",
            help="Exit with status 3 at these outcomes: leakage, no-evidence, inconclusive, parted "
            "by commas.",
        ),
    ] = "",
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where report.html, scores.csv and summary.json go.")
    ] = Path("whorl-audit"),
    no_images: Annotated[
        bool, typer.Option("--no-images", help="Leave pixels out of the report.")
    ] = False,
    exact_ids: ExactIds = False,
    *,
    setting: Setting,
    reading: Reading,
    seed: Seed = 0,
    computing: Computing,
) -> None:
    """Tell which candidates a generator was trained on, how surely, and show the evidence.

    With --reference, all that is said holds at --level, for patients where they are known or
    found; without it the method's own rule decides and no error rate is guaranteed.
    """
    chosen = set_entry(_attack(method, scores, reference_scores), setting)
    if not 0 < level < 1:
        raise typer.BadParameter("must lie between 0 and 1", param_hint="--level")
    if reference_scores is not None and reference is None:
        raise typer.BadParameter("goes with --reference", param_hint="--reference-scores")
    failing = _outcomes(fail_on)
    from whorl.auditing import audit as run_audit
    from whorl.report import write_audit
    from whorl.report.writing import FILES, REPORT

    made, real, unused = _sets(generated, candidates, reference, sample=sample)
    check_outputs(
        folders={"--out": out},
        files={f"--out, {name}:": out / name for name in FILES},
        apart_from=[
            generated,
            candidates,
            reference,
            scores,
            reference_scores,
            patients,
            setting.weights,
        ],
    )
    with working(computing):
        result = run_audit(
            made,
            real,
            unused,
            chosen,
            patients=patients,
            drop_shared_patients=drop_shared_patients,
            level=level,
            title=title,
            dataset=dataset,
            seed=seed,
            **reading.how,
            phantom=sample,
        )
        replaced = (out / REPORT).exists()
        written = write_audit(result, out, images=not no_images, exact=exact_ids)
    _say(result, written, replaced=replaced)
    if result.verdict.outcome in failing:
        raise typer.Exit(FAILED)


def _attack(method: str | None, scores: Path | None, reference_scores: Path | None) -> Entry:
    """Return the catalogue's entry, or one that looks scores up."""
    if scores is None:
        if reference_scores is not None:
            raise typer.BadParameter("goes with --scores", param_hint="--reference-scores")
        from whorl.auditing.audits import DEFAULT_METHOD

        return catalogue_entry(method or DEFAULT_METHOD, "--method")
    if method is not None:
        raise typer.BadParameter("takes the place of --method", param_hint="--scores")

    from whorl.decisions import AboveMedian
    from whorl.evaluation import read_scores
    from whorl.methods.given import GivenScores
    from whorl.runs import Entry

    unused = None if reference_scores is None else read_scores(reference_scores)
    given = GivenScores(read_scores(scores), unused)
    return Entry("given-scores", given, AboveMedian(), "scores by an attack of the user's own")


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


def _outcomes(text: str) -> set[str]:
    """Return the outcomes that are to fail; an unknown one is a usage error."""
    asked = [word.strip() for word in text.split(",") if word.strip()]
    for word in asked:
        if word not in OUTCOMES:
            raise typer.BadParameter(
                f"{word!r} is none of {', '.join(OUTCOMES)}", param_hint="--fail-on"
            )
    return {OUTCOMES[word] for word in asked}


def _say(result: AuditResult, written: Written, *, replaced: bool) -> None:
    """Print the verdict and where the evidence lies."""
    from rich.padding import Padding
    from rich.text import Text

    from whorl.auditing import Outcome
    from whorl.images.unread import unread_sentences

    colours = {
        Outcome.LEAKAGE: "bold red",
        Outcome.NO_EVIDENCE: "bold green",
        Outcome.INCONCLUSIVE: "bold yellow",
    }
    console = terminal()
    verdict = result.verdict
    view = result.view
    sets = [s for s in (view.generated, view.candidates, view.reference) if s is not None]
    unread = unread_sentences(*sets)
    for said in unread:
        console.print(Text(said))
    if unread:
        console.print()
    if verdict.first:
        console.print(Text(verdict.first))
        console.print()
    console.print(Text(verdict.sentence, style=colours[verdict.outcome]))
    if result.phantom:
        console.print("The images are drawn phantoms, not of patients.")
    for note in result.record["notes"]:
        console.print(note)
    console.print()
    for reason in verdict.reasons:
        console.print(Padding(Text(f"• {reason}"), (0, 0, 0, 2)))
    console.print()
    for advice in verdict.advice:
        console.print(Padding(Text(f"→ {advice}"), (0, 0, 0, 2)))
    console.print()
    console.print(Text(verdict.guarantee, style="dim"))
    console.print()
    if replaced:
        console.print(f"The report that stood in {written.report.parent} was replaced.")
    console.print(Text(f"Evidence: {written.report}", style="bold"))
    console.print(Text(f"          {written.scores}, {written.summary}"))
    if written.patients is not None:
        console.print(Text(f"          {written.patients}: whose the pseudonyms are; keep it safe"))
    console.print(Text(f"Seal:     {written.seal} (whorl verify {written.report.parent})"))
