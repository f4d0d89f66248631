"""`tesuri budget history`: what was left of each budget, day by day."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Annotated, Final

import typer

from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.lists.output_file import FileOption
from tesuri.cli.lists.past import AsOf, looking
from tesuri.cli.lists.values import value_of
from tesuri.cli.state import FORMAT_HELP, session_of
from tesuri.model.budget_day import BudgetDay
from tesuri.model.identifiers import ObjectiveId, ServiceId, TeamId
from tesuri.model.views_history import BudgetCourse, HistoryView
from tesuri.wording.phrases import Phrases
from tesuri.wording.spans import number, percent

_BARS: Final = "▁▂▃▄▅▆▇█"
_SPENT_BAR: Final = "·"
_MOST_BARS: Final = 30


def history(
    context: typer.Context,
    *,
    days: Annotated[int, typer.Option(min=1, max=400, help="How many days back.")] = 90,
    objective: Annotated[str, typer.Option(help="Only this objective.")] = "",
    service: Annotated[str, typer.Option(help="Only this service.")] = "",
    team: Annotated[str, typer.Option(help="Only this team's services.")] = "",
    as_of: AsOf = "",
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """Show what was left of each budget at the end of each day.

    The table has a line for each budget with its course; a dot is a day on which nothing was left. JSON, JSON Lines and
    CSV have a row for each budget and day. All days are counted from what is known now: a waiver or a closing that was
    told later changes the days before it. What was known then is shown by --as-of. A day ends at the time of day of now.

    Example: tesuri budget history --days 90 --team payments --format csv
    """
    session = session_of(context)
    whose = TeamId(team) if team else None
    with looking(session, as_of, whose) as look:
        view = look.site.history(
            days,
            team=whose,
            service=ServiceId(service) if service else None,
            objective=ObjectiveId(objective) if objective else None,
            now=look.site.clock(),
        )
        is_for_people = form in (OutputFormat.TABLE, OutputFormat.MARKDOWN)
        listing = _courses(session.phrases, view) if is_for_people else _days(view)
        session.write(look.told(session.phrases, listing), form)


def _courses(phrases: Phrases, view: HistoryView) -> Listing:
    columns = [
        Column("objective", phrases.gettext("Objective"), is_cut=True),
        Column("service", phrases.gettext("Service")),
        Column("course", phrases.gettext("Course")),
        Column("first", phrases.gettext("Left at first"), is_number=True),
        Column("lowest", phrases.gettext("Lowest"), is_number=True),
        Column("lowest_on", phrases.gettext("Lowest on")),
        Column("left", phrases.gettext("Left now"), is_number=True),
        Column("spent_days", phrases.gettext("Days spent"), is_number=True),
    ]
    lines = [_course_line(phrases, each, view.as_of) for each in view.courses]
    notes = [
        phrases.gettext(
            "The last {days} days, counted from what is known now; a dot: nothing was left.",
            days=number(view.days),
        )
    ]
    return Listing("courses", columns, lines, notes=notes)


def _course_line(phrases: Phrases, course: BudgetCourse, now: datetime) -> Line:
    first, last, lowest = course.days[0], course.days[-1], course.lowest
    is_even = lowest.remaining == last.remaining
    return Line(
        {},
        [
            phrases.pick(course.title, course.title_ja),
            last.service or "-",
            _bars(course.days),
            percent(first.remaining),
            percent(lowest.remaining),
            "-" if is_even else phrases.day(_instant(lowest), now),
            percent(last.remaining),
            number(course.spent_days),
        ],
        "red" if last.remaining <= 0 else "",
    )


def _bars(days: tuple[BudgetDay, ...]) -> str:
    """Draw at most so many steps; each is the lowest of its days."""
    step = -(-len(days) // _MOST_BARS)
    lowest = [
        min(day.remaining for day in days[start : start + step])
        for start in range(0, len(days), step)
    ]
    return "".join(_bar(share) for share in lowest)


def _bar(share: Fraction) -> str:
    if share <= 0:
        return _SPENT_BAR
    return _BARS[min(len(_BARS) - 1, int(share * len(_BARS)))]


def _days(view: HistoryView) -> Listing:
    keys = ("at", "objective", "service", "remaining", "left_seconds", "allowance_seconds")
    columns = [Column(key, key) for key in (*keys, "late_seconds", "day_late_seconds", "burn")]
    lines = [Line(_values(day), ()) for course in view.courses for day in course.days]
    facts = {"as_of": value_of(view.as_of), "asked_days": view.days}
    return Listing("days", columns, lines, facts=facts)


def _values(day: BudgetDay) -> dict[str, object]:
    return {
        "at": value_of(_instant(day)),
        "objective": day.objective,
        "service": day.service or None,
        "remaining": value_of(day.remaining),
        "left_seconds": value_of(day.left_seconds),
        "allowance_seconds": value_of(day.allowance_seconds),
        "late_seconds": day.late_seconds,
        "day_late_seconds": day.day_late_seconds,
        "burn": value_of(day.burn),
    }


def _instant(day: BudgetDay) -> datetime:
    return datetime.fromtimestamp(day.at, UTC)
