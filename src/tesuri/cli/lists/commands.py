"""`tesuri findings`, `services`, `budget` and `explain`: the same views as the pages, as lists."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

from tesuri.cli.lists.explanation import write_explanation
from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.lists.output_file import FileOption
from tesuri.cli.lists.past import AsOf, explained_then, looking, moment_of
from tesuri.cli.lists.values import value_of, values_of
from tesuri.cli.lists.week import due_cell, severity_mark
from tesuri.cli.state import FORMAT_HELP, session_of, tell
from tesuri.model.errors import BadInput, ExitCode
from tesuri.model.identifiers import (
    FindingKey,
    JourneyId,
    ObjectiveId,
    ServiceId,
    TeamId,
    finding_name,
)
from tesuri.model.objective import PolicyState
from tesuri.model.views import BudgetRow
from tesuri.model.views_findings import FindingRow, FindingsView
from tesuri.model.views_services import ServiceRow, ServicesView
from tesuri.model.views_slo import SloKey
from tesuri.wiring.site import Site
from tesuri.wording.phrases import Phrases
from tesuri.wording.sentences import (
    hidden_text,
    left_big,
    left_hours,
    left_small,
    outcome_word,
    outlook,
)
from tesuri.wording.spans import percent
from tesuri.wording.words import word

_Format = Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)]
_Team = Annotated[str, typer.Option(help="Only this team's services.")]


def findings(
    context: typer.Context,
    query: Annotated[
        list[str] | None,
        typer.Argument(help="For example: severity:>=high due:<7d is:unowned -has:waiver openssl"),
    ] = None,
    *,
    team: _Team = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Rows to show.")] = 50,
    as_of: AsOf = "",
    form: _Format = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """List findings that match a query, most urgent first.

    Open ones where the query names no state; what that hides is counted below the list. Exits with 0 however many there are, with 2 when the query cannot be read; nothing is listed then.

    Fields: severity, outcome, state, work, kind, owner, service, tool, objective, waiver, package, rule, id,
    group, asset, advisory, due, age, late, is, has; -field:value excludes.
    Example: tesuri findings "severity:>=high due:<7d -has:waiver" --format csv -o late.csv
    """
    session = session_of(context)
    with looking(session, as_of, _team(team)) as look:
        now = look.site.clock()
        view = look.site.findings(
            query=" ".join(query or ()), team=_team(team), now=now, limit=limit
        )
        for error in view.errors:
            tell(f"{error.text}: {error.what} {error.remedy}".strip())
        if view.errors:
            raise typer.Exit(ExitCode.ERROR)
        session.write(
            look.told(session.phrases, _findings_listing(session.phrases, view, now)), form
        )


def _findings_listing(phrases: Phrases, view: FindingsView, now: datetime) -> Listing:
    columns = [
        Column("severity", ""),
        Column("key", phrases.gettext("Finding")),
        Column("title", phrases.gettext("Title"), is_cut=True),
        Column("outcome", phrases.gettext("Priority")),
        Column("due_at", phrases.gettext("Due")),
        Column("service", phrases.gettext("Service")),
        Column("asset", phrases.gettext("Asset"), is_cut=True, is_cut_left=True),
        Column("tools", phrases.gettext("Tools")),
        Column("state", phrases.gettext("State")),
    ]
    lines = [_finding_line(phrases, row, now) for row in view.rows]
    notes = [
        phrases.ngettext("{count} finding in all", "{count} findings in all", view.total),
        *(f"{hidden_text(phrases, each)}: {each.query}" for each in view.hidden),
    ]
    if view.total > len(view.rows):
        more = view.total - len(view.rows)
        notes.append(
            phrases.ngettext(
                "{count} more is not shown; see --limit",
                "{count} more are not shown; see --limit",
                more,
            )
        )
    facts = {"query": view.query, "total": view.total, "hidden": value_of(view.hidden)}
    return Listing("findings", columns, lines, notes=notes, facts=facts)


def _finding_line(phrases: Phrases, row: FindingRow, now: datetime) -> Line:
    return Line(
        values_of(row),
        [
            severity_mark(row.severity),
            finding_name(row.key),
            phrases.pick(row.title, row.title_ja),
            outcome_word(phrases, row.outcome) if row.outcome else "-",
            due_cell(phrases, row.due_at, row.late_seconds, now),
            row.service or phrases.gettext("Nobody owns it"),
            row.asset,
            ", ".join(row.tools),
            word(phrases, row.state),
        ],
        "red" if row.late_seconds else "",
    )


def services(
    context: typer.Context,
    team: _Team = "",
    as_of: AsOf = "",
    form: _Format = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """List services with their policy state, worst first.

    Below stands what nobody owns, and which labels are missing.
    """
    session = session_of(context)
    with looking(session, as_of, _team(team)) as look:
        view = look.site.services(team=_team(team), now=look.site.clock())
        session.write(look.told(session.phrases, _services_listing(session.phrases, view)), form)


def _services_listing(phrases: Phrases, view: ServicesView) -> Listing:
    columns = [
        Column("id", phrases.gettext("Service")),
        Column("owner", phrases.gettext("Owner")),
        Column("tier", phrases.gettext("Tier"), is_number=True),
        Column("exposure", phrases.gettext("Reach")),
        Column("state", phrases.gettext("Policy state")),
        Column("open_findings", phrases.gettext("Open"), is_number=True),
        Column("late_findings", phrases.gettext("Late"), is_number=True),
        Column("coverage", phrases.gettext("Coverage"), is_number=True),
        Column("journeys", phrases.gettext("Journeys"), is_cut=True),
    ]
    lines = [_service_line(phrases, row) for row in view.rows]
    notes = []
    if not view.rows:
        notes.append(
            phrases.gettext(
                "No service is declared: write one into services/, or let tesuri init write the first files."
            )
        )
    if view.unowned_total:
        names = ", ".join(each.name for each in view.unowned[:5])
        notes.append(phrases.gettext("Nobody owns: {names}", names=names))
    notes += [
        phrases.gettext(
            "Label {service}: {missing}", service=each.id, missing=", ".join(each.missing)
        )
        for each in view.unlabelled
    ]
    facts = {
        "unowned": value_of(view.unowned),
        "unowned_total": view.unowned_total,
        "unlabelled": value_of(view.unlabelled),
    }
    return Listing("services", columns, lines, notes=notes, facts=facts)


def _service_line(phrases: Phrases, row: ServiceRow) -> Line:
    share = row.coverage.share
    journeys = [
        phrases.pick(english, japanese)
        for english, japanese in zip(row.journeys, row.journeys_ja or row.journeys, strict=True)
    ]
    return Line(
        values_of(row),
        [
            row.id,
            phrases.pick(row.owner, row.owner_ja) or phrases.gettext("Nobody owns it"),
            "-" if row.tier is None else str(row.tier),
            word(phrases, row.exposure) if row.exposure else "-",
            word(phrases, row.state),
            str(row.open_findings),
            str(row.late_findings),
            percent(share) if share is not None else "-",
            phrases.listed(journeys),
        ],
    )


def budget(
    context: typer.Context,
    objective: Annotated[str, typer.Argument(help="Only this objective, service by service.")] = "",
    *,
    service: Annotated[str, typer.Option(help="Only this service.")] = "",
    journey: Annotated[
        str, typer.Option(help="Added up over the services of this journey; the worst decides.")
    ] = "",
    team: _Team = "",
    as_of: AsOf = "",
    form: _Format = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """Show the error budgets, least first.

    Each with what is left, how many are late now, where it goes if nothing changes, and the policy state.

    What is left is hours of the allowance and their share of it. Example: tesuri budget --service checkout
    """
    session = session_of(context)
    with looking(session, as_of, _team(team)) as look:
        now = look.site.clock()
        if journey:
            if objective or service or team:
                raise BadInput(
                    "A journey has its own services.", where="--journey", remedy="Give it alone."
                )
            rows = [*look.site.journey(JourneyId(journey), now=now)]
        else:
            rows = _budget_rows(look.site, objective, service, _team(team), now)
        listing = _budgets_listing(session.phrases, rows, now)
        session.write(look.told(session.phrases, listing, has_budgets=True), form)


def _budgets_listing(phrases: Phrases, rows: Sequence[BudgetRow], now: datetime) -> Listing:
    columns = [
        Column("objective", phrases.gettext("Objective"), is_cut=True),
        Column("service", phrases.gettext("Service")),
        Column("state", phrases.gettext("Policy state")),
        Column("left", phrases.gettext("Budget left")),
        Column("late_now", phrases.gettext("Late now"), is_number=True),
        Column("outlook", phrases.gettext("Outlook"), is_cut=True),
        Column("hours", phrases.gettext("Late time left")),
    ]
    lines = [_budget_line(phrases, row, now) for row in rows]
    return Listing("budgets", columns, lines)


def _budget_rows(
    site: Site, objective: str, service: str, team: TeamId | None, now: datetime
) -> list[BudgetRow]:
    if service and service not in site.workspace.services:
        raise BadInput(
            f"There is no service {service!r}.", where="--service", remedy="See: tesuri services"
        )
    view = site.slos(team=team, now=now)
    rows = [*view.rows] if not (objective or service) else [*view.members]
    if objective:
        key = SloKey(ObjectiveId(objective), ServiceId(service) if service else None)
        if site.slo(key, team=team, now=now) is None:
            raise BadInput(
                f"There is no objective {objective!r}.",
                where="OBJECTIVE",
                remedy="See: tesuri budget",
            )
        rows = [row for row in rows if row.objective == objective]
    return [row for row in rows if not service or row.service == service]


def _budget_line(phrases: Phrases, row: BudgetRow, now: datetime) -> Line:
    values = values_of(row)
    values["misses_left"] = value_of(row.misses_left)
    values["misses_allowed"] = value_of(row.misses_allowed)
    is_unknown = row.state is PolicyState.UNKNOWN
    return Line(
        values,
        [
            phrases.pick(row.title, row.title_ja),
            row.service or "-",
            word(phrases, row.state),
            "-" if is_unknown else f"{left_big(phrases, row)} {left_small(phrases, row)}",
            str(row.late_now),
            outlook(phrases, row, now),
            "-" if is_unknown else left_hours(phrases, row),
        ],
    )


def explain(
    context: typer.Context,
    finding: Annotated[str, typer.Argument(help="Name of a finding: FND-12.")],
    as_of: AsOf = "",
    since: Annotated[
        str,
        typer.Option(metavar="TIME", help="Say what changed since then; a date is its beginning."),
    ] = "",
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
) -> None:
    """Say why a finding has its priority and its deadline.

    Every input with its source and its age, the row of the decision table, what would change the answer, and which
    objective sets the deadline.

    Example: tesuri explain FND-12 --since 7d
    """
    session = session_of(context)
    now = session.site.clock()
    key = finding_key(finding)
    explanation = session.site.explain(key, now=now)
    if explanation is None:
        raise BadInput(
            f"There is no finding {finding}.", where="FINDING", remedy="See: tesuri findings"
        )
    if explanation.finding.key != key:
        tell(
            session.phrases.gettext(
                "{finding} is merged into {into}.",
                finding=finding_name(key),
                into=finding_name(explanation.finding.key),
            )
        )
    if as_of and since:
        raise BadInput(
            "Only one of --as-of and --since can be given.",
            where="--since",
            remedy="--as-of says what changed since then too.",
        )
    if not (as_of or since):
        write_explanation(session, explanation, form)
        return
    where = "--as-of" if as_of else "--since"
    at = moment_of(session, as_of or since, where=where, is_end=bool(as_of))
    then, changes = explained_then(session, key, at, explanation)
    if as_of and then is None:
        raise BadInput(
            f"{finding_name(key)} was not recorded by then.",
            where="--as-of",
            remedy=f"See when it was opened: tesuri explain {finding_name(key)}",
        )
    write_explanation(session, then if as_of and then else explanation, form, changes=changes)


def finding_key(name: str) -> FindingKey:
    """Give the key that a name means. **raises** BadInput for what is no name of a finding."""
    number = name.upper().removeprefix("FND-")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        raise BadInput(
            f"{name!r} is no name of a finding.", where="FINDING", remedy="Write it as FND-12."
        )
    return FindingKey(int(number))


def _team(name: str) -> TeamId | None:
    return TeamId(name) if name else None
