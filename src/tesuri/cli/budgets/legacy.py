"""`tesuri budget legacy`: how much of what runs is out of support, and when that becomes too much."""

from datetime import datetime
from fractions import Fraction
from typing import Annotated

import typer

from tesuri.budgets.legacy import ends_at
from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.lists.output_file import FileOption
from tesuri.cli.lists.past import AsOf, looking
from tesuri.cli.lists.values import value_of, values_of
from tesuri.cli.named_file import read_file, shown_name
from tesuri.cli.state import FORMAT_HELP, session_of
from tesuri.model.identifiers import TeamId
from tesuri.model.legacy import Component, LegacyRow, LegacyView
from tesuri.wording.phrases import Phrases
from tesuri.wording.spans import percent, tenths
from tesuri.wording.words import word

_DAY_SECONDS = 86_400


def legacy(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(help="Copy of endoflife.date in place of the loaded one.")
    ] = "",
    *,
    team: Annotated[str, typer.Option(help="Only this team's services.")] = "",
    as_of: AsOf = "",
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """Show the legacy budgets: hours of supported components among those of all that services run on.

    That is what services declare and what scans list of their assets. Ends of support are known, so the day on which the
    budget is gone is exact. Gates follow it where an objective counts components.

    Amounts are component-hours: ten components for a day are 240. Example: tesuri budget legacy --team payments
    """
    session = session_of(context)
    whose = TeamId(team) if team else None
    data = read_file(file) if file else None
    with looking(session, as_of, whose) as look:
        now = look.site.clock()
        view = look.site.legacy(data, where=shown_name(file), team=whose, now=now)
        session.write(look.told(session.phrases, _listing(session.phrases, view, now)), form)


def _listing(phrases: Phrases, view: LegacyView, now: datetime) -> Listing:
    columns = [
        Column("service", phrases.gettext("Service")),
        Column("state", phrases.gettext("Policy state")),
        Column("remaining", phrases.gettext("Budget left"), is_number=True),
        Column("share", phrases.gettext("Supported"), is_number=True),
        Column("ended", phrases.gettext("Out of support"), is_number=True),
        Column("unknown", phrases.gettext("Unknown"), is_number=True),
        Column("used", phrases.gettext("Days out of support"), is_number=True),
        Column("zero_at", phrases.gettext("Gone if nothing is upgraded")),
        Column("next_end", phrases.gettext("Next end of support")),
    ]
    lines = [_line(phrases, row, now) for row in view.rows]
    return Listing(
        "legacy",
        columns,
        lines,
        notes=_notes(phrases, view),
        facts={
            "target": value_of(view.target),
            "window_seconds": view.window_seconds,
            "whole": _values(view.whole),
            "undeclared": value_of(view.undeclared),
            "objective": view.objective,
            "as_of": value_of(view.as_of),
            "untracked": view.untracked,
        },
    )


def _line(phrases: Phrases, row: LegacyRow, now: datetime) -> Line:
    return Line(
        _values(row),
        [
            row.service or "-",
            word(phrases, row.state),
            "-" if row.remaining is None else percent(row.remaining),
            "-" if row.share is None else percent(row.share, digits=1),
            str(row.ended),
            str(row.unknown),
            tenths(_used_seconds(row) / _DAY_SECONDS),
            _day(phrases, row.zero_at, now),
            _end_text(phrases, row.next_end, now),
        ],
    )


def _day(phrases: Phrases, at: datetime | None, now: datetime) -> str:
    if at is None:
        return "-"
    return phrases.gettext("Gone now") if at <= now else phrases.day(at, now)


def _end_text(phrases: Phrases, component: Component | None, now: datetime) -> str:
    if component is None or component.cycle is None or component.cycle.ends_on is None:
        return "-"
    return f"{component.declared}: {phrases.day(component.cycle.ends_on, now)}"


def _used_seconds(row: LegacyRow) -> Fraction:
    # Of all components together: two that are out for a day make two days.
    return row.allowance_seconds - row.remaining_seconds


def _values(row: LegacyRow) -> dict[str, object]:
    next_end = row.next_end.cycle if row.next_end else None
    return {
        **values_of(row),
        "components": [_component_values(each) for each in row.components],
        "next_end": value_of(ends_at(next_end)) if next_end else None,
        "used_seconds": value_of(_used_seconds(row)),
    }


def _component_values(component: Component) -> dict[str, object]:
    cycle = component.cycle
    return {
        "declared": component.declared,
        "asset": component.asset or None,
        "cycle": cycle.name if cycle else None,
        "supported_until": value_of(ends_at(cycle)) if cycle else None,
        "is_known": cycle is not None,
    }


def _notes(phrases: Phrases, view: LegacyView) -> list[str]:
    whole = view.whole
    notes = [
        phrases.gettext(
            "Target {target} of component-hours over {span}; what is declared, or listed from the first scan on, is taken to have run all that time.",
            target=percent(view.target),
            span=phrases.coarse(view.window_seconds),
        )
    ]
    unknown = sorted({each.declared for each in whole.components if each.cycle is None})
    if unknown:
        notes.append(
            phrases.gettext(
                "Nobody knows how long these are supported: {names}", names=", ".join(unknown)
            )
        )
    if view.untracked:
        notes.append(
            phrases.ngettext(
                "{count} listed component is of a product without a published end of support",
                "{count} listed components are of products without a published end of support",
                view.untracked,
            )
        )
    if view.objective is None:
        notes.append(
            phrases.gettext(
                "No objective counts components, so no gate follows this; see docs/budgets.md."
            )
        )
    if view.undeclared:
        names = ", ".join(view.undeclared)
        notes.append(phrases.gettext("These do not say what they run on: {names}", names=names))
    return notes
