"""Since when there is a fix for a vulnerability: read from what was observed, as the journal keeps it.

A date that a report tells counts, but never a later one than the observation that shows the fix. Where a report only
says that a fix exists, the first observation that says so is its date. A report that is silent says nothing: then
nobody knows, and the clock of the finding runs from its opening. What is no vulnerability of somebody else's code
needs nobody else's fix.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

import orjson

from tesuri.model.clock import ClockFact, FixKnown, NoFixYet
from tesuri.model.event import Event, EventKind
from tesuri.model.identifiers import FindingKey
from tesuri.model.observation import Kind
from tesuri.untrusted.instant import instant
from tesuri.untrusted.shape import flag, items, text

FIX_KINDS = (EventKind.OPENED, EventKind.CHANGED, EventKind.SEEN_BY, EventKind.REOPENED)
"""Events that carry what was observed."""


def fixes_in(events: Iterable[Event]) -> dict[FindingKey, list[ClockFact]]:
    """Give what the observations of each vulnerability say of a fix; those that are silent say nothing."""
    found: dict[FindingKey, list[ClockFact]] = defaultdict(list)
    others: set[FindingKey] = set()
    for event in events:
        if event.finding is None:
            continue
        opened = _part(event, "finding")
        if opened and text(opened, "kind") != Kind.VULNERABILITY:
            others.add(event.finding)
        detail = text(opened, "detail") or text(_part(event, "set"), "detail")
        if detail and event.finding not in others:
            found[event.finding] += _told(orjson.loads(detail), event.happened_at)
    return found


def _told(detail: object, at: datetime) -> list[ClockFact]:
    told = instant(text(detail, "fix_available_at"))
    is_known = flag(detail, "has_fix")
    if items(detail, "fixed_versions") or is_known or told is not None:
        return [FixKnown(at, at if told is None else min(told, at))]
    return [] if is_known is None else [NoFixYet(at)]


def _part(event: Event, name: str) -> Mapping[str, object]:
    found = event.payload.get(name)
    return found if isinstance(found, Mapping) else {}
