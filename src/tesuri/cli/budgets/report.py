"""`tesuri budget report`: how long findings live, those that are still open counted fairly."""

from fractions import Fraction
from typing import Annotated

import typer

from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.lists.output_file import FileOption
from tesuri.cli.lists.past import AsOf, looking
from tesuri.cli.lists.values import value_of, values_of
from tesuri.cli.state import FORMAT_HELP, session_of
from tesuri.model.identifiers import ServiceId, TeamId
from tesuri.model.views_lifetimes import LifetimeRow, LifetimesBy, LifetimesView
from tesuri.wording.phrases import Phrases
from tesuri.wording.spans import number, percent
from tesuri.wording.words import field_word


def report(
    context: typer.Context,
    *,
    by: Annotated[
        LifetimesBy, typer.Option(help="What one line is about.")
    ] = LifetimesBy.OBJECTIVE,
    service: Annotated[str, typer.Option(help="Only this service.")] = "",
    team: Annotated[str, typer.Option(help="Only this team's services.")] = "",
    as_of: AsOf = "",
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """Show how long findings live: the age by which half and nine of ten are closed.

    A mean time to repair leaves out what is still open, and so looks best where nothing is closed. Here an open finding
    counts as one that lived at least so long (Kaplan-Meier). It is a report beside the budgets; no gate follows it.

    Ages are days since a finding was opened. Example: tesuri budget report --by team
    """
    session = session_of(context)
    whose = TeamId(team) if team else None
    with looking(session, as_of, whose) as look:
        now = look.site.clock()
        only = ServiceId(service) if service else None
        view = look.site.lifetimes(by, team=whose, service=only, now=now)
        session.write(look.told(session.phrases, _listing(session.phrases, view)), form)


def _listing(phrases: Phrases, view: LifetimesView) -> Listing:
    columns = [
        Column("name", field_word(phrases, view.by.value)),
        Column("findings", phrases.gettext("Findings"), is_number=True),
        Column("closed", phrases.gettext("Closed"), is_number=True),
        Column("gone", phrases.gettext("Gone"), is_number=True),
        Column("open", phrases.gettext("Still open"), is_number=True),
        Column("half", phrases.gettext("Half closed by"), is_number=True),
        Column("most", phrases.gettext("90% closed by"), is_number=True),
    ]
    if view.by is LifetimesBy.OBJECTIVE:
        columns += [
            Column("in_time", phrases.gettext("Closed in time"), is_number=True),
            Column("range", phrases.gettext("In 90 of 100 cases"), is_number=True),
        ]
    notes = [
        phrases.gettext("Open findings count as having lived at least so long; a dash: not so far.")
    ]
    if view.left_out:
        notes.append(
            phrases.ngettext(
                "{count} finding is left out, since budgets do not look at it",
                "{count} findings are left out, since budgets do not look at them",
                view.left_out,
            )
        )
    lines = [_line(phrases, row, view.by) for row in view.rows]
    facts = {"by": view.by.value, "left_out": view.left_out, "as_of": value_of(view.as_of)}
    return Listing("lifetimes", columns, lines, notes=notes, facts=facts)


def _line(phrases: Phrases, row: LifetimeRow, by: LifetimesBy) -> Line:
    cells = [
        row.name or "-",
        number(row.findings),
        number(row.closed),
        number(row.gone),
        number(row.open),
        _age(phrases, row.half_seconds),
        _age(phrases, row.most_seconds),
    ]
    if by is LifetimesBy.OBJECTIVE:
        cells += [_share(row.closed_in_time), _range(row.closed_in_time_range)]
    return Line(values_of(row), cells)


def _age(phrases: Phrases, seconds: int | None) -> str:
    return "-" if seconds is None else phrases.coarse(seconds)


def _share(share: Fraction | None) -> str:
    return "-" if share is None else percent(share)


def _range(shares: tuple[Fraction, Fraction] | None) -> str:
    return "-" if shares is None else f"{percent(shares[0])}–{percent(shares[1])}"
