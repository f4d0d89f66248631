"""`tesuri controls`: the list, their cases, where each acts, and the files of a new one."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tesuri.cli.catalogue import pages
from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.lists.output_file import FileOption
from tesuri.cli.state import FORMAT_HELP, Session, session_of, tell
from tesuri.controls.compiled import CompiledControl
from tesuri.flows.catalogue.control_coverage import CoverageRow, control_coverage
from tesuri.flows.catalogue.list_controls import ControlRow, list_controls
from tesuri.flows.catalogue.run_cases import CaseResult, CasesRun
from tesuri.flows.catalogue.scaffold_control import scaffold_control
from tesuri.model.control import Point
from tesuri.model.errors import BadInput, ExitCode
from tesuri.model.objective import PolicyState
from tesuri.model.views_guardrails import Effect, Strength
from tesuri.wording.guardrails import effect_word, reason_text
from tesuri.wording.phrases import Phrases
from tesuri.wording.words import word

_REASONS_SHOWN = 8
"""Most frequent reasons under the matrix; the machine formats carry all."""

app = typer.Typer(
    help="Controls: list them, run their cases, see where each acts, begin a new one.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

app.command()(pages.show)
app.command()(pages.docs)

_Format = Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)]
_Ids = Annotated[list[str] | None, typer.Argument(help="Only these controls.")]


@app.command(name="list")
def list_(
    context: typer.Context, form: _Format = OutputFormat.TABLE, _output: FileOption = None
) -> None:
    """List the controls that come along and those of the workspace, by id."""
    session = session_of(context)
    phrases = session.phrases
    rows = list_controls(session.site.controls)
    columns = [
        Column("id", phrases.gettext("Control")),
        Column("severity", phrases.gettext("Severity")),
        Column("points", phrases.gettext("Points")),
        Column("resource", phrases.gettext("Resource"), is_cut=True),
        Column("title", phrases.gettext("Title"), is_cut=True),
    ]
    notes = [phrases.ngettext("{count} control", "{count} controls", len(rows))]
    lines = [_list_line(phrases, row) for row in rows]
    session.write(Listing("controls", columns, lines, notes=notes), form)


def _list_line(phrases: Phrases, row: ControlRow) -> Line:
    values = {
        "id": row.id,
        "version": row.version,
        "catalogue": row.catalogue,
        "resource": row.resource,
        "points": [point.value for point in row.points],
        "cannot": {point.value: reason for point, reason in row.cannot.items()},
        "severity": row.severity.value,
        "maps": {framework: list(ids) for framework, ids in row.maps.items()},
        "title": row.title["en"],
        "title_ja": row.title.get("ja", ""),
        "are_paths_checked": row.are_paths_checked,
    }
    cells = [
        row.id,
        word(phrases, row.severity),
        ", ".join(point.value for point in row.points),
        row.resource,
        _title(phrases, row),
    ]
    return Line(values, cells)


def _title(phrases: Phrases, row: ControlRow | CoverageRow) -> str:
    return phrases.pick(row.title["en"], row.title.get("ja", ""))


@app.command(name="test")
def run(
    context: typer.Context,
    controls: _Ids = None,
    form: _Format = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """Run the cases of the controls, at their points, through the readers of the gates.

    Lists what failed; the machine formats list every case. Exits with 1 when a case does not get its verdict, or when a
    control declares a point without a good and a bad case.
    """
    session = session_of(context)
    done = session.site.run_cases(_chosen(session, controls))
    phrases = session.phrases
    shown = done.failed if form is OutputFormat.TABLE else done.results
    if shown or form is not OutputFormat.TABLE:
        session.write(_cases_listing(phrases, done, shown), form)
    for control, point in done.lacking:
        tell(
            phrases.gettext(
                "{control}: the point {point} has no good and bad case.",
                control=control,
                point=point.value,
            )
        )
    tell(
        phrases.gettext(
            "Controls: {controls}; cases: {cases}; failed: {failed}; points without cases: {lacking}",
            controls=str(done.controls),
            cases=str(len(done.results)),
            failed=str(len(done.failed)),
            lacking=str(len(done.lacking)),
        )
    )
    if done.failed or done.lacking:
        raise typer.Exit(ExitCode.BLOCKED)


def _cases_listing(phrases: Phrases, done: CasesRun, shown: Sequence[CaseResult]) -> Listing:
    columns = [
        Column("control", phrases.gettext("Control")),
        Column("point", phrases.gettext("Point")),
        Column("case", phrases.gettext("Case")),
        Column("problem", phrases.gettext("Problem"), is_wrapped=True),
    ]
    lines = [
        Line(
            {
                "control": each.control,
                "point": each.point.value,
                "case": each.name,
                "wanted": each.wanted.value,
                "found": each.found.value if each.found else None,
                "is_right": not each.problem,
                "problem": each.problem,
            },
            [each.control, each.point.value, each.name, each.problem],
        )
        for each in shown
    ]
    lacking = [{"control": control, "point": point.value} for control, point in done.lacking]
    facts = {"controls": done.controls, "failed": len(done.failed), "lacking": lacking}
    return Listing("cases", columns, lines, facts=facts)


@app.command()
def coverage(
    context: typer.Context,
    controls: _Ids = None,
    *,
    state: Annotated[
        PolicyState, typer.Option(help="Policy state of the owner.")
    ] = PolicyState.AMPLE,
    form: _Format = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """Show what each control does at each point when it fails: blocks, warns, observes, or cannot with the reason.

    Live configuration and events are observed at every policy state; a service control policy denies at every one.
    """
    session = session_of(context)
    chosen = [compiled.control for compiled in _chosen(session, controls)]
    rows = control_coverage(chosen, state)
    session.write(_coverage_listing(session.phrases, rows, state), form)


def _coverage_listing(phrases: Phrases, rows: Sequence[CoverageRow], state: PolicyState) -> Listing:
    columns = [
        Column("control", phrases.gettext("Control")),
        *(Column(point.value, word(phrases, point)) for point in Point),
    ]
    lines = [
        Line(
            {
                "control": row.control,
                "title": row.title["en"],
                "strength": row.strength.value,
                "points": {
                    point.value: {
                        "effect": cell.effect.value,
                        "reason": cell.reason,
                        "is_stricter": cell.is_stricter,
                    }
                    for point, cell in row.cells.items()
                },
            },
            [row.control, *(effect_word(phrases, cell.effect) for cell in row.cells.values())],
        )
        for row in rows
    ]
    title = phrases.gettext("Policy state: {state}", state=word(phrases, state))
    counts = Counter(row.strength for row in rows)
    facts = {"state": state.value, **{each.value: counts[each] for each in Strength}}
    return Listing(
        "coverage", columns, lines, title=title, notes=_notes(phrases, rows), facts=facts
    )


def _notes(phrases: Phrases, rows: Sequence[CoverageRow]) -> Sequence[str]:
    """Give what the page of the guardrails says first, then why controls cannot, most frequent reason first."""
    counts = Counter(
        (point.value, cell.reason)
        for row in rows
        for point, cell in row.cells.items()
        if cell.effect is Effect.CANNOT
    )
    notes = [
        f"{point}: {reason_text(phrases, reason)} ({count})"
        for (point, reason), count in counts.most_common(_REASONS_SHOWN)
    ]
    strengths = Counter(row.strength for row in rows)
    summary = phrases.gettext(
        "Stop a mistake before it ships: {stops} of {total}; warn: {warns}; only watch: {watches}",
        stops=str(strengths[Strength.STOPS]),
        total=str(len(rows)),
        warns=str(strengths[Strength.WARNS]),
        watches=str(strengths[Strength.WATCHES]),
    )
    return [summary, *notes, *(["…"] if len(counts) > len(notes) else [])]


def _chosen(session: Session, names: Sequence[str] | None) -> Sequence[CompiledControl]:
    known = {compiled.control.id: compiled for compiled in session.site.controls}
    for name in names or ():
        if name not in known:
            raise BadInput(
                f"There is no control {name!r}.",
                where="CONTROLS",
                remedy="See: tesuri controls list",
            )
    return [one for name, one in known.items() if not names or name in names]


@app.command()
def new(
    context: typer.Context,
    identity: Annotated[
        str, typer.Argument(metavar="ID", help="Permanent name: lower-case words and hyphens.")
    ],
    resource: Annotated[
        str,
        typer.Option(
            help="Type that it looks at: AWS::EC2::Volume, k8s:v1/Pod, terraform:okta_user."
        ),
    ],
) -> None:
    """Write the two files of a new control into the workspace's folder controls/; files that are there stay.

    The new control observes only, and its good case fails until its condition and its cases are written.
    """
    session = session_of(context)
    site = session.site
    workspace = site.settings.workspace
    if workspace.origin == "default":
        raise BadInput(
            "This folder is no workspace, so its controls would not be read.",
            where=str(workspace.value),
            remedy="Write a tesuri.yaml, or name the folder with --workspace.",
        )
    schema = site.schemas.get(resource)
    files = scaffold_control(identity, resource, known=site.controls, schema=schema)
    _write_new(workspace.value / "controls", files)
    for name, _ in files:
        typer.echo(f"controls/{name}")
    if schema is None:
        tell(
            session.phrases.gettext(
                "{resource}: no schema is known, so the names of its properties are not checked.",
                resource=resource,
            )
        )


def _write_new(folder: Path, files: Sequence[tuple[str, str]]) -> None:
    for name, _ in files:
        if (folder / name).exists():
            raise BadInput(
                "The file exists and is not overwritten.",
                where=str(folder / name),
                remedy="Choose another id, or remove it.",
            )
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files:
        with (folder / name).open("x", encoding="utf-8") as file:
            file.write(text)
