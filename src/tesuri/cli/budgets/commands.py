"""`tesuri budget`: the budgets, and what they would be if something were otherwise."""

import re
from datetime import datetime
from fractions import Fraction
from typing import Annotated

import typer

from tesuri.cli.budgets import files, history, legacy, report
from tesuri.cli.lists import commands
from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.lists.output_file import FileOption
from tesuri.cli.lists.values import value_of, values_of
from tesuri.cli.state import FORMAT_HELP, session_of
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ObjectiveId, ServiceId, TeamId
from tesuri.model.objective import PolicyState
from tesuri.model.simulation import Case, Change, SimulatedRow, Simulation
from tesuri.routing.declared.fields import DURATION, duration_seconds
from tesuri.wording.phrases import Phrases
from tesuri.wording.spans import percent, tenths
from tesuri.wording.words import word

_ARRIVAL = re.compile(r"([+-]?)([0-9]{1,4}) ?%")


app = typer.Typer(
    help="Error budgets: what is left, what if, and their objectives as files. "
    "Without a command it shows them: tesuri budget [OBJECTIVE] is tesuri budget show [OBJECTIVE].",
    rich_markup_mode=None,
)
app.command("show")(commands.budget)
app.command("history")(history.history)
app.command("report")(report.report)
app.command("legacy")(legacy.legacy)
app.command("presets")(files.presets)
app.command("export")(files.export)


@app.command()
def simulate(
    context: typer.Context,
    *,
    objective: Annotated[str, typer.Option(help="Only this objective.")] = "",
    within: Annotated[str, typer.Option(help="Its time, as 24h or 7d.")] = "",
    target: Annotated[str, typer.Option(help="Its target, as 99%.")] = "",
    window: Annotated[str, typer.Option(help="Its window, as 28d.")] = "",
    clock: Annotated[
        str, typer.Option(help="From when its time counts: detected or fix-available.")
    ] = "",
    capacity: Annotated[
        str,
        typer.Option(help="Time a week that the team gives, as 20h; what is closed follows it."),
    ] = "",
    arrival: Annotated[str, typer.Option(help="Change of what arrives, as +50% or -20%.")] = "",
    service: Annotated[str, typer.Option(help="Only this service.")] = "",
    team: Annotated[str, typer.Option(help="Only this team's services.")] = "",
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """Say what the budgets would be under another objective, capacity or arrival. Nothing is stored.

    A configuration that cannot work is refused with the arithmetic.

    Examples: tesuri budget simulate --arrival +50%, or --team payments --capacity 20h,
    or --objective immediate-48h --within 24h
    """
    session = session_of(context)
    now = session.site.clock()
    change = Change(
        objective=ObjectiveId(objective) if objective else None,
        within=within,
        target=target,
        window=window,
        clock=clock,
        capacity_minutes=_minutes(capacity),
        arrival_factor=_factor(arrival),
    )
    simulation = session.site.simulate(
        change,
        team=TeamId(team) if team else None,
        service=ServiceId(service) if service else None,
        now=now,
    )
    session.write(_listing(session.phrases, simulation, now), form)


def _minutes(text: str) -> int | None:
    if not text:
        return None
    if not DURATION.fullmatch(text):
        raise BadInput(
            f"{text!r} is not a duration.", where="--capacity", remedy="Write it as 20h."
        )
    return duration_seconds(text) // 60


def _factor(text: str) -> Fraction:
    match = _ARRIVAL.fullmatch(text) if text else None
    if match is None:
        if not text:
            return Fraction(1)
        raise BadInput(f"{text!r} is no change.", where="--arrival", remedy="Write +50% or -20%.")
    change = Fraction(int(match[2]), 100)
    return 1 - change if match[1] == "-" else 1 + change


def _listing(phrases: Phrases, simulation: Simulation, now: datetime) -> Listing:
    columns = [
        Column("objective", phrases.gettext("Objective")),
        Column("service", phrases.gettext("Service")),
        Column("state", phrases.gettext("Policy state")),
        Column("left", phrases.gettext("Budget left")),
        Column("zero", phrases.gettext("Gone if nothing is closed")),
        Column("zero_at_pace", phrases.gettext("Gone at this pace")),
        Column("arrivals", phrases.gettext("Arrive a week")),
        Column("closings", phrases.gettext("Closed a week")),
        Column("growth", phrases.gettext("Backlog grows")),
    ]
    return Listing(
        "simulated",
        columns,
        [_line(phrases, row, now) for row in simulation.rows],
        notes=_notes(phrases, simulation),
        facts={
            "capacity_minutes": simulation.capacity_minutes,
            "new_capacity_minutes": simulation.new_capacity_minutes,
            "arrival_factor": value_of(simulation.arrival_factor),
            "observed_seconds": simulation.observed_seconds,
        },
    )


def _line(phrases: Phrases, row: SimulatedRow, now: datetime) -> Line:
    before, after = row.now, row.then
    pairs = zip(_cells(phrases, before, now), _cells(phrases, after, now), strict=True)
    return Line(
        {
            **values_of(row),
            "now": _case_values(before),
            "then": _case_values(after),
        },
        [
            row.objective,
            row.service or "-",
            *(one if one == other else f"{one} → {other}" for one, other in pairs),
        ],
        "" if before.state is after.state else "bold",
    )


def _cells(phrases: Phrases, case: Case, now: datetime) -> list[str]:
    rates = case.throughput
    return [
        word(phrases, case.state),
        "-" if case.state is PolicyState.UNKNOWN else percent(case.remaining),
        _day(phrases, case.zero_if_nothing_closed, now),
        _day(phrases, case.zero_at_pace, now),
        _rate(rates.arrivals_per_week),
        _rate(rates.closings_per_week),
        _rate(rates.growth_per_week),
    ]


def _rate(value: Fraction) -> str:
    """Give a number a week with one digit, and two figures below one, where sparse findings live: 0.25."""
    if value == 0 or abs(value) >= 1:
        return tenths(value)
    return f"{float(value):.2g}".replace("-", "−")


def _day(phrases: Phrases, at: datetime | None, now: datetime) -> str:
    if at is None:
        return "-"
    return phrases.gettext("Gone now") if at <= now else phrases.day(at, now)


def _case_values(case: Case) -> dict[str, object]:
    rates = case.throughput
    derived = {
        "growth_per_week": rates.growth_per_week,
        "open_at_most": rates.open_at_most,
        "usual_seconds_open": rates.usual_seconds_open,
    }
    shown = {**values_of(rates), **{key: value_of(each) for key, each in derived.items()}}
    return {**values_of(case), "throughput": shown}


def _notes(phrases: Phrases, simulation: Simulation) -> list[str]:
    notes = [
        phrases.gettext(
            "Rates are those of the past {span}, in groups; at an even pace, the earliest due first.",
            span=phrases.coarse(simulation.observed_seconds),
        )
    ]
    if simulation.capacity_minutes and simulation.new_capacity_minutes is not None:
        notes.append(
            phrases.gettext(
                "Capacity {before} → {after} a week: what is closed follows it.",
                before=phrases.work(simulation.capacity_minutes),
                after=phrases.work(simulation.new_capacity_minutes),
            )
        )
    for row in simulation.rows:
        rates = row.then.throughput
        if rates.growth_per_week > 0:
            notes.append(
                phrases.gettext(
                    "{objective} of {service}: {arrivals} arrive and {closings} are closed a week, so the backlog of {open} grows by {growth} a week; {most} may be open at once if all are to close in time.",
                    objective=row.objective,
                    service=row.service or "-",
                    arrivals=_rate(rates.arrivals_per_week),
                    closings=_rate(rates.closings_per_week),
                    open=str(rates.open_now),
                    growth=_rate(rates.growth_per_week),
                    most=_rate(rates.open_at_most),
                )
            )
    return notes
