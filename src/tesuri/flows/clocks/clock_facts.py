"""The clock of a finding, out of its journal.

Where an objective counts from a fix, what was observed of fixes is read too, and only then: it stands in the
details of the observations themselves, so that what was known at a time can be told later.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from tesuri.budgets.clock import run_clock
from tesuri.flows.clocks.fix_dates import FIX_KINDS, fixes_in
from tesuri.flows.clocks.joint_clocks import JOIN_KINDS, Histories
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
from tesuri.model.objective import ClockStart, Objective
from tesuri.ports import Reader

CLOCK_KINDS = (
    EventKind.OPENED,
    EventKind.DECIDED,
    EventKind.CLOSED,
    EventKind.REOPENED,
    EventKind.WAIVED,
    EventKind.WAIVER_ENDED,
    EventKind.LINKED,
    *JOIN_KINDS,
)
"""Events that a clock listens to."""

_MOST_TOLD = 200_000
"""Rows that say something else than others, whose facts are remembered while a journal is read."""


def read_clocks(
    reader: Reader,
    *,
    changed: Mapping[ObjectiveId, Objective] | None = None,
    until: datetime | None = None,
) -> Mapping[FindingKey, Clock]:
    """Give the clock of every finding; `changed` objectives are taken in place of those that were decided.

    With `until`, only of what had happened by then.
    """
    histories = _read(Histories(), reader.clock_events(CLOCK_KINDS), _Telling(changed or {}, until))
    facts = {key: histories.whole(key) for key in histories.facts.keys() - histories.merged}
    return _run(_with_fixes(facts, reader, until))


def clocks_for(reader: Reader, keys: Iterable[FindingKey]) -> Mapping[FindingKey, Clock]:
    """Give the clocks of these findings; those that are merged into others have none."""
    return _run(clock_past(reader, keys))


def clock_past(reader: Reader, keys: Iterable[FindingKey]) -> dict[FindingKey, list[ClockFact]]:
    """Give every fact of these findings' clocks so far; none of those that are merged into others."""
    wanted = set(keys)
    if not wanted:
        return {}
    telling = _Telling({}, None)
    histories = _read(Histories(), reader.clock_events(CLOCK_KINDS, wanted), telling)
    known = wanted
    while taken := histories.members(wanted) - known:
        known = known | taken
        _read(histories, reader.clock_events(CLOCK_KINDS, taken), telling)
    facts = {
        key: histories.whole(key) for key in (histories.facts.keys() & wanted) - histories.merged
    }
    return _with_fixes(facts, reader, None)


def fix_past(reader: Reader, keys: Iterable[FindingKey]) -> dict[FindingKey, list[ClockFact]]:
    """Give what was observed of fixes for these findings, and for those that they took up."""
    wanted = set(keys)
    if not wanted:
        return {}
    histories, known, events = Histories(), set[FindingKey](), list[Event]()
    while fresh := (wanted | histories.members(wanted)) - known:
        known |= fresh
        found = reader.events(findings=fresh, kinds=(*FIX_KINDS, *JOIN_KINDS))
        events += [event for event in found if event.kind not in JOIN_KINDS]
        for event in found:
            if event.kind in JOIN_KINDS and event.finding is not None:
                histories.join(event.finding, event)
    fixes = fixes_in(events)
    return {
        key: [
            fact
            for each in (key, *sorted(histories.members([key])))
            for fact in fixes.get(each, ())
        ]
        for key in wanted
    }


def _read(
    histories: Histories, told: Iterable[tuple[FindingKey, Sequence[Event]]], telling: "_Telling"
) -> Histories:
    facts = histories.facts
    for key, events in told:
        found, joins = telling.facts(events)
        for join in joins:
            histories.join(key, join)
        facts[key] += found
    return histories


_Facts = tuple[list[ClockFact], Sequence[Event]]
"""What a row of the journal means to a clock, and what it joins; a row does one or the other."""


class _Telling:
    """Tells facts of events. What one scan found has the same ones: they are told and kept once.

    `changed` objectives are taken in place of those that were decided; what happened after `until` is left out.
    """

    def __init__(self, changed: Mapping[ObjectiveId, Objective], until: datetime | None) -> None:
        self._changed = changed
        self._until = until
        self._shared: dict[ClockFact, ClockFact] = {}
        self._told: dict[int, tuple[Sequence[Event], _Facts]] = {}
        """By the place of the events in memory, which is their own as long as they are kept here."""

    def facts(self, events: Sequence[Event]) -> _Facts:
        known = self._told.get(id(events))
        if known is not None:
            return known[1]
        facts: list[ClockFact] = []
        joins: list[Event] = []
        for event in events:
            # What turned out to be one was one all along, whenever that became known.
            if event.kind in JOIN_KINDS:
                joins.append(event)
            elif self._until is None or event.happened_at <= self._until:
                told = _retimed(event, self._changed) if self._changed else facts_of(event)
                facts += [self._shared.setdefault(fact, fact) for fact in told]
        if len(self._told) < _MOST_TOLD:
            self._told[id(events)] = (events, (facts, joins))
        return facts, joins


def _with_fixes(
    facts: dict[FindingKey, list[ClockFact]], reader: Reader, until: datetime | None
) -> dict[FindingKey, list[ClockFact]]:
    from_fix = [key for key, found in facts.items() if _counts_from_fix(found)]
    for key, found in fix_past(reader, from_fix).items():
        facts[key] += [fact for fact in found if until is None or fact.at <= until]
    return facts


def _counts_from_fix(facts: Sequence[ClockFact]) -> bool:
    return any(isinstance(f, Decided) and f.start is ClockStart.FIX_AVAILABLE for f in facts)


def _run(facts: Mapping[FindingKey, Sequence[ClockFact]]) -> Mapping[FindingKey, Clock]:
    shared: dict[Clock, Clock] = {}
    # Equal facts are one value, which stands for itself as long as `facts` holds it.
    known: dict[tuple[int, ...], Clock] = {}
    clocks: dict[FindingKey, Clock] = {}
    for key, found in facts.items():
        history = tuple(map(id, found))
        clock = known.get(history)
        if clock is None:
            if not any(isinstance(fact, Opened) for fact in found):
                continue
            clock = run_clock(found)
            clock = known[history] = shared.setdefault(clock, clock)
        clocks[key] = clock
    return clocks


def facts_of(event: Event) -> list[ClockFact]:
    """Give what one event means to the clock; nothing for kinds that it does not listen to."""
    reader = _FACTS.get(event.kind)
    return reader(event) if reader else []


def _retimed(event: Event, taken: Mapping[ObjectiveId, Objective]) -> list[ClockFact]:
    changed = event.payload.get("set")
    name = changed.get("objective") if isinstance(changed, Mapping) else None
    objective = taken.get(ObjectiveId(name)) if isinstance(name, str) else None
    if event.kind is EventKind.DECIDED and objective is not None:
        return [Decided(event.happened_at, objective.objective_seconds, objective.clock)]
    return facts_of(event)


def _opened(event: Event) -> list[ClockFact]:
    finding = event.payload.get("finding")
    is_neutral = isinstance(finding, Mapping) and bool(finding.get("is_neutral"))
    opened = Opened(event.happened_at)
    return [opened, Neutral(event.happened_at)] if is_neutral else [opened]


def _decided(event: Event) -> list[ClockFact]:
    seconds = event.payload.get("objective_seconds")
    start = ClockStart(str(event.payload.get("clock", ClockStart.DETECTED)))
    return [Decided(event.happened_at, int(str(seconds)) if seconds is not None else None, start)]


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
