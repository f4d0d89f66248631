"""One finding in one line, and the order of lines: most urgent first."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from tesuri.flows.site.scope import owner_titles
from tesuri.flows.site.survey import Survey, late_seconds
from tesuri.model.clock import Clock
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import FindingKey, GroupKey
from tesuri.model.signal import Signals
from tesuri.model.views import Do
from tesuri.model.views_findings import FindingRow
from tesuri.ports import Reader

RowOrder = tuple[int, int, int, int]
"""Urgency, due second, severity, key: unique, since the key is."""

_NEVER = int(datetime.max.replace(tzinfo=UTC).timestamp())
_NOT_TRIAGED = -1


def due_of(survey: Survey, finding: Finding) -> datetime | None:
    """Give when a finding is due by its clock; as stored where it has none.

    None for defer, and before deployment: that clock has not started.
    """
    return due_by(survey.clocks.get(finding.key), finding)


def due_by(clock: Clock | None, finding: Finding) -> datetime | None:
    """Give the same by its clock, where it has one."""
    if clock is None:
        return None if finding.is_neutral else finding.due_at
    return None if clock.is_neutral else clock.due_at


def row_order(survey: Survey, finding: Finding) -> RowOrder:
    """Give the sort key, most urgent first; what is not triaged yet comes before everything."""
    return order_by(due_of(survey, finding), finding)


def order_by(due: datetime | None, finding: Finding) -> RowOrder:
    """Give the same of a finding that is due then."""
    return (
        _NOT_TRIAGED if finding.outcome is None else finding.outcome.rank,
        _NEVER if due is None else int(due.timestamp()),
        finding.severity.rank,
        finding.key,
    )


def in_order(survey: Survey, findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings, most urgent first."""
    return sorted(findings, key=lambda each: row_order(survey, each))


def signals_by_key(reader: Reader, findings: Sequence[Finding]) -> Mapping[FindingKey, Signals]:
    """Ask the feeds for all these findings at once."""
    signals = reader.signals([each.advisories for each in findings])
    return {each.key: known for each, known in zip(findings, signals, strict=True)}


def finding_rows(
    survey: Survey, findings: Sequence[Finding], signals: Mapping[FindingKey, Signals]
) -> tuple[FindingRow, ...]:
    """Give the lines of these findings, in their order."""
    return tuple(_row(survey, each, signals.get(each.key, Signals())) for each in findings)


def place_of(finding: Finding) -> str:
    """Give where to look inside the asset: resource, URL, or path with line."""
    if finding.resource or finding.url:
        return finding.resource or finding.url
    return f"{finding.path}:{finding.line}" if finding.path and finding.line else finding.path


def _row(survey: Survey, finding: Finding, signals: Signals) -> FindingRow:
    owner, owner_ja = owner_titles(survey.workspace, finding.service)
    return FindingRow(
        key=finding.key,
        group=finding.group,
        title=finding.title,
        severity=finding.severity,
        state=finding.state,
        work=finding.work,
        asset=finding.asset,
        first_seen_at=finding.opened_at,
        service=finding.service,
        owner=owner,
        owner_ja=owner_ja,
        outcome=finding.outcome,
        due_at=due_of(survey, finding),
        late_seconds=late_seconds(survey, finding.key) if finding.state is State.OPEN else 0,
        is_stale=finding.is_stale,
        is_exploited=signals.kev is not None,
        came_back=finding.regression_of is not None,
        advisories=finding.advisories,
        package=finding.package,
        place=place_of(finding),
        tools=finding.tools,
        waiver=finding.waiver,
    )


def do_of(survey: Survey, group: GroupKey, otherwise: str) -> Do:
    """Give the order to a person as the group is named; the finding's title where it has no name."""
    name = survey.groups.get(group)
    return Do(name.title, name.title_ja) if name is not None else Do(otherwise)
