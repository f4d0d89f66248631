"""Writing the findings that a scan opens: journal, current rows and sightings, each with one statement.

`events_of` says the same as events; a test compares both roads.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

import orjson
from sqlalchemy import Connection

from tesuri.model.event import Event, EventKind
from tesuri.model.finding import State, Work
from tesuri.model.opening import FirstDecision, Opening, Openings
from tesuri.storage import journal
from tesuri.storage.bulk import Values, columns_of, insert_tuples
from tesuri.storage.instants import to_seconds
from tesuri.storage.tables import finding, sighting
from tesuri.storage.texts import storable

_FINDING = columns_of(finding)
_SIGHTING = columns_of(sighting)


def open_findings(connection: Connection, openings: Openings, recorded_at: datetime) -> None:
    """Write everything about these findings as one link of the journal."""
    if not openings.findings:
        return
    insert_tuples(connection, _FINDING, list(_finding_rows(openings)))
    scope, scan = openings.scope, openings.scan
    seen = [(each.key, scope, scan, None, None, each.here) for each in openings.findings]
    insert_tuples(connection, _SIGHTING, seen)
    link = journal.open_link(connection, recorded_at)
    journal.write_link(connection, link, list(_opened_rows(openings, link)))


def events_of(openings: Openings) -> Iterator[Event]:
    """Give the same as events: first what was opened, then what was decided."""
    at = openings.opened_at
    for each in openings.findings:
        payload: Mapping[str, object] = _opened(openings, each)
        yield Event(EventKind.OPENED, at, openings.actor, each.key, payload=payload)
    for each in openings.findings:
        made = each.decision
        if made is not None:
            said = _decided(made)
            yield Event(EventKind.DECIDED, at, journal.TRIAGE, each.key, made.reason, said)


def _opened(openings: Openings, each: Opening) -> dict[str, object]:
    # In the order of the keys, so that nothing has to be sorted; `decided` comes before them.
    return {
        "finding": {
            "asset": each.asset,
            "detail": each.detail,
            "episode": 1,
            "identity": each.identity.hex(),
            "is_current": True,
            "is_neutral": openings.is_neutral,
            "is_stale": False,
            "kind": each.kind,
            "opened_at": to_seconds(openings.opened_at),
            "owner_source": each.owner_source,
            "regression_of": None,
            "rule": each.rule,
            "score": each.score,
            "service": each.service,
            "severity": each.severity,
            "state": _OPEN,
            "title": each.title,
            "work": _NEW,
            "work_group": each.group,
        },
        "seen": {
            "detail": each.here,
            "is_new": True,
            "scan": openings.scan,
            "scope": openings.scope,
        },
    }


_OPEN, _NEW = State.OPEN.value, Work.NEW.value


def _decided(made: FirstDecision) -> dict[str, object]:
    return {
        "objective_seconds": made.objective_seconds,
        "outcome_before": None,
        "set": {
            "decision": made.decision,
            "due_at": to_seconds(made.due_at) if made.due_at else None,
            "objective": made.objective,
            "outcome": made.outcome.value,
        },
    }


def _opened_rows(openings: Openings, link: int) -> Iterator[Values]:
    """Give one row for each finding: a first decision has none of its own (`journal.events_in`)."""
    kind, at = EventKind.OPENED.value, to_seconds(openings.opened_at)
    actor = storable(openings.actor[:128])
    said: dict[FirstDecision | None, dict[str, object]] = {None: {}}
    for each in openings.findings:
        made = each.decision
        decided = said.get(made)
        if decided is None and made is not None:
            decided = said[made] = {journal.DECIDED: orjson.Fragment(_decided_text(made))}
        text = orjson.dumps({**(decided or {}), **_opened(openings, each)}).decode()
        yield (link, kind, each.key, at, actor, "", text)


def _decided_text(made: FirstDecision) -> bytes:
    return orjson.dumps({**_decided(made), "reason": storable(made.reason)}, option=_SORTED)


_SORTED = orjson.OPT_SORT_KEYS


def _finding_rows(openings: Openings) -> Iterator[Values]:
    at, is_neutral = to_seconds(openings.opened_at), openings.is_neutral
    said: dict[FirstDecision | None, Values] = {None: (None, None, None, None)}
    names: dict[str | None, str | None] = {None: None}
    for each in openings.findings:
        made = each.decision
        decided = said.get(made)
        if decided is None:
            decided = said[made] = _decision_columns(made)
        for name in (each.asset, each.service, each.owner_source, each.rule):
            if name is not None and name not in names:
                names[name] = storable(name)
        yield (
            each.key,
            each.identity,
            1,
            True,
            each.kind,
            names[each.rule],
            storable(each.title),
            each.severity,
            _OPEN,
            _NEW,
            each.group,
            names[each.asset],
            names[each.service],
            names[each.owner_source],
            at,
            None,
            *decided,
            False,
            is_neutral,
            None,
            None,
            each.score,
            each.detail,
            None,
        )


def _decision_columns(made: FirstDecision | None) -> Values:
    """Give due date, outcome, objective and decision."""
    if made is None:
        return (None, None, None, None)
    due = to_seconds(made.due_at) if made.due_at else None
    return (due, made.outcome.value, made.objective, made.decision)
