"""`tesuri week`: what to do this week, until the hours are used up."""

from datetime import datetime
from typing import Annotated

import typer

from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.lists.output_file import FileOption
from tesuri.cli.lists.past import AsOf, looking
from tesuri.cli.lists.values import value_of, values_of
from tesuri.cli.state import FORMAT_HELP, Session, session_of
from tesuri.model.identifiers import TeamId, group_name
from tesuri.model.objective import PolicyState
from tesuri.model.severity import Severity
from tesuri.model.views import BudgetRow, WeekRow, WeekView
from tesuri.wording.phrases import Phrases
from tesuri.wording.sentences import do_text, effort_text, left_big, left_small, outlook, why_text
from tesuri.wording.spans import percent
from tesuri.wording.words import word

_MARKS = {
    Severity.CRITICAL: "◆C",
    Severity.HIGH: "▲H",
    Severity.MEDIUM: "■M",
    Severity.LOW: "●L",
    Severity.UNKNOWN: "?",
}


def week(
    context: typer.Context,
    team: Annotated[str, typer.Option(help="Only this team's services.")] = "",
    as_of: AsOf = "",
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """Show what to do this week, until the hours are used up.

    What saves the most risk and budget for each hour of work comes first; the line marks where the hours end.

    Hours are the declared capacity of the team. Example: tesuri week --team payments --as-of 2026-10-01
    """
    write_week(session_of(context), team, form, as_of)


def write_week(session: Session, team: str, form: OutputFormat, as_of: str = "") -> None:
    """Write this week's list. **raises** BadInput for a team that nobody declared."""
    chosen = TeamId(team) if team else None
    with looking(session, as_of, chosen) as look:
        now = look.site.clock()
        view = look.site.week(team=chosen, now=now)
        session.write(look.told(session.phrases, _listing(session.phrases, view, now)), form)


def severity_mark(severity: Severity) -> str:
    """Give severity as shape and letter, never by colour alone."""
    return _MARKS[severity]


def due_cell(phrases: Phrases, due_at: datetime | None, late_seconds: int, now: datetime) -> str:
    """Give when it is due, or how late it is."""
    if late_seconds:
        return phrases.late(late_seconds)
    return phrases.instant(due_at, now) if due_at else "-"


def _listing(phrases: Phrases, view: WeekView, now: datetime) -> Listing:
    columns = [
        Column("rank", "#", is_number=True),
        Column("do", phrases.gettext("Do"), is_cut=True),
        Column("why", phrases.gettext("Why now"), is_cut=True),
        Column("effort", phrases.gettext("Effort"), is_number=True),
        Column("due", phrases.gettext("Due")),
        Column("service", phrases.gettext("Service")),
        Column("owner", phrases.gettext("Owner")),
        Column("group", phrases.gettext("Group")),
    ]
    rows = [*((row, True) for row in view.planned), *((row, False) for row in view.later)]
    lines = [_line(phrases, row, now, is_planned=is_planned) for row, is_planned in rows]
    planned, capacity = (
        phrases.hours(each * 60) for each in (view.planned_minutes, view.capacity.minutes)
    )
    rule = phrases.gettext("{planned} of {capacity} planned", planned=planned, capacity=capacity)
    return Listing(
        "rows",
        columns,
        lines,
        title=_title(phrases, view),
        notes=_notes(phrases, view, now),
        facts={
            "starts_on": value_of(view.starts_on),
            "ends_on": value_of(view.ends_on),
            "capacity": values_of(view.capacity),
            "planned_minutes": view.planned_minutes,
            "later_total": view.later_total,
            "carried_risk": value_of(view.carried_risk),
            "late": values_of(view.late),
            "coverage": values_of(view.coverage),
            "waiting": values_of(view.waiting),
            "budgets": [values_of(each) for each in view.budgets],
        },
        rule_after=len(view.planned) if rows else None,
        rule_text=rule,
    )


def _title(phrases: Phrases, view: WeekView) -> str:
    return phrases.ngettext(
        "{count} thing fits this week, {days}",
        "{count} things fit this week, {days}",
        len(view.planned),
        days=phrases.days(view.starts_on, view.ends_on),
    )


def _line(phrases: Phrases, row: WeekRow, now: datetime, *, is_planned: bool) -> Line:
    services = (
        ", ".join(row.services[:2])
        if len(row.services) <= 2
        else phrases.ngettext("{count} service", "{count} services", len(row.services))
    )
    cells = [
        str(row.rank),
        f"{severity_mark(row.severity)} {do_text(phrases, row.do)}",
        phrases.listed([why_text(phrases, each) for each in row.why[:2]]),
        effort_text(phrases, row.effort),
        due_cell(phrases, row.due_at, row.late_seconds, now),
        services or "-",
        phrases.pick(row.owner, row.owner_ja) or phrases.gettext("Nobody owns it"),
        group_name(row.group),
    ]
    style = "" if is_planned else "dim"
    return Line(
        {**values_of(row), "is_planned": is_planned},
        cells,
        "red" if row.late_seconds and is_planned else style,
    )


def _notes(phrases: Phrases, view: WeekView, now: datetime) -> list[str]:
    if view.last_scan_at is None:
        return [
            phrases.gettext("Nothing was taken in yet. Take a report in with: tesuri ingest FILE")
        ]
    notes = []
    hidden = view.later_total - len(view.later)
    if hidden > 0:
        notes.append(phrases.gettext("{count} more below the line", count=str(hidden)))
    if view.carried_risk is not None:
        share = percent(view.carried_risk)
        notes.append(phrases.gettext("Carried risk {share} of all open", share=share))
    return [*notes, *(_budget_note(phrases, row, now) for row in view.budgets[:4])]


def _budget_note(phrases: Phrases, row: BudgetRow, now: datetime) -> str:
    title, state = phrases.pick(row.title, row.title_ja), word(phrases, row.state)
    if row.service:
        title = phrases.gettext("{title} ({service})", title=title, service=row.service)
    forecast = outlook(phrases, row, now)
    if row.state is PolicyState.UNKNOWN:
        return phrases.gettext(
            "{title}: {state}. {forecast}", title=title, state=state, forecast=forecast
        )
    return phrases.gettext(
        "{title}: {state}, {left}. {forecast}",
        title=title,
        state=state,
        left=f"{left_big(phrases, row)} {left_small(phrases, row)}",
        forecast=forecast,
    )
