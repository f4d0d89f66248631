"""The due date of what a scan closes: the one that its clock gives, not the one that was last stored."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tesuri.budgets.clock import run_clock
from tesuri.flows.clocks.clock_facts import clock_past, facts_of
from tesuri.model.clock import ClockFact, Opened
from tesuri.model.event import Event, EventKind
from tesuri.model.identifiers import FindingKey
from tesuri.ports import Reader


def with_due_dates(events: Sequence[Event], reader: Reader) -> Sequence[Event]:
    """Set the due date that the clock gives once a finding is closed, or its resource was seen live.

    A closing is dated at the first clean scan; whatever moved the due date after that no longer counts.
    """
    closings = {
        event.finding: event
        for event in events
        if event.kind in (EventKind.CLOSED, EventKind.LINKED) and event.finding is not None
    }
    facts: dict[FindingKey, list[ClockFact]] = {key: facts_of(closings[key]) for key in closings}
    for key, past in clock_past(reader, closings).items():
        facts[key] += past
    return [
        _due_again(event, facts[event.finding])
        if event.finding is not None and closings.get(event.finding) is event
        else event
        for event in events
    ]


def _due_again(event: Event, facts: Sequence[ClockFact]) -> Event:
    changed = event.payload.get("set")
    if not isinstance(changed, Mapping) or not any(isinstance(fact, Opened) for fact in facts):
        return event
    due = run_clock(facts).due_at
    again = {**changed, "due_at": int(due.timestamp()) if due else None}
    return replace(event, payload={**event.payload, "set": again})
