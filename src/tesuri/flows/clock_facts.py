"""The clock of a finding, out of its journal."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from tesuri.budgets.clock import run_clock
from tesuri.model.clock import (
    Clock,
    ClockFact,
    Closed,
    Decided,
    Neutral,
    Opened,
    Reopened,
    SeenLive,
    Waived,
    WaiverEnded,
)
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import State
from tesuri.model.identifiers import FindingKey, ObjectiveId

CLOCK_KINDS = (
    EventKind.OPENED,
    EventKind.DECIDED,
    EventKind.CLOSED,
    EventKind.REOPENED,
    EventKind.WAIVED,
    EventKind.WAIVER_ENDED,
    EventKind.LINKED,
)
"""Events that a clock listens to."""


def clocks_of(
    events: Iterable[Event], *, within: Mapping[ObjectiveId, int] | None = None
) -> Mapping[FindingKey, Clock]:
    """Give the clock of every finding that these events open; others are passed over.

    `within` says for objectives, by id, which D to take in place of the one that was decided.
    """
    facts: dict[FindingKey, list[ClockFact]] = defaultdict(list)
    for event in events:
        if event.finding is not None:
            facts[event.finding] += _retimed(event, within) if within else facts_of(event)
    return {
        key: run_clock(found)
        for key, found in facts.items()
        if any(isinstance(fact, Opened) for fact in found)
    }


def facts_of(event: Event) -> list[ClockFact]:
    """Give what one event means to the clock; nothing for kinds that it does not listen to."""
    reader = _FACTS.get(event.kind)
    return reader(event) if reader else []


def _retimed(event: Event, within: Mapping[ObjectiveId, int]) -> list[ClockFact]:
    changed = event.payload.get("set")
    name = changed.get("objective") if isinstance(changed, Mapping) else None
    if event.kind is EventKind.DECIDED and isinstance(name, str) and ObjectiveId(name) in within:
        return [Decided(event.happened_at, within[ObjectiveId(name)])]
    return facts_of(event)


def _opened(event: Event) -> list[ClockFact]:
    finding = event.payload.get("finding")
    is_neutral = isinstance(finding, Mapping) and bool(finding.get("is_neutral"))
    opened = Opened(event.happened_at)
    return [opened, Neutral(event.happened_at)] if is_neutral else [opened]


def _decided(event: Event) -> list[ClockFact]:
    seconds = event.payload.get("objective_seconds")
    return [Decided(event.happened_at, int(str(seconds)) if seconds is not None else None)]


def _closed(event: Event) -> list[ClockFact]:
    changed = event.payload.get("set")
    state = changed.get("state") if isinstance(changed, Mapping) else None
    return [Closed(event.happened_at, State(str(state)))]


def _waived(event: Event) -> list[ClockFact]:
    ends = datetime.fromtimestamp(int(str(event.payload["expires_at"])), UTC)
    return [Waived(event.happened_at, ends)]


_FACTS: Mapping[EventKind, Callable[[Event], list[ClockFact]]] = {
    EventKind.OPENED: _opened,
    EventKind.DECIDED: _decided,
    EventKind.CLOSED: _closed,
    EventKind.REOPENED: lambda event: [Reopened(event.happened_at)],
    EventKind.WAIVED: _waived,
    EventKind.WAIVER_ENDED: lambda event: [WaiverEnded(event.happened_at)],
    EventKind.LINKED: lambda event: [SeenLive(event.happened_at)],
}
