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
from tesuri.storage.bulk import Alike, Values, columns_of, insert_tuples
from tesuri.storage.instants import to_seconds
from tesuri.storage.tables import finding, sighting
from tesuri.storage.texts import storable

_OPEN, _NEW = State.OPEN.value, Work.NEW.value
_AT_FIRST: Mapping[str, Alike] = {
    "episode": 1,
    "is_current": True,
    "state": _OPEN,
    "work": _NEW,
    "closed_at": None,
    "is_stale": False,
    "regression_of": None,
    "waiver": None,
    "merged_into": None,
}
_FINDING = columns_of(finding, *_AT_FIRST, "opened_at", "is_neutral")
_SIGHTING = columns_of(sighting, "scope", "first_scan", "missed_scan", "absent_scan")


def open_findings(connection: Connection, openings: Openings, recorded_at: datetime) -> None:
    """Write everything about these findings as one link of the journal."""
    if not openings.findings:
        return
    at = {"opened_at": to_seconds(openings.opened_at), "is_neutral": openings.is_neutral}
    insert_tuples(connection, _FINDING, list(_finding_rows(openings)), alike={**_AT_FIRST, **at})
    scan = {"scope": openings.scope, "first_scan": openings.scan}
    gone: Mapping[str, Alike] = {"missed_scan": None, "absent_scan": None}
    seen = [(each.key, each.here) for each in openings.findings]
    insert_tuples(connection, _SIGHTING, seen, alike={**scan, **gone})
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
    head = _Heads()
    written = _Written()
    middle = (
        f',"is_current":true,"is_neutral":{_json(openings.is_neutral)},"is_stale":false,"kind":'
    )
    seen = f'"is_new":true,"scan":{openings.scan},"scope":{openings.scope}'
    for each in openings.findings:
        # What `_opened` says, key by key: the texts that come again and again are written once.
        text = (
            f'{head[each.decision]}"finding":{{"asset":{written[each.asset]},"detail":{_json(each.detail)},'
            f'"episode":1,"identity":"{each.identity.hex()}"{middle}{written[each.kind]},"opened_at":{at},'
            f'"owner_source":{written[each.owner_source]},"regression_of":null,"rule":{written[each.rule]},'
            f'"score":{_json(each.score)},"service":{written[each.service]},"severity":{written[each.severity]},'
            f'"state":"{_OPEN}","title":{_json(each.title)},"work":"{_NEW}","work_group":{each.group}}},'
            f'"seen":{{"detail":{_json(each.here)},{seen}}}}}'
        )
        yield (link, kind, each.key, at, actor, "", text)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


class _Written(dict[str | None, str]):
    """Texts as JSON; each is written once."""

    def __missing__(self, value: str | None) -> str:
        text = self[value] = _json(value)
        return text


class _Heads(dict[FirstDecision | None, str]):
    """How the payload of an opening with this decision begins."""

    def __missing__(self, made: FirstDecision | None) -> str:
        decided = "" if made is None else f'"{journal.DECIDED}":{_decided_text(made).decode()},'
        head = self[made] = "{" + decided
        return head


class _Storable(dict[str | None, str | None]):
    """Names as a store takes them; each is looked at once."""

    def __missing__(self, name: str | None) -> str | None:
        kept = self[name] = None if name is None else storable(name)
        return kept


def _decided_text(made: FirstDecision) -> bytes:
    return orjson.dumps({**_decided(made), "reason": storable(made.reason)}, option=_SORTED)


_SORTED = orjson.OPT_SORT_KEYS


def _finding_rows(openings: Openings) -> Iterator[Values]:
    said: dict[FirstDecision | None, Values] = {None: (None, None, None, None)}
    names = _Storable()
    for each in openings.findings:
        made = each.decision
        decided = said.get(made)
        if decided is None:
            decided = said[made] = _decision_columns(made)
        yield (
            each.key,
            each.identity,
            each.kind,
            names[each.rule],
            storable(each.title),
            each.severity,
            each.group,
            names[each.asset],
            names[each.service],
            names[each.owner_source],
            *decided,
            each.score,
            each.detail,
        )


def _decision_columns(made: FirstDecision | None) -> Values:
    """Give due date, outcome, objective and decision."""
    if made is None:
        return (None, None, None, None)
    due = to_seconds(made.due_at) if made.due_at else None
    return (due, made.outcome.value, made.objective, made.decision)
