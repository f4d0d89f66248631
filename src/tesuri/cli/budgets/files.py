"""`tesuri budget presets` and `export`: objectives as files, ours and those of other tools."""

import sys
from typing import Annotated

import typer

from tesuri.budgets.preset import Preset
from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.lists.output_file import FileOption
from tesuri.cli.state import FORMAT_HELP, Session, session_of
from tesuri.exports.objective_items import render_objectives
from tesuri.exports.openslo import render_openslo
from tesuri.model.errors import BadInput
from tesuri.model.objective import Objective
from tesuri.wording.phrases import Phrases
from tesuri.wording.sentences import outcome_with_time
from tesuri.wording.spans import percent


def presets(
    context: typer.Context,
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """List the sets of objectives that come along; preset: NAME in tesuri.yaml takes one."""
    session = session_of(context)
    phrases = session.phrases
    columns = [
        Column("name", phrases.gettext("Preset")),
        Column("objectives", phrases.gettext("Objectives"), is_cut=True),
        Column("table", phrases.gettext("Decision table")),
        Column("source", phrases.gettext("Source"), is_cut=True),
    ]
    lines = [_preset_line(session, each) for each in session.site.presets]
    note = phrases.gettext("Take one with preset: NAME in tesuri.yaml; own objectives come first.")
    session.write(Listing("presets", columns, lines, notes=[note]), form)


def export(
    context: typer.Context,
    *,
    is_openslo: Annotated[
        bool, typer.Option("--openslo", help="As OpenSLO v1: a Service and SLOs for each service.")
    ] = False,
    service: Annotated[str, typer.Option(help="With --openslo: only this service.")] = "",
) -> None:
    """Write the objectives in force as a YAML file for objectives/: in our own form, or as OpenSLO v1.

    What OpenSLO cannot say stands in annotations, so that the file reads back as the same objectives.

    Example: tesuri budget export --openslo --service checkout
    """
    workspace = session_of(context).site.workspace
    if service and not is_openslo:
        raise BadInput(
            "Our own form has every objective, which are those of all services.",
            where="--service",
            remedy="Add --openslo for the SLOs of one service, or leave it out.",
        )
    if not is_openslo:
        sys.stdout.write(render_objectives(workspace.objectives))
        return
    chosen = [each for each in workspace.services.values() if service in {"", each.id}]
    if not chosen:
        raise BadInput(
            f"There is no service {service!r}." if service else "No service is declared.",
            where="--service" if service else "services/",
            remedy="An OpenSLO SLO is that of a service; see: tesuri services",
        )
    sys.stdout.write(render_openslo(workspace.objectives, chosen))


def _preset_line(session: Session, preset: Preset) -> Line:
    phrases = session.phrases
    is_chosen = _is_chosen(session, preset)
    name = phrases.gettext("{name} (in force)", name=preset.name) if is_chosen else preset.name
    return Line(
        {
            "name": preset.name,
            "is_in_force": is_chosen,
            "source": preset.source,
            "table": preset.table or None,
            "objectives": [_objective_values(each) for each in preset.objectives],
        },
        [
            name,
            "; ".join(_objective_text(phrases, each) for each in preset.objectives),
            preset.table or "-",
            preset.source,
        ],
        "bold" if is_chosen else "",
    )


def _is_chosen(session: Session, preset: Preset) -> bool:
    workspace = session.site.workspace
    if workspace.preset:
        return preset.name == workspace.preset
    return workspace.objectives == preset.objectives


def _objective_values(objective: Objective) -> dict[str, object]:
    return {
        "id": objective.id,
        "title": objective.title,
        "title_ja": objective.title_ja,
        "counts": objective.counts.value,
        "outcome": objective.outcome.value if objective.outcome else None,
        "where": objective.where,
        "within_seconds": objective.objective_seconds,
        "target": float(objective.target),
        "window_seconds": objective.window_seconds,
        "clock": objective.clock.value,
    }


def _objective_text(phrases: Phrases, objective: Objective) -> str:
    if objective.outcome is None:
        return f"{phrases.pick(objective.title, objective.title_ja)}, {percent(objective.target)}"
    rule = outcome_with_time(phrases, objective.outcome, objective.objective_seconds)
    return f"{rule}, {percent(objective.target)}"
