"""What happened to findings, folded: the same thing at the same instant is one line with a count."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from tesuri.flows.clocks.joint_clocks import JOIN_KINDS
from tesuri.flows.site.survey import Survey
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import FindingKey
from tesuri.model.views_findings import HistoryKind, HistoryLine
from tesuri.ports import Reader


def history_of(
    survey: Survey, findings: Sequence[Finding], events: Iterable[Event]
) -> tuple[HistoryLine, ...]:
    """Give the history of these findings, newest last, and then the next scan to come."""
    counts: dict[tuple[datetime, EventKind, str, str], int] = {}
    for event in events:
        if event.kind is EventKind.SEEN_BY and not event.payload:
            continue  # a gate ran again and said the same; the journal keeps it for the 14 days
        line = (event.happened_at, event.kind, event.actor, event.reason)
        counts[line] = counts.get(line, 0) + 1
    # one journal writes in order of time but for scans that were read late; ties keep its order
    folded = sorted(counts.items(), key=lambda entry: entry[0][0])
    past = tuple(
        HistoryLine(kind, at, actor, reason, count) for (at, kind, actor, reason), count in folded
    )
    return (*past, *_next_scan(survey, findings))


def events_of(reader: Reader, keys: Iterable[FindingKey]) -> Sequence[Event]:
    """Give the events of findings and of those that they took up, in the order of writing."""
    wanted = set(keys)
    events = reader.events(findings=wanted)
    known = set(wanted)
    while taken := _taken(events) - known:
        known |= taken
        events = reader.events(findings=known)
    # A merge is told by both; once is enough.
    return [event for event in events if event.finding in wanted or "into" not in event.payload]


def _taken(events: Iterable[Event]) -> set[FindingKey]:
    """Give what these events joined and did not part again."""
    taken: set[FindingKey] = set()
    for event in events:
        if event.kind in JOIN_KINDS and "merged" in event.payload:
            other = FindingKey(int(str(event.payload["merged"])))
            (taken.add if event.kind is EventKind.MERGED else taken.discard)(other)
    return taken


def decided_at(events: Iterable[Event], finding: FindingKey) -> datetime | None:
    """Give when the decision of a finding was last made; None when the journal has none."""
    times = [
        event.happened_at
        for event in events
        if event.finding == finding and event.kind is EventKind.DECIDED
    ]
    return times[-1] if times else None


def _next_scan(survey: Survey, findings: Sequence[Finding]) -> tuple[HistoryLine, ...]:
    """Give the first scan that is expected for what is still open; none when it is overdue."""
    assets = {each.asset for each in findings if each.state is State.OPEN}
    tools = {tool for each in findings for tool in each.tools}
    expected = [
        (source.last_at + source.interval, source.tool)
        for source in survey.sources
        if source.asset in assets and source.tool in tools and source.last_at is not None
    ]
    coming = min((entry for entry in expected if entry[0] > survey.now), default=None)
    if coming is None:
        return ()
    at, tool = coming
    return (HistoryLine(HistoryKind.NEXT_SCAN, at, f"scan:{tool}", is_to_come=True),)
